// Web worker: the registry's de-identification engine, unchanged, in Python. One file at a time.
// It loads what `start` names and nothing later, so it works on when the network is gone.

import { plain, startPython } from "../python.js";

const BRIDGE = `
import json
from deid import ENGINE, browser
from uploads.browser import look, person, plan
{
    "name": ENGINE,
    "strip": lambda data, *rest: browser.answer(data.to_bytes(), *rest),
    "removal": lambda data, *rest: browser.removal(data.to_bytes(), *rest),
    "look": lambda data, *rest: json.dumps(look(data.to_bytes(), *rest)),
    "plan": lambda asked: json.dumps(plan(**json.loads(asked))),
    "compare": lambda asked: json.dumps(person.differences(**json.loads(asked))),
}
`;

let engine = null;

const DEEDS = { start, strip, removal, look, plan, compare };

self.onmessage = async ({ data: { id, deed, ...given } }) => {
  try {
    self.postMessage({ id, ...(await DEEDS[deed](given)) });
  } catch (error) {
    self.postMessage({ id, error: error?.name || "Error" });
  }
};

async function start({ addresses: { archive, ...addresses } }) {
  const python = await startPython({ ...addresses, archives: [archive] });
  engine = python.runPython(BRIDGE).toJs({ dict_converter: Object.fromEntries });
  return { engine: engine.name };
}

/** → { sha256, size, head, begin, end, tail, patient }: what is sent is `head`, the file's bytes from `begin` to `end`, and
 *  `tail`; or { code, where, message } of a refusal. */
async function strip({ file, recipe }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const told = plain(engine.strip(bytes, recipe.key, recipe.day, recipe.subject, recipe.language));
  if (told.code) return told;
  const { head, begin, end, tail, patient } = told;
  const whole = new Uint8Array(head.length + end - begin + tail.length);
  whole.set(head, 0);
  whole.set(bytes.subarray(begin, end), head.length);
  whole.set(tail, head.length + end - begin);
  const sha256 = hex(await crypto.subtle.digest("SHA-256", whole));
  return { sha256, size: whole.length, head: new Blob([head]), begin, end, tail: new Blob([tail]), patient };
}

/** → { actions: [[path, name, letter, before, after], …] } of one file. */
async function removal({ file, recipe }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { actions: plain(engine.removal(bytes, recipe.key, recipe.day, recipe.subject)) };
}

/** What uploads.browser.look tells of one file. */
async function look({ file, recipe }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return JSON.parse(engine.look(bytes, recipe.key, recipe.day, recipe.subject, recipe.language));
}

/** What uploads.browser.plan tells of the series. */
async function plan({ asked }) {
  return JSON.parse(engine.plan(JSON.stringify(asked)));
}

/** → { differences } of headers and form, see uploads.browser.person. */
async function compare({ asked }) {
  return { differences: JSON.parse(engine.compare(JSON.stringify(asked))) };
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
