// Dates stay here: the admission date lives in this tab's memory, dates become days counted from it.

import { EARLIEST, admissionOf, wireAdmission } from "./admission.js";

const DAY_MS = 86400000;

/** Whole days from `from` to `to`, both YYYY-MM-DD; null when one is not a date. */
export function daysBetween(from, to) {
  const [one, other] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
  return Number.isNaN(one) || Number.isNaN(other) ? null : Math.round((other - one) / DAY_MS);
}

/** The date `days` after `from`, YYYY-MM-DD; "" when it is none. */
export function dateAfter(from, days) {
  const start = Date.parse(`${from}T00:00:00Z`);
  if (Number.isNaN(start) || !/^-?\d{1,5}$/.test(days)) return "";
  return new Date(start + Number(days) * DAY_MS).toISOString().slice(0, 10);
}

/** Wires the admission date and the date inputs of the page. `typed(name, days)` is told a day that a date gave. */
export function wireDays({ code, period, numberOf, typed, suggest }) {
  const dates = [...document.querySelectorAll("[data-date-of]")];
  if (!document.getElementById("admission")) return { refresh() {} };

  function refresh() {
    const admission = admissionOf(code);
    for (const date of dates) {
      date.hidden = !admission;
      if (document.activeElement !== date) date.value = admission ? dateAfter(admission, numberOf(date.dataset.dateOf)) : "";
    }
    if (admission && period.days.length === 2) {
      suggest(period.item, admission >= period.days[0] && admission <= period.days[1] ? "1" : "0");
    } else suggest(period.item, "");
  }

  for (const date of dates) {
    date.addEventListener("change", () => {
      const days = daysBetween(admissionOf(code), date.value);
      if (days !== null && date.value >= EARLIEST) typed(date.dataset.dateOf, String(days));
    });
  }
  wireAdmission(code, refresh);
  return { refresh };
}
