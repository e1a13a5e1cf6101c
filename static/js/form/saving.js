// Saving answer by answer: one request at a time, nothing typed is dropped before the server has it.

const QUIET_MS = 300;
const RETRY_MS = [2000, 5000, 15000, 30000];
const NEEDS_REASON = ["change_needs_reason", "bad_reason", "identifying_text"];
const CLOSED = ["form_closed", "not_your_site", "not_found"];

export class Saver {
  /** `on` has: state(), saved(form, sent) → revision, refused(fields), conflict(problem, sent), unexplained(problem), closed(problem, names). */
  constructor({ url, token, revision, on }) {
    Object.assign(this, { url, token, revision, on });
    this.waiting = new Map();
    this.sent = null;
    this.held = null;
    this.retries = 0;
    this.reason = "";
    this.state = "idle";
  }

  /** Names that the server does not have yet. */
  get unsaved() {
    return new Set([...this.waiting.keys(), ...Object.keys(this.sent ?? {}), ...Object.keys(this.held ?? {})]);
  }

  set(name, value) {
    if (this.state === "closed") return;
    this.waiting.set(name, value);
    this.tell("saving");
    this.schedule(QUIET_MS);
  }

  /** Keeps an answer back until its reason is there. */
  hold(name, value) {
    this.held = { ...this.held, [name]: value };
    this.tell("held");
  }

  drop(name) {
    this.waiting.delete(name);
    this.tell(this.unsaved.size ? this.state : "idle");
  }

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  /** Sends what waits now; resolves when nothing waits or something is in the way. */
  async flush() {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.waiting.size && !this.held) await this.send();
    return this.unsaved.size === 0;
  }

  send() {
    if (this.running || this.held || !this.waiting.size) return this.running ?? Promise.resolve();
    this.sent = Object.fromEntries(this.waiting);
    this.waiting.clear();
    this.running = this.request(this.sent).finally(() => {
      this.running = null;
      if (this.waiting.size && !this.held) this.schedule(this.retries ? this.pause() : 0);
    });
    return this.running;
  }

  pause() {
    return RETRY_MS[Math.min(this.retries - 1, RETRY_MS.length - 1)] ?? QUIET_MS;
  }

  async request(sent) {
    let answer;
    let body;
    try {
      answer = await fetch(this.url, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token(), Accept: "application/json" },
        body: JSON.stringify({ values: sent, revision: this.revision, reason: this.reason }),
        keepalive: true,
      });
      body = await answer.json().catch(() => ({}));
    } catch {
      return this.keep(sent, "offline");
    }
    if (CLOSED.includes(body.code)) return this.close(body, sent);
    if (answer.status === 401 || answer.status === 403) return this.keep(sent, "signed-out");
    if (answer.status >= 500 || answer.status === 429) return this.keep(sent, "offline");
    this.sent = null;
    this.retries = 0;
    if (answer.ok) {
      this.revision = this.on.saved(body, sent);
      this.tell(this.waiting.size ? "saving" : "idle");
    } else if (body.code === "values_refused") {
      for (const [name, value] of Object.entries(sent)) {
        if (!(name in body.fields) && !this.waiting.has(name)) this.waiting.set(name, value);
      }
      this.tell(this.waiting.size ? "saving" : "idle");
      this.on.refused(body.fields);
    } else if (body.code === "changed_meanwhile") {
      this.held = sent;
      this.tell("held");
      this.on.conflict(body, sent);
    } else if (NEEDS_REASON.includes(body.code)) {
      this.held = sent;
      this.tell("held");
      this.on.unexplained(body);
    } else {
      this.keep(sent, "offline");
    }
  }

  keep(sent, state) {
    this.sent = null;
    for (const [name, value] of Object.entries(sent)) if (!this.waiting.has(name)) this.waiting.set(name, value);
    this.retries += 1;
    this.tell(state);
  }

  /** Stops for good: the server takes no more answers, and what was typed last is not kept. */
  close(problem, sent) {
    const names = [...new Set([...Object.keys(sent), ...this.waiting.keys()])];
    this.sent = null;
    this.waiting.clear();
    this.tell("closed");
    this.on.closed(problem, names);
  }

  /** Ends a conflict: keep mine (send again on top of theirs) or theirs (drop mine). */
  resolve(mine, revision) {
    const held = this.held ?? {};
    this.held = null;
    this.revision = revision;
    if (mine) for (const [name, value] of Object.entries(held)) if (!this.waiting.has(name)) this.waiting.set(name, value);
    this.tell(this.waiting.size ? "saving" : "idle");
    if (this.waiting.size) this.schedule(0);
  }

  /** Sends what is held with a reason; it stands for later changes on this page too. */
  explain(reason) {
    this.reason = reason;
    this.resolve(true, this.revision);
  }

  tell(state) {
    this.state = state;
    this.on.state(state);
  }
}
