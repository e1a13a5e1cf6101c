// The import page: the workbook is made fit to leave here, looked at by the registry, then imported.

import { words } from "../base.js";
import { Local } from "./local.js";
import { bring, look, save, saveErrors } from "./server.js";

const root = document.getElementById("import");
const say = words("import-words");
const part = (name) => root.querySelector(`[data-part=${name}]`);
const local = new Local(root);
const BOM = "\ufeff";
let file = null;
let workbook = null;
let called = [];

function at(step) {
  root.dataset.step = step;
  for (const block of root.querySelectorAll("[data-steps]")) {
    block.hidden = !block.dataset.steps.split(" ").includes(step);
  }
}

function tell(place, text) {
  part(place).textContent = text;
  part(place).closest("[data-box]").hidden = !text;
}

function items(place, texts) {
  part(place).replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  part(place).closest("[data-box]").hidden = texts.length === 0;
}

async function choose(chosen) {
  if (!chosen) return;
  file = chosen;
  part("name").textContent = file.name;
  for (const name of ["admission", "number"]) part(name).value = "";
  await read();
  fillHeadings(await local.headings(file).catch(() => []));
}

function wishes() {
  return {
    admission: part("admission").value,
    number: part("number").value,
    codes: part("codes").files[0] ?? null,
    fresh: part("fresh").checked,
    language: document.documentElement.lang,
  };
}

/** The local step, then the registry's look. */
async function read() {
  workbook = null;
  part("plan").replaceChildren();
  at("local");
  let done;
  try {
    done = await local.strip(file, wishes());
  } catch {
    at("broken");
    return;
  }
  if (done.error || done.code) {
    tell("refused", done.message ?? say("unreadable"));
    items("problems", []);
    part("own").open = ["no_code_column", "no_headings"].includes(done.code);
    at("mend");
    return;
  }
  items("dropped", done.dropped.map((one) => [one.sheet, one.cell, one.heading].filter(Boolean).join(" · ")));
  if (done.problems.length) {
    tell("refused", say("mend", { n: done.problems.length }));
    items("problems", done.problems.map((one) => one.message));
    part("own").open = done.problems.some(({ code }) => ["no_admission", "not_in_list"].includes(code));
    at("mend");
    return;
  }
  called = done.called;
  part("kept").textContent = say("kept", { n: done.rows, dates: done.dates });
  workbook = new Blob([done.data]);
  await show();
}

async function show() {
  at("look");
  try {
    const { html } = await look(root.dataset.look, workbook);
    part("plan").innerHTML = html;
    at("plan");
    part("plan").querySelector("h2")?.focus();
  } catch {
    at("lost");
  }
}

async function importNow(button) {
  const reason = document.getElementById("import-reason");
  if (reason && !reason.reportValidity()) return;
  button.disabled = true;
  at("bring");
  try {
    const { ok, html } = await bring(root.dataset.bring, workbook, button.dataset.seen, reason?.value ?? "");
    part("plan").innerHTML = html;
    at(ok ? "done" : "plan");
    part("plan").querySelector("h2")?.focus();
  } catch {
    at("lost");
  }
}

function fillHeadings(headings) {
  for (const name of ["admission", "number"]) {
    const select = part(name);
    const first = select.options[0];
    select.replaceChildren(first, ...headings.map((text) => new Option(text, text)));
  }
}

/** The codes of new patients, beside the hospital's own numbers where this page knows them. */
function saveCodes() {
  const numbers = new Map(called.map(([number, label]) => [label, number]));
  const lines = [...part("plan").querySelectorAll("[data-code]")].map((row) => [
    numbers.get(row.dataset.label) ?? row.dataset.label,
    row.dataset.code,
  ]);
  const text = lines.map((line) => line.map(csvCell).join(",")).join("\r\n");
  save(new Blob([`${BOM}${text}\r\n`], { type: "text/csv" }), say("codes_file"));
}

function csvCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

part("file").addEventListener("change", ({ target }) => {
  const [chosen] = target.files;
  target.value = "";
  choose(chosen);
});
root.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-does]");
  if (!button) return;
  const deeds = {
    choose: () => part("file").click(),
    again: () => read(),
    look: () => show(),
    send: () => {
      workbook = file;
      show();
    },
    import: () => importNow(button),
    errors: () => saveErrors(root.dataset.errors, workbook, say("errors_file")).catch(() => at("lost")),
    codes: saveCodes,
  };
  deeds[button.dataset.does]();
});
for (const kind of ["dragenter", "dragover"]) {
  root.addEventListener(kind, (event) => {
    event.preventDefault();
    root.classList.add("dragging");
  });
}
root.addEventListener("dragleave", () => root.classList.remove("dragging"));
root.addEventListener("drop", (event) => {
  event.preventDefault();
  root.classList.remove("dragging");
  choose(event.dataTransfer.files[0]);
});
at("drop");
