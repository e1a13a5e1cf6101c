// Web worker: the registry's de-identification engine, unchanged, in Python. One file at a time.
// It loads what `start` names and nothing later, so it works on when the network is gone.

const ENGINE = "/engine";
const LONGEST = 180000;
const BRIDGE = `
import sys
sys.path.insert(0, "${ENGINE}")
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

async function start({ addresses }) {
  const [{ loadPyodide }, archive] = await Promise.all([import(addresses.pyodide), fetched(addresses.archive)]);
  const ends = givingUp();
  const loading = loadPyodide({ indexURL: addresses.index, stdout: () => {}, stderr: () => {} });
  const python = await Promise.race([loading, ...ends]);
  python.unpackArchive(archive, "zip", { extractDir: ENGINE });
  const [name, answer, removed] = python.runPython(BRIDGE);
  engine = { answer, removed };
  return { engine: name };
}

/** Promises that only reject. Pyodide itself waits for ever when its program cannot be loaded or compiled. */
function givingUp() {
  const compile = WebAssembly.instantiateStreaming;
  const refused = new Promise((_, reject) => {
    WebAssembly.instantiateStreaming = async (...given) => {
      try {
        return await compile.apply(WebAssembly, given);
      } catch (error) {
        reject(error);
        throw error;
      }
    };
  });
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), LONGEST));
  return [refused, late];
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
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

function plain(proxy) {
  const value = proxy.toJs({ dict_converter: Object.fromEntries });
  proxy.destroy();
  return value;
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
