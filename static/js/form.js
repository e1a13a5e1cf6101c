// The case report form while it is typed: judged at once, saved answer by answer, nothing overwritten unseen.

import { notice, words } from "./base.js";
import { judge, placeOf, settle, spoken, tidy } from "./form/checks.js";
import { wireDays } from "./form/days.js";
import { Fields } from "./form/fields.js";
import { goesOn, wireKeys } from "./form/keys.js";
import { Offers } from "./form/offers.js";
import { Saver } from "./form/saving.js";
import { wireSignature } from "./form/signature.js";

const POLL_MS = 20000;
const data = JSON.parse(document.getElementById("form-data").textContent);
const form = document.getElementById("case-form");
const say = words("form-words");
const fields = new Fields(form, data, say);
const signature = wireSignature(data.formState, say);
const offers = new Offers({ form, say, fields, changed });
const refused = new Map();
let stored = { ...data.values };
let leaving = false;

const saver = new Saver({
  url: data.url,
  token: csrfToken,
  revision: data.revision,
  on: { state: tellState, saved: onSaved, refused: onRefused, conflict: onConflict, unexplained: onUnexplained, closed: onClosed },
});

/** The token of now: signing in again in another tab changes it. */
function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)) : form.querySelector("[name=csrfmiddlewaretoken]").value;
}

/** The form was sent or taken away meanwhile: nothing more can be typed, and what was not kept is named. */
function onClosed({ message }, names) {
  const box = document.getElementById("closed");
  box.querySelector("[data-closed-why]").textContent = message;
  box.querySelector("[data-closed-lost]").textContent = names.length ? say("closed-lost", { n: names.length, names: labels(names) }) : "";
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  form.querySelector("fieldset").disabled = true;
  for (const button of document.querySelectorAll("#save-next, #send-form button")) button.disabled = true;
}

/** The whole form as it would be if everything on the page were kept. */
function typedValues() {
  const values = { ...stored };
  for (const name of fields.names) {
    const item = data.items[name];
    if (!item?.typed) continue;
    const text = fields.read(name);
    const { error, value } = judge(data, name, text);
    const usable = ["integer", "decimal"].includes(item.type) ? (value ?? tidy(text, item)).replaceAll(",", "") : text;
    values[name] = error ? "" : usable;
  }
  return values;
}

function review() {
  const settled = settle(data, typedValues());
  fields.show(settled);
  const said = new Map(fields.names.map((name) => [name, { errors: [], warnings: [] }]));
  for (const [name, place] of said) {
    const { error, warning, note, offer } = judge(data, name, fields.read(name));
    offers.show(name, { note, offer });
    if (error) place.errors.push(error);
    else if (refused.has(name)) place.errors.push(refused.get(name));
    if (warning) place.warnings.push(warning);
  }
  for (const rule of spoken(data, settled.values)) {
    const name = placeOf(data, rule, fields.names);
    said.get(name)?.[rule.severity === "error" ? "errors" : "warnings"].push(rule.text);
  }
  for (const [name, { errors, warnings }] of said) if (data.items[name]?.typed) fields.tell(name, errors, warnings);
  days.refresh();
}

function changed(name) {
  const item = data.items[name];
  if (!item?.typed) return;
  refused.delete(name);
  const judged = judge(data, name, fields.read(name));
  const bare = ["integer", "decimal"].includes(item.type) && judged.value === undefined;
  const value = bare ? tidy(fields.read(name), item) : fields.read(name);
  if (value !== fields.read(name)) fields.write(name, value);
  if (item.pair && !item.status && value && !fields.read(item.pair)) fields.write(item.pair, data.measured);
  if (judged.error) saver.drop(name);
  else if (tidy(value) !== (stored[name] ?? "") || saver.unsaved.has(name)) keep(name, value);
  review();
  tellState(saver.state);
}

/** Saves an answer; in a form that was complete before, one that is given otherwise waits for its reason. */
function keep(name, value) {
  if (!data.late || saver.reason || !stored[name]) return saver.set(name, value);
  saver.hold(name, value);
  setTimeout(() => onUnexplained({ message: say("late") }));
}

/** Takes over what the server has now; answers the revision to go on from. */
function onSaved(body, sent) {
  if (body.cleared.length) notice(say("cleared", { names: labels(body.cleared) }), "info");
  return takeOver(body, sent);
}

