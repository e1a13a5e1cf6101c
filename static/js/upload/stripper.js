// Web worker: the registry's de-identification engine, unchanged, in Python. One file at a time.
// It loads what `start` names and nothing later, so it works on when the network is gone.

import { plain, startPython } from "../python.js";

const BRIDGE = `
from deid import ENGINE, browser
ENGINE, (lambda data, *rest: browser.answer(data.to_bytes(), *rest)), (lambda data, *rest: browser.removal(data.to_bytes(), *rest))
`;

let engine = null;

const DEEDS = { start, strip, removal };

self.onmessage = async ({ data: { id, deed, ...given } }) => {
  try {
    self.postMessage({ id, ...(await DEEDS[deed](given)) });
  } catch (error) {
    self.postMessage({ id, error: error?.name || "Error" });
  }
};

async function start({ addresses: { archive, ...addresses } }) {
  const python = await startPython({ ...addresses, archives: [archive] });
  const [name, answer, removed] = python.runPython(BRIDGE);
  engine = { answer, removed };
  return { engine: name };
}

/** → { sha256, size, body, patient }, `body` a Blob that takes the image from the file on the disk when it is sent;
 *  or { code, where, message } of a refusal. */
async function strip({ file, recipe }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const told = plain(engine.answer(bytes, recipe.key, recipe.day, recipe.subject, recipe.language));
  if (told.code) return told;
  const { head, begin, end, tail, patient } = told;
  const whole = new Uint8Array(head.length + end - begin + tail.length);
  whole.set(head, 0);
  whole.set(bytes.subarray(begin, end), head.length);
  whole.set(tail, head.length + end - begin);
  const sha256 = hex(await crypto.subtle.digest("SHA-256", whole));
  return { sha256, size: whole.length, body: new Blob([head, file.slice(begin, end), tail]), patient };
}

/** → { actions: [[path, name, letter], …] } of one file. */
async function removal({ file, recipe }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { actions: plain(engine.removed(bytes, recipe.key, recipe.day, recipe.subject)) };
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
