// The upload page: drop → read → choose → send → wait → verdicts.

import { words } from "../base.js";
import * as api from "./api.js";
import { manifest, names, notSent, patients, sort } from "./catalogue.js";
import { carriesFiles, chosen, dropped } from "./folders.js";
import { readAll } from "./reading.js";
import { Sender } from "./sender.js";
import { duration, rate, size } from "./units.js";
import { count, showVerdicts } from "./verdicts.js";
import { showBars, showLeft, showSeries } from "./view.js";

const page = document.getElementById("upload");
const say = words("upload-words");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const maxBytes = Number(page.dataset.maxBytes) || Infinity;
const POLL = 1500;

let items = [];
let found = { series: [], left: new Map() };
let sender = null;
let uploadId = null;
let busy = false;

function step(name) {
  page.dataset.step = name;
  for (const element of page.querySelectorAll("[data-steps]")) {
    element.hidden = !element.dataset.steps.split(" ").includes(name);
  }
}

function tellProblem(text, action = null) {
  const box = part("problem");
  box.hidden = !text;
  part("problem-text").textContent = text;
  part("problem-go").hidden = !action;
  part("problem-go").onclick = action;
}

// Reading

async function read(source) {
  if (busy) return;
  if (!globalThis.crypto?.subtle) return tellProblem(say("not_secure"));
  busy = true;
  tellProblem("");
  step("reading");
  try {
    await readAll(source, { maxBytes, tell: onRead });
  } catch {
    tellProblem(say("folder_unreadable"));
  }
  busy = false;
  found = sort(items);
  if (!items.length) {
    step("drop");
    return tellProblem(say("nothing_found"));
  }
  choose();
}

function onRead(item) {
  if (items.some((old) => old.path === item.path && old.sha256 === item.sha256)) return;
  items.push(item);
  const series = new Set(items.filter((one) => one.facts?.series).map((one) => one.facts.series)).size;
  part("reading-count").textContent = say("read_files", { n: items.length });
  part("reading-series").textContent = say("read_series", { n: series });
  part("reading-name").textContent = item.path;
}

// Choosing

function choose() {
  showSeries(part("series"), found.series, say, summarise);
  showLeft(part("left"), found.left, say);
  const stays = [...found.left.values()].reduce((sum, list) => sum + list.length, 0);
  part("left-box").hidden = stays === 0;
  part("left-title").textContent = say("stay_here", { n: stays });
  part("table").hidden = found.series.length === 0;
  part("no-series").hidden = found.series.length > 0;
  step("choose");
  summarise();
  part("send").focus({ preventScroll: true });
}

function summarise() {
  const files = manifest(found.series);
  const bytes = [...files.values()].reduce((sum, item) => sum + item.size, 0);
  const ticked = found.series.filter((one) => one.ticked);
  const images = ticked.reduce((sum, one) => sum + (one.unread ? one.items.length : one.images), 0);
  part("summary").textContent = say("chosen_series", { n: ticked.length, size: size(bytes) });
  part("send").textContent = say("send", { n: images });
  part("send").disabled = files.size === 0;
  const people = patients(found.series);
  part("patients").hidden = people < 2;
  part("patients-text").textContent = say("patients", { n: people });
}

// Sending

async function send() {
  if (busy) return;
  const files = manifest(found.series);
  if (!files.size) return;
  busy = true;
  tellProblem("");
  for (const { tick } of found.series) tick.disabled = true;
  step("sending");
  try {
    if (!sender) {
      const list = [...files].map(([sha256, item]) => ({ sha256, size: item.size }));
      const answer = await api.start(page.dataset.subject, list);
      uploadId = answer.id;
      sender = new Sender(uploadId, files, answer.missing, draw);
    }
    await sendAll();
    busy = false;
    await wait();
  } catch (error) {
    busy = false;
    onRefusal(error);
  }
}

async function sendAll() {
  for (;;) {
    draw();
    await sender.run();
    if (sender.failed.size) return await withoutFailed();
    try {
      return await api.complete(uploadId);
    } catch (error) {
      if (!error.body?.missing?.length) throw error;
      sender = new Sender(uploadId, sender.files, error.body.missing, draw);
    }
  }
}

async function withoutFailed() {
  for (const [sha256, reason] of sender.failed) {
    for (const item of items) if (item.sha256 === sha256) item.problem = reason;
  }
  found = sort(items);
  sender = null;
  choose();
  throw Object.assign(new Error(), { said: say("changed") });
}