/**
 * A field that is being typed in keeps what is typed; when somebody else changed it meanwhile, the old revision stays
 * in force, so that saving it ends in the question whose answer is kept.
 */
function takeOver(body, sent = {}) {
  const dirty = new Set(fields.names.filter((name) => data.items[name]?.typed && isDirty(name, sent)));
  const contested = body.changes.some(({ item }) => dirty.has(item));
  stored = { ...body.values };
  for (const name of fields.names) {
    if (!data.items[name]?.typed || dirty.has(name) || saver.unsaved.has(name) || refused.has(name)) continue;
    if (tidy(fields.read(name)) !== (stored[name] ?? "")) fields.write(name, stored[name] ?? "");
  }
  for (const input of document.querySelectorAll("[name=revision]")) input.value = body.revision;
  tellOthers(body.changes);
  signature(body);
  meters(body);
  review();
  return contested ? saver.revision : body.revision;
}

function isDirty(name, sent) {
  return tidy(fields.read(name)) !== tidy(sent[name] ?? stored[name] ?? "");
}

function onRefused(found) {
  for (const [name, { message }] of Object.entries(found)) refused.set(name, message);
  review();
  tellState(saver.state);
}

function onConflict(problem, sent) {
  const box = document.getElementById("conflict");
  const list = box.querySelector("[data-conflict-list]");
  list.replaceChildren(
    ...Object.entries(problem.fields).map(([name, one]) => {
      const shown = (value) => fields.inWords(name, value) || say("nothing");
      const text = say("conflict", { label: one.label, by: one.by, theirs: shown(one.theirs), yours: shown(one.yours) });
      return Object.assign(document.createElement("li"), { textContent: text });
    }),
  );
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  for (const button of box.querySelectorAll("[data-conflict]")) {
    button.onclick = () => {
      const mine = button.dataset.conflict === "mine";
      box.hidden = true;
      saver.resolve(mine, problem.revision);
      stored = { ...problem.values };
      const touched = [...Object.keys(problem.fields), ...(mine ? [] : Object.keys(sent))];
      for (const name of touched) {
        if (fields.has(name) && !saver.unsaved.has(name)) fields.write(name, stored[name] ?? "");
      }
      review();
    };
  }
}

/** The form was complete before: the change waits for its reason, or is taken back. */
function onUnexplained({ message }) {
  const box = document.getElementById("why");
  const input = box.querySelector("input");
  box.querySelector("[data-why]").textContent = message;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
  input.focus();
  input.onkeydown = (event) => {
    if (event.key === "Enter") box.querySelector("[data-why-save]").click();
  };
  box.querySelector("[data-why-save]").onclick = () => {
    if (!input.value.trim()) return input.focus();
    box.hidden = true;
    saver.explain(input.value.trim());
  };
  box.querySelector("[data-why-back]").onclick = () => {
    const names = Object.keys(saver.held ?? {});
    box.hidden = true;
    saver.resolve(false, saver.revision);
    for (const name of names) if (fields.has(name)) fields.write(name, stored[name] ?? "");
    review();
  };
}

function labels(names) {
  return names.map((name) => data.items[name]?.label ?? name).join(", ");
}

function tellOthers(changes) {
  const byPerson = new Map();
  for (const { by, item } of changes) byPerson.set(by, [...(byPerson.get(by) ?? []), item]);
  for (const [by, names] of byPerson) notice(say("others", { by, names: labels(names) }), "info");
}

function meters(body) {
  for (const section of body.sections) {
    const link = document.querySelector(`[data-section="${CSS.escape(section.slug)}"]`);
    if (!link) continue;
    link.querySelector("[data-count]").textContent = section.required ? `${section.answered}/${section.required}` : "–";
    const kind = section.errors ? "needs" : section.complete && section.required ? "done" : section.answered ? "working" : "waiting";
    link.querySelector("[data-shape]").className = `shape shape-${kind}`;
    link.querySelector("[data-section-state]").textContent = ` ${data.stateWords[section.state]}`;
  }
  const total = document.querySelector("[data-total]");
  total.max = body.required;
  total.value = body.answered;
  document.querySelector("[data-total-text]").textContent = say("of", { a: body.answered, b: body.required });
  const missing = Object.values(body.states).filter((state) => state === "missing").length;
  document.querySelector("[data-missing-count]").textContent = say("missing", { n: missing });
  tellReadiness(body.readiness);
}

