// The receipt knows files by checksum; whoever has the folder can lay its names over them, on this computer alone.

import { words } from "../base.js";
import { admissionOf, wireAdmission } from "../form/admission.js";
import { siteKey } from "./api.js";
import { engineOf } from "./engine.js";
import { carriesFiles, chosen, dropped } from "./folders.js";
import { prepare } from "./preparing.js";
import { archivesOf, openReader, readAll } from "./reading.js";

const place = document.getElementById("names");
const say = words("receipt-words");
const { subject } = place.dataset;
const known = new Map();
const lanes = 2;
let engine = null;
let reader = null;

async function read(source) {
  const images = [];
  let read = 0;
  reader ??= openReader();
  await readAll(source, {
    reader,
    maxBytes: Infinity,
    archives: archivesOf(place),
    tell: (item) => {
      read += 1;
      if (item.sha256) known.set(item.sha256, item.path);
      if (item.facts) images.push(item);
      tellState(say("read", { n: read }));
    },
  });
  if (subject) await strip(images);
  show();
  const matched = [...document.querySelectorAll("[data-sha256]")].filter((cell) => known.has(cell.dataset.sha256)).length;
  tellState(say("matched", { n: matched }));
}

/** What was sent were stripped files, so the same is made of these again, and nothing is sent. */
async function strip(items) {
  engine ??= engineOf(place);
  const language = document.documentElement.lang;
  try {
    const recipe = { key: await siteKey(), day: admissionOf(subject), subject, language };
    await prepare(items, { engine, recipe, lanes, tell: (done) => tellState(say("read", { n: done })) });
  } catch {
    return;
  }
  for (const { out, path } of items) if (out) known.set(out.sha256, path);
}

function tellState(text) {
  place.querySelector("[data-part=state]").textContent = text;
}

function show() {
  for (const cell of document.querySelectorAll("[data-sha256]")) {
    const path = known.get(cell.dataset.sha256);
    if (path && cell.textContent !== path) cell.textContent = path;
  }
}

/** The table with a first column of names, made and kept on this computer. */
async function tableWithNames(event) {
  if (!known.size) return;
  event.preventDefault();
  const link = event.currentTarget;
  const [head, ...lines] = (await (await fetch(link.href)).text()).replace(/^\ufeff/, "").trimEnd().split("\r\n");
  const named = lines.map((line) => `${quoted(known.get(line.slice(0, line.indexOf(","))) ?? "")},${line}`);
  const address = URL.createObjectURL(new Blob(["\ufeff", [`file,${head}`, ...named].join("\r\n")], { type: "text/csv" }));
  const saving = Object.assign(document.createElement("a"), { href: address, download: link.href.split("/").at(-2) + ".csv" });
  saving.click();
  URL.revokeObjectURL(address);
}

/** A cell that no spreadsheet takes for a formula. */
function quoted(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

document.querySelector("[data-table]").addEventListener("click", tableWithNames);
if (subject) wireAdmission(subject, () => {});
const input = place.querySelector("input[type=file]");
place.querySelector("[data-part=choose]").addEventListener("click", () => input.click());
input.addEventListener("change", () => read(chosen([...input.files])));
document.addEventListener("htmx:afterSwap", show);
document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  read(dropped(event.dataTransfer));
});
