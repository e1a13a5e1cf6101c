// The upload page: drop → read → choose → remove identity → send → wait → verdicts.

import { words } from "../base.js";
import { admissionOf, wireAdmission } from "../form/admission.js";
import * as api from "./api.js";
import { choices, chosenItems, manifest } from "./catalogue.js";
import { Choosing } from "./choosing.js";
import { waitForVerdicts } from "./ending.js";
import { engineOf } from "./engine.js";
import { carriesFiles, chosen, dropped } from "./folders.js";
import { Pace, wirePace } from "./pace.js";
import { prepare } from "./preparing.js";
import { archivesOf, openReader, readAll } from "./reading.js";
import { Sender } from "./sender.js";
import { duration } from "./units.js";
import { showBars, showSending } from "./view.js";

const page = document.getElementById("upload");
const say = words("upload-words");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const maxBytes = Number(page.dataset.maxBytes) || Infinity;
const archives = archivesOf(page);
const subject = page.dataset.subject;
const SHOWN_EVERY = 500;
const reader = openReader();
const engine = engineOf(page);
const pace = new Pace();

let sender = null;
let uploadId = null;
let busy = false;
let key = null;

/** How this page strips; the site's key is asked for once. */
async function recipe() {
  key ??= await api.siteKey();
  return { key, day: admissionOf(subject), subject, language: document.documentElement.lang };
}

const choosing = new Choosing({ element: page, part, say, subject, engine, reader, recipe });

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

// Reading and choosing

async function read(source) {
  if (busy) return;
  if (!globalThis.crypto?.subtle) return tellProblem(say("not_secure"));
  busy = true;
  tellProblem("");
  step("reading");
  try {
    await readAll(source, { reader, maxBytes, archives, tell: onRead });
  } catch {
    tellProblem(say("folder_unreadable"));
  }
  busy = false;
  if (!choosing.items.length) {
    step("drop");
    return tellProblem(say("nothing_found"));
  }
  choose();
}

let shownAt = 0;

function onRead(item) {
  if (!choosing.add(item)) return;
  part("reading-count").textContent = say("read_files", { n: choosing.items.length });
  part("reading-name").textContent = item.path;
  if (performance.now() - shownAt < SHOWN_EVERY) return;
  choosing.show({ still: true });
  part("reading-series").textContent = say("read_series", { n: choosing.found.series.length });
  shownAt = performance.now();
}

function choose() {
  step("choose");
  choosing.show();
  part("send").focus({ preventScroll: true });
}

// Removing identity

async function removeIdentity() {
  const files = chosenItems(choosing.found.series);
  const begun = performance.now();
  let before = null;
  step("preparing");
  showPrepared(0, files.length, null);
  await prepare(files, {
    engine,
    recipe: choosing.asTheyAre ? null : await recipe(),
    lanes: engine.jobs,
    tell: (done) => {
      before ??= done;
      const speed = (done - before) / (performance.now() - begun);
      showPrepared(done, files.length, done - before > 20 ? (files.length - done) / speed / 1000 : null);
    },
  });
  const failed = files.filter((item) => item.problem);
  if (!failed.length && !choosing.severalPatients) return;
  step("choose");
  choosing.again();
  if (failed.some(({ problem }) => problem === "changed")) throw stop("changed");
  if (failed.some(({ problem }) => problem === "engine_failed")) throw stop("engine_stopped");
  if (choosing.severalPatients) throw stop("patients_stop");
  if (part("send").disabled) throw stop("nothing_left");
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
  if (busy || part("send").disabled) return;
  busy = true;
  tellProblem("");
  try {
    if (!sender) {
      await removeIdentity();
      const files = manifest(choosing.found.series);
      const list = [...files.values()].map(({ sha256, size: bytes }) => ({ sha256, size: bytes }));
      const strippedBy = choosing.asTheyAre ? null : engine.name;
      const answer = await api.start(subject, list, { strippedBy, overruled: choices(choosing.found.series) });
      uploadId = answer.id;
      sender = new Sender(uploadId, files, answer.missing, { pace, tell: draw });
    }
    for (const input of part("series").querySelectorAll("input")) input.disabled = true;
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
      sender = new Sender(uploadId, sender.files, error.body.missing, { pace, tell: draw });
    }
  }
}

async function withoutFailed() {
  for (const [sha256, reason] of sender.failed) {
    for (const item of choosing.items) if (item.out?.sha256 === sha256) item.problem = reason;
  }
  sender = null;
  step("choose");
  choosing.again();
  throw stop("changed");
}

function onRefusal(error) {
  if (error.said) return tellProblem(error.said);
  if (!(error instanceof api.Refusal)) throw error;
  if (error.code === "upload_closed") return void wait();
  if (!sender) {
    step("choose");
    choosing.draw();
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
    showBars(choosing.found.series, sender);
  });
}

function pause() {
  if (sender.paused) sender.resume();
  else sender.pause();
  draw();
}

async function wait() {
  sender = null;
  history.replaceState(null, "", page.dataset.receipt.replace("00000000-0000-0000-0000-000000000000", uploadId));
  await waitForVerdicts(uploadId, choosing, { part, say, step, tellProblem });
}

// Wiring

function startAgain() {
  choosing.forget();
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
part("as-they-are").addEventListener("change", ({ target }) => {
  choosing.asTheyAre = target.checked;
  choosing.summarise();
});
wirePace(part("limit"), pace);
wireAdmission(subject, () => page.dataset.step === "choose" && choosing.judge());
recipe().catch(() => {});
engine.started.then(
  () => (page.dataset.engine = "ready"),
  () => {
    page.dataset.engine = "failed";
    part("engine-failed").hidden = false;
    if (page.dataset.step === "choose") choosing.failed();
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