function tellReadiness({ ready, sentences }) {
  const status = document.querySelector("[data-ready]");
  status.textContent = say(ready ? "ready" : "not-ready");
  status.classList.toggle("status-done", ready);
  document.querySelector("[data-when-ready]").hidden = !ready;
  document.querySelector("[data-when-not]").hidden = ready;
  const lines = sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  document.querySelector("[data-missing]").replaceChildren(...lines);
  document.getElementById("send-button").classList.toggle("button-main", ready);
  document.getElementById("save-next").classList.toggle("button-main", !ready);
}

function tellState(state) {
  const place = document.getElementById("save-state");
  const open = fields.names.filter((name) => document.getElementById(`error-${name}`) && unkept(name)).length;
  const told = { offline: "offline", "signed-out": "signed-out", closed: "closed", held: "unsaved", saving: "saving" };
  const kind = told[state] ?? (open ? "refused" : "saved");
  place.dataset.state = kind;
  place.textContent = kind === "unsaved" ? say("unsaved", { n: saver.unsaved.size }) : kind === "refused" ? say("refused", { n: open }) : say(kind);
}

/** Whether what stands in the field cannot be kept as it is. */
function unkept(name) {
  return data.items[name]?.typed && (refused.has(name) || Boolean(judge(data, name, fields.read(name)).error));
}

function suggest(name, answer) {
  const box = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!box) return;
  let help = box.querySelector("[data-suggestion]");
  if (!help) {
    help = Object.assign(document.createElement("p"), { className: "help" });
    help.dataset.suggestion = "";
    box.querySelector(".options").after(help);
  }
  help.textContent = answer ? say("period", { answer: fields.inWords(name, answer) }) : "";
}

async function goOn(event) {
  event.preventDefault();
  const done = await saver.flush();
  const wrong = fields.names.find((name) => unkept(name));
  if (wrong) fields.inputs(wrong)[0].focus();
  else if (done) {
    leaving = true;
    goesOn();
    form.submit();
  }
}

async function poll() {
  if (document.hidden || saver.unsaved.size || saver.state === "closed") return;
  try {
    const answer = await fetch(`${data.url}?since=${saver.revision}`, { headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (answer.ok && !body.editable) return saver.close({ message: say("closed-why") }, {});
    if (!answer.ok || body.revision <= saver.revision || saver.unsaved.size) return;
    saver.revision = takeOver(body);
  } catch {
    // The next save or look tells of a lost connection.
  }
}

const days = wireDays({
  code: data.code,
  period: data.period,
  numberOf: (name) => fields.read(name),
  typed: (name, value) => {
    fields.write(name, value);
    changed(name);
  },
  suggest,
});

form.addEventListener("input", (event) => {
  if (event.target.name && event.target.type === "text") review();
});
form.addEventListener("change", (event) => {
  if (data.items[event.target.name]) changed(event.target.name);
});
form.addEventListener("click", (event) => {
  const name = event.target.dataset?.takeBack;
  if (name) takeBack(name);
});
form.addEventListener("focusin", (event) => {
  const source = event.target.closest("[data-field]")?.closest(".form-item")?.querySelector("[data-source]");
  const place = document.getElementById("field-source");
  if (source) place.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
  else if (!event.target.closest(".form-bar")) place.replaceChildren();
  place.title = place.textContent.trim();
});
form.addEventListener("submit", goOn);
document.getElementById("send-form").addEventListener("submit", async (event) => {
  if (leaving) return;
  event.preventDefault();
  const { target, submitter } = event;
  if (await saver.flush()) {
    leaving = true;
    setTimeout(() => target.requestSubmit(submitter));
  }
});
window.addEventListener("beforeunload", (event) => {
  const half = fields.names.some((name) => unkept(name));
  if (!leaving && saver.state !== "closed" && (saver.unsaved.size || half)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) saver.flush();
});

function takeBack(name) {
  for (const input of fields.inputs(name)) input.checked = false;
  fields.inputs(name)[0]?.focus();
  changed(name);
}

wireKeys(form, { takeBack, last: () => document.getElementById("save-next").focus(), say });
setInterval(poll, POLL_MS);
review();
tellState("idle");
