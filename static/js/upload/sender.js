// Sends the missing files: four at a time, again after a pause or a lost connection, counting every byte once.

import * as api from "./api.js";

const LANES = 4;
const LONGEST_WAIT = 30000;
const TRIES_OF_WRONG_BYTES = 3;
const WINDOW = 6000;
const LONG_WINDOW = 30000;

/** One run of sending. `pace` says when the next file may start (pace.js). `tell()` is called whenever something to show
 *  has changed. */
export class Sender {
  constructor(id, files, missing, { pace, tell }) {
    this.id = id;
    this.files = files;
    this.queue = missing.filter((sha256) => files.has(sha256));
    this.pace = pace;
    this.tell = tell;
    this.total = [...files.values()].reduce((sum, item) => sum + item.size, 0);
    this.settled = this.total - this.queue.reduce((sum, sha256) => sum + files.get(sha256).size, 0);
    this.begun = this.settled;
    this.flying = new Map();
    this.failed = new Map();
    this.tries = new Map();
    this.marks = [];
    this.paused = false;
    this.waiting = false;
    this.stopped = null;
    this.abort = new AbortController();
    this.sleepers = new Set();
    window.addEventListener("online", () => this.wake());
  }

  get bytes() {
    return this.settled + [...this.flying.values()].reduce((sum, sent) => sum + sent, 0);
  }

  get filesLeft() {
    return this.queue.length + this.flying.size;
  }

  /** Bytes per second over the last seconds, 0 when nothing moves. */
  get rate() {
    const now = performance.now();
    const span = this.pace.limited ? LONG_WINDOW : WINDOW;
    this.marks = this.marks.filter(([at]) => now - at < span);
    const [first] = this.marks;
    return first && now - first[0] > 800 ? Math.max(0, ((this.bytes - first[1]) / (now - first[0])) * 1000) : 0;
  }

  /** Ends when all was sent, or throws the Refusal that a person must settle; call again to go on. */
  async run() {
    this.stopped = null;
    this.abort = new AbortController();
    await Promise.all(Array.from({ length: LANES }, () => this.lane()));
    if (this.stopped) throw this.stopped;
  }

  pause() {
    this.paused = true;
    this.abort.abort();
    this.marks = [];
  }

  resume() {
    this.paused = false;
    this.abort = new AbortController();
    this.wake();
  }

  async lane() {
    let wait = 1000;
    while (!this.stopped) {
      if (this.paused) await this.rest(1000);
      else if (!this.queue.length) {
        if (!this.flying.size) return;
        await this.rest(200);
      } else if (this.pace.wait > 0) await this.rest(Math.min(this.pace.wait, 1000));
      else if (await this.sendNext()) wait = 1000;
      else {
        await this.rest(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  async sendNext() {
    const sha256 = this.queue.shift();
    const item = this.files.get(sha256);
    this.flying.set(sha256, 0);
    this.pace.take(item.size);
    try {
      const body = await opened(item);
      if (!body) return this.fail(sha256, item, "changed");
      await api.put(this.id, sha256, body, {
        signal: this.abort.signal,
        progress: (sent) => this.mark(sha256, Math.min(sent, item.size)),
      });
      this.flying.delete(sha256);
      this.settled += item.size;
      this.waiting = false;
      return true;
    } catch (error) {
      this.flying.delete(sha256);
      return await this.handle(error, sha256, item);
    } finally {
      this.tell();
    }
  }

  mark(sha256, sent) {
    this.flying.set(sha256, sent);
    this.marks.push([performance.now(), this.bytes]);
    this.tell();
  }

  /** After a failure: true when the next file can follow at once, false to wait first. */
  async handle(error, sha256, item) {
    if (error.name === "AbortError") {
      this.queue.unshift(sha256);
      return true;
    }
    if (!(error instanceof api.Refusal)) throw error;
    const again = error.passing || error.code === "cut_off";
    if (again && !(await stillThere(item.source))) return this.fail(sha256, item, "changed");
    if (again) {
      this.queue.unshift(sha256);
      this.waiting = true;
      return false;
    }
    if (error.status === 422) {
      this.tries.set(sha256, (this.tries.get(sha256) ?? 0) + 1);
      if (this.tries.get(sha256) >= TRIES_OF_WRONG_BYTES) return this.fail(sha256, item, "changed");
      this.queue.push(sha256);
      return false;
    }
    if (error.status === 413) return this.fail(sha256, item, "too_large");
    this.queue.unshift(sha256);
    this.stopped = error;
    this.wake();
    return true;
  }

  fail(sha256, item, reason) {
    this.flying.delete(sha256);
    this.failed.set(sha256, reason);
    this.total -= item.size;
    return true;
  }

  rest(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.sleepers.add(done);
    });
  }

  wake() {
    for (const done of [...this.sleepers]) done();
  }
}

/** What is sent of a file; null when it is no longer on the disk as it was read. */
async function opened(item) {
  try {
    return await item.open();
  } catch {
    return null;
  }
}

async function stillThere(source) {
  try {
    await (await source.blob()).slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
