// Reads files one after another in a worker, so that memory stays flat and the page stays awake.

import { isArchive, members } from "./archives.js";

/** Limits of archives and the program that opens them, from `element`'s data attributes. */
export function archivesOf({ dataset }) {
  return { address: new URL(dataset.zip, location).href, ...JSON.parse(dataset.archiveLimits) };
}

/** A worker that reads: `look(blob)` → { sha256, facts } or { error }, `draw(blob)` → { picture } or { error }. */
export function openReader() {
  const worker = new Worker(new URL("./reader.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let counter = 0;
  const settle = (id, answer) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  worker.onmessage = ({ data }) => settle(data.id, data);
  worker.onerror = (event) => {
    event.preventDefault();
    for (const id of [...waiting.keys()]) settle(id, { error: "worker" });
  };
  const ask = (job) =>
    new Promise((resolve) => {
      waiting.set(++counter, resolve);
      worker.postMessage({ id: counter, ...job });
    });
  return { look: (file) => ask({ file }), draw: (file) => ask({ file, draw: true }) };
}

/** Reads `files` (async iterable of { file, path }) with a reader of `openReader`; calls `tell(item)` for each file, and for
 *  each file in an archive. An item is { path, source, size, sha256, facts, problem }; `source` gives the bytes when they are
 *  wanted (`await source.blob()`); problem: "empty", "unreadable", "too_large", "not_dicom" or one of `archives.members`. */
export async function readAll(files, { reader, maxBytes, archives, tell }) {
  for await (const { file, path } of files) {
    const bytes = { size: file?.size ?? 0, blob: async () => file };
    if (!file) tell(itemOf(path, bytes, "unreadable"));
    else if (await isArchive(file)) await readArchive(file, path, { reader, maxBytes, archives, tell });
    else tell(await readOne(reader, path, bytes, maxBytes));
  }
}

async function readArchive(file, path, { reader, maxBytes, archives, tell }) {
  const whole = { size: file.size, blob: async () => file };
  let found;
  try {
    found = await members(file, path, archives);
  } catch (error) {
    return tell(itemOf(path, whole, error.message.startsWith("archive_") ? error.message : "unreadable"));
  }
  if (!found) return tell(itemOf(path, whole, "not_dicom"));
  for (const one of found) {
    if (one.problem) tell(itemOf(one.path, one.source, one.problem));
    else tell(await readOne(reader, one.path, one.source, maxBytes, { inside: true }));
  }
}

async function readOne(reader, path, source, maxBytes, { inside = false } = {}) {
  if (!source.size) return itemOf(path, source, "empty");
  if (source.size > maxBytes) return itemOf(path, source, "too_large");
  let blob;
  try {
    blob = await source.blob();
  } catch {
    return itemOf(path, source, inside ? "archive_damaged" : "unreadable");
  }
  const answer = await reader.look(blob);
  if (answer.error) return itemOf(path, source, "unreadable");
  if (answer.facts) return { ...itemOf(path, source, null), sha256: answer.sha256, facts: answer.facts };
  const nested = inside && (await isArchive(blob));
  return { ...itemOf(path, source, nested ? "archive_inside" : "not_dicom"), sha256: answer.sha256 };
}

function itemOf(path, source, problem) {
  return { path, source, size: source.size, sha256: null, facts: null, problem };
}
