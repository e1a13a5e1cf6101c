// Reads files one after another in a worker, so that memory stays flat and the page stays awake.

export function openReader() {
  return new Worker(new URL("./reader.js", import.meta.url), { type: "module" });
}

/** Reads `source` (async iterable of { file, path }) with a worker of `openReader`; calls `tell(item)` for each file.
 *  An item is { path, file, size, sha256, facts, problem }; problem: "empty", "unreadable", "too_large" or "not_dicom". */
export async function readAll(source, { reader, maxBytes, signal, tell }) {
  for await (const { file, path } of source) {
    signal?.throwIfAborted();
    tell(await readOne(reader, file, path, maxBytes));
  }
}

async function readOne(worker, file, path, maxBytes) {
  const item = { path, file, size: file?.size ?? 0, sha256: null, facts: null, problem: null };
  if (!file) return { ...item, problem: "unreadable" };
  if (!file.size) return { ...item, problem: "empty" };
  if (file.size > maxBytes) return { ...item, problem: "too_large" };
  const answer = await ask(worker, file);
  if (answer.error) return { ...item, problem: "unreadable" };
  const problem = answer.facts ? null : "not_dicom";
  return { ...item, sha256: answer.sha256, facts: answer.facts, problem };
}

let counter = 0;

function ask(worker, file) {
  const id = ++counter;
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => data.id === id && resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve({ error: "worker" });
    };
    worker.postMessage({ id, file });
  });
}
