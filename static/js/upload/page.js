// The upload page: drop → read → choose → remove identity → send → wait → verdicts.

import { words } from "../base.js";
import { admissionOf, wireAdmission } from "../form/admission.js";
import * as api from "./api.js";
import { chosenItems, manifest, names, notSent, patients, sort } from "./catalogue.js";
import { engineOf } from "./engine.js";
import { carriesFiles, chosen, dropped } from "./folders.js";
import { prepare } from "./preparing.js";
import { openReader, readAll } from "./reading.js";
import { showRemoval } from "./removal.js";
import { Sender } from "./sender.js";
import { duration, size } from "./units.js";
import { count, showVerdicts } from "./verdicts.js";
import { showBars, showLeft, showSending, showSeries } from "./view.js";

const page = document.getElementById("upload");
const say = words("upload-words");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const maxBytes = Number(page.dataset.maxBytes) || Infinity;
const subject = page.dataset.subject;
const POLL = 1500;
const reader = openReader();
const engine = engineOf(page);

let items = [];
let found = { series: [], left: new Map() };
let sender = null;
let uploadId = null;
let busy = false;
let asTheyAre = false;
let key = null;

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
    await readAll(source, { reader, maxBytes, tell: onRead });
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

/** Sorts anew after a file turned out not to go; ticks stay as the person set them. */
function sortAgain() {
  const ticks = new Map(found.series.map((one) => [one.key, one.ticked]));
  found = sort(items);
  for (const one of found.series) one.ticked = ticks.get(one.key) ?? one.ticked;
}

function summarise() {
  const files = chosenItems(found.series);
  const bytes = files.reduce((sum, item) => sum + item.size, 0);
  const ticked = found.series.filter((one) => one.ticked);
  const images = ticked.reduce((sum, one) => sum + (one.unread ? one.items.length : one.images), 0);
  part("summary").textContent = say("chosen_series", { n: ticked.length, size: size(bytes) });
  part("send").textContent = say("send", { n: images });
  const people = patients(found.series);
  part("patients").hidden = people < 2;
  part("patients-text").textContent = say("patients", { n: people });
  const stopped = page.dataset.engine === "failed" && !asTheyAre;
  part("send").disabled = !files.length || stopped || (people > 1 && !part("patients-one").checked);
  showRemovals();
}

function showRemovals() {
  part("removal-box").hidden = page.dataset.engine === "failed" || !chosenItems(found.series).length;
  showRemoval(part("removal"), found.series, subject, say, async (file) => engine.removal(file, await recipe()));
}

// Removing identity

/** How this page strips; the site's key is asked for once. */
async function recipe() {
  key ??= await api.siteKey();
  return { key, day: admissionOf(subject), subject, language: document.documentElement.lang };
}

async function removeIdentity() {
  const files = chosenItems(found.series);
  const begun = performance.now();
  let before = null;
  step("preparing");
  showPrepared(0, files.length, null);
  await prepare(files, {
    engine,
    recipe: asTheyAre ? null : await recipe(),
    lanes: engine.jobs,
    tell: (done) => {
      before ??= done;
      const speed = (done - before) / (performance.now() - begun);
      showPrepared(done, files.length, done - before > 20 ? (files.length - done) / speed / 1000 : null);
    },
  });
  const failed = files.filter((item) => item.problem);
  if (!failed.length && (patients(found.series) < 2 || part("patients-one").checked)) return;
  sortAgain();
  choose();
  if (failed.some(({ problem }) => problem === "changed")) throw stop("changed");
  if (failed.some(({ problem }) => problem === "engine_failed")) throw stop("engine_stopped");
  if (part("send").disabled) throw stop(failed.length ? "nothing_left" : "patients_stop");
}

function showPrepared(done, total, seconds) {
  part("prepared").max = Math.max(1, total);
  part("prepared").value = done;
  part("prepared-text").textContent = say("prepared", { done, total });
  part("prepared-left").textContent = seconds ? duration(seconds) : "";
}

function stop(word) {
  return Object.assign(new Error(word), { said: say(word) });
}

// Sending

async function send() {
  if (busy || !chosenItems(found.series).length) return;
  busy = true;
  tellProblem("");
  try {
    if (!sender) {
      await removeIdentity();
      const files = manifest(found.series);
      const list = [...files.values()].map(({ sha256, size: bytes }) => ({ sha256, size: bytes }));
      const answer = await api.start(subject, list, asTheyAre ? null : engine.name);
      uploadId = answer.id;
      sender = new Sender(uploadId, files, answer.missing, draw);
    }
    for (const { tick } of found.series) tick.disabled = true;
    step("sending");
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
    for (const item of items) if (item.out?.sha256 === sha256) item.problem = reason;
  }
  sortAgain();
  sender = null;
  choose();
  throw stop("changed");
}

function onRefusal(error) {
  if (error.said) return tellProblem(error.said);
  if (!(error instanceof api.Refusal)) throw error;
  if (error.code === "upload_closed") return void wait();
  if (!sender) {
    for (const one of found.series) one.tick.disabled = one.mixed;
    step("choose");
  }
  if (error.signedOut) return tellProblem(say("signed_out"), send);
  if (error.code === "offline" || error.passing) return tellProblem(say("offline"), send);
  tellProblem(error.message || say("unexpected", { status: error.status }), sender ? send : null);
}

let drawn = 0;

function draw() {
  if (drawn) return;
  drawn = requestAnimationFrame(() => {
    drawn = 0;
    if (!sender || page.dataset.step !== "sending") return;
    showSending(part, sender, say);
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
part("patients-one").addEventListener("change", summarise);
part("as-they-are").addEventListener("change", ({ target }) => {
  asTheyAre = target.checked;
  summarise();
});
wireAdmission(subject, () => page.dataset.step === "choose" && showRemovals());
recipe().catch(() => {});
engine.started.then(
  () => (page.dataset.engine = "ready"),
  () => {
    page.dataset.engine = "failed";
    part("engine-failed").hidden = false;
    if (page.dataset.step === "choose") summarise();
  },
);

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
  if (["reading", "preparing", "sending"].includes(page.dataset.step)) event.preventDefault();
});

step(page.dataset.step);
