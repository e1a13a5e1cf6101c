// The engine's workers: started with the page, fed one file each.

const MOST = 2;
const JOBS = 2; // A worker strips one file while the browser hashes the one before.

export class Engine {
  /** addresses: { worker, pyodide, index, archive }, all from the page. */
  constructor(addresses) {
    this.queue = [];
    this.counter = 0;
    this.waiting = new Map();
    this.lanes = Math.max(1, Math.min(MOST, navigator.hardwareConcurrency || 1));
    this.idle = [];
    this.name = null;
    this.started = this.start(addresses);
    this.started.catch(() => {});
  }

  /** Resolves to the engine's name and version when the first worker is ready, the others join when they are; rejects
   *  when this browser cannot run it. */
  async start({ worker, ...addresses }) {
    const absolute = Object.fromEntries(Object.entries(addresses).map(([name, path]) => [name, new URL(path, location).href]));
    this.name = await this.join(worker, absolute);
    if (this.lanes > 1) this.join(worker, absolute).catch(() => {});
    return this.name;
  }

  async join(address, addresses) {
    const worker = this.open(address);
    const answer = await this.ask(worker, { deed: "start", addresses });
    if (!answer.engine) {
      worker.terminate();
      throw new Error(answer.error);
    }
    for (let job = 0; job < JOBS; job++) this.idle.push(worker);
    this.next();
    return answer.engine;
  }

  /** → { sha256, size, head, begin, end, tail, patient }, { code, where, message } or { error }. */
  strip(file, recipe) {
    return this.queued({ deed: "strip", file, recipe });
  }

  /** → { actions } or { error } */
  removal(file, recipe) {
    return this.queued({ deed: "removal", file, recipe });
  }

  /** What a file's series looks like as it would leave: uploads.browser.look, or { error }. */
  look(file, recipe) {
    return this.queued({ deed: "look", file, recipe });
  }

  /** What the rule chooses of the series: uploads.browser.plan, or { error }. */
  plan(asked) {
    return this.queued({ deed: "plan", asked });
  }

  /** → { differences } of headers and form, or { error }. */
  compare(asked) {
    return this.queued({ deed: "compare", asked });
  }

  open(address) {
    const worker = new Worker(address, { type: "module" });
    worker.onmessage = ({ data }) => this.settle(data.id, data);
    worker.onerror = (event) => {
      event.preventDefault();
      for (const [id, { by }] of [...this.waiting]) if (by === worker) this.settle(id, { error: "worker" });
    };
    return worker;
  }

  ask(worker, job) {
    const id = ++this.counter;
    return new Promise((resolve) => {
      this.waiting.set(id, { by: worker, resolve });
      worker.postMessage({ id, ...job });
    });
  }

  settle(id, answer) {
    this.waiting.get(id)?.resolve(answer);
    this.waiting.delete(id);
  }

  /** How many files are worth asking for at once. */
  get jobs() {
    return this.lanes * JOBS;
  }

  async queued(job) {
    await this.started;
    return new Promise((resolve) => {
      this.queue.push({ job, resolve });
      this.next();
    });
  }

  async next() {
    if (!this.queue.length || !this.idle.length) return;
    const [worker, { job, resolve }] = [this.idle.pop(), this.queue.shift()];
    resolve(await this.ask(worker, job));
    this.idle.push(worker);
    this.next();
  }
}

/** The engine with the addresses of `element`'s data attributes. */
export function engineOf({ dataset }) {
  const { worker, pyodide, pyodideIndex: index, archive } = dataset;
  return new Engine({ worker, pyodide, index, archive });
}
