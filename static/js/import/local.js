// The worker of the import page, asked one thing at a time.

export class Local {
  /** `element` names the addresses in its data attributes. */
  constructor({ dataset }) {
    const absolute = (address) => new URL(address, location).href;
    this.counter = 0;
    this.waiting = new Map();
    this.worker = new Worker(dataset.worker, { type: "module" });
    this.worker.onmessage = ({ data }) => this.settle(data.id, data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      for (const id of [...this.waiting.keys()]) this.settle(id, { error: "worker" });
    };
    const addresses = {
      pyodide: absolute(dataset.pyodide),
      index: absolute(dataset.pyodideIndex),
      archives: [absolute(dataset.engine), absolute(dataset.sheet)],
      template: absolute(dataset.template),
    };
    this.started = this.ask({ deed: "start", addresses }).then((answer) => {
      if (!answer.ready) throw new Error(answer.error);
    });
    this.started.catch(() => {});
  }

  async strip(file, wishes) {
    await this.started;
    return this.ask({ deed: "strip", file, wishes });
  }

  async headings(file) {
    await this.started;
    return (await this.ask({ deed: "headings", file })).headings ?? [];
  }

  ask(job) {
    const id = ++this.counter;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, ...job });
    });
  }

  settle(id, answer) {
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }
}