function onRefusal(error) {
  if (error.said) return tellProblem(error.said);
  if (!(error instanceof api.Refusal)) throw error;
  if (error.code === "upload_closed") return void wait();
  if (error.signedOut) return tellProblem(say("signed_out"), send);
  if (error.code === "offline" || error.passing) return tellProblem(say("offline"), send);
  tellProblem(error.message || say("unexpected", { status: error.status }), sender ? send : null);
  if (!sender) {
    for (const { tick } of found.series) tick.disabled = false;
    step("choose");
  }
}

let drawn = 0;

function draw() {
  if (drawn) return;
  drawn = requestAnimationFrame(() => {
    drawn = 0;
    if (!sender || page.dataset.step !== "sending") return;
    const { bytes, total, rate: speed } = sender;
    part("bar").max = Math.max(1, total);
    part("bar").value = bytes;
    part("bar").classList.toggle("full", bytes >= total);
    part("percent").textContent = `${Math.floor((bytes / Math.max(1, total)) * 100)} %`;
    part("sent-bytes").textContent = say("sent_bytes", { sent: size(bytes), total: size(total) });
    part("sent-files").textContent = say("sent_files", {
      done: sender.files.size - sender.filesLeft - sender.failed.size,
      total: sender.files.size,
    });
    part("rate").textContent = speed ? rate(speed) : "–";
    part("time-left").textContent = speed ? duration((total - bytes) / speed) : "–";
    part("sending-state").textContent = say(sender.paused ? "paused" : sender.waiting ? "no_connection" : "sending");
    part("sending-state").className = `status ${sender.paused ? "" : sender.waiting ? "status-needs" : "status-working"}`;
    part("pause").textContent = say(sender.paused ? "continue" : "pause");
    showBars(found.series, sender);
  });
}

function pause() {
  if (sender.paused) sender.resume();
  else sender.pause();
  draw();
}

// Waiting and the end

async function wait() {
  step("working");
  sender = null;
  history.replaceState(null, "", page.dataset.receipt.replace("00000000-0000-0000-0000-000000000000", uploadId));
  const known = names(items);
  for (;;) {
    try {
      const answer = await api.state(uploadId);
      tellProblem("");
      const counts = count(answer.files);
      part("worked").max = Math.max(1, answer.files.length);
      part("worked").value = answer.files.length - counts.waiting;
      part("worked-text").textContent = say("worked", { done: answer.files.length - counts.waiting, total: answer.files.length });
      if (answer.state === "done" || answer.state === "attention") return finish(answer, known);
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error;
      if (error.signedOut) tellProblem(say("signed_out_working"));
      else tellProblem(error.passing ? say("offline_working") : error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function finish(answer, known) {
  const counts = count(answer.files);
  step("done");
  part("verdict-head").textContent = say("done_head", { n: counts.stored + counts.duplicate, total: answer.files.length });
  const attention = answer.state === "attention";
  part("verdict-state").className = `status ${attention ? "status-needs" : "status-done"}`;
  part("verdict-state").textContent = say(attention ? "needs_you" : "all_done");
  for (const verdict of ["stored", "duplicate", "refused", "quarantined"]) {
    part(`count-${verdict}`).textContent = counts[verdict].toLocaleString();
    part(`count-${verdict}`).closest(".count").classList.toggle("count-none", counts[verdict] === 0);
  }
  showVerdicts(part("verdicts"), answer.files, known, notSent(found), say);
  part("receipt").href = location.pathname;
  document.title = `${say("done_title")} · ${document.title}`;
  part("verdict-head").focus();
}

// Wiring

function startAgain() {
  items = [];
  sender = null;
  uploadId = null;
  tellProblem("");
  step("drop");
}

for (const input of page.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) read(chosen(files));
  });
}
for (const button of page.querySelectorAll("[data-chooses]")) {
  button.addEventListener("click", () => part(button.dataset.chooses).click());
}
part("send").addEventListener("click", send);
part("pause").addEventListener("click", pause);
part("again").addEventListener("click", startAgain);

const open = () => !busy && ["drop", "choose"].includes(page.dataset.step);
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = open() ? "copy" : "none";
  page.classList.toggle("dragging", open());
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) page.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  page.classList.remove("dragging");
  if (open()) read(dropped(event.dataTransfer));
});
window.addEventListener("beforeunload", (event) => {
  if (page.dataset.step === "sending" || page.dataset.step === "reading") event.preventDefault();
});

step(page.dataset.step);
