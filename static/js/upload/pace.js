// A limit of the rate: files start one after another so that, taken together, no more leaves than the person allows.

const KEPT = "upload-limit";
const MEGABIT = 125000;

/** `limited`: whether there is a limit; `wait`: milliseconds until the next file may start. */
export class Pace {
  constructor() {
    this.rate = 0;
    this.next = 0;
  }

  get limited() {
    return this.rate > 0;
  }

  get wait() {
    return this.limited ? this.next - performance.now() : 0;
  }

  /** megabits: a second, 0 for no limit. Holds at once for what has not started. */
  limit(megabits) {
    this.rate = megabits * MEGABIT;
    this.next = 0;
  }

  /** A file of so many bytes starts now. */
  take(bytes) {
    if (this.limited) this.next = Math.max(this.next, performance.now()) + (bytes / this.rate) * 1000;
  }
}

/** Lets `select` (megabits a second, empty for none) set the pace, and keeps the choice in this browser. */
export function wirePace(select, pace) {
  const kept = localStorage.getItem(KEPT) ?? "";
  if ([...select.options].some(({ value }) => value === kept)) select.value = kept;
  const set = () => {
    localStorage.setItem(KEPT, select.value);
    pace.limit(Number(select.value) || 0);
  };
  select.addEventListener("change", set);
  set();
}
