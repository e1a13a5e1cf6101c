// Python in a web worker: Pyodide with the archives that the page names, and nothing that is loaded later.

const LONGEST = 180000;
const FOLDER = "/engine";

/** addresses: { pyodide, index, archives: [address, …] } → Pyodide, with the archives on Python's path. */
export async function startPython({ pyodide, index, archives }) {
  const [{ loadPyodide }, ...packed] = await Promise.all([import(pyodide), ...archives.map(fetched)]);
  const ends = givingUp();
  const loading = loadPyodide({ indexURL: index, stdout: () => {}, stderr: () => {} });
  const python = await Promise.race([loading, ...ends]);
  for (const archive of packed) python.unpackArchive(archive, "zip", { extractDir: FOLDER });
  python.runPython(`import sys; sys.path.insert(0, "${FOLDER}")`);
  return python;
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

/** The bytes at an address. */
export async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A Python value as JavaScript's own. */
export function plain(proxy) {
  const value = proxy.toJs({ dict_converter: Object.fromEntries });
  proxy.destroy();
  return value;
}
