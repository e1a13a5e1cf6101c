// ZIP archives among the files: opened where they lie, one member at a time, never unpacked to the disk.

const MARK = [0x50, 0x4b, 0x03, 0x04];
const OFFICE = "[Content_Types].xml";
const LONGEST_NAME = 300;

/** Whether the bytes at the beginning are those of a ZIP archive; false for what cannot be read. */
export async function isArchive(file) {
  try {
    const bytes = new Uint8Array(await file.slice(0, MARK.length).arrayBuffer());
    return MARK.every((byte, place) => bytes[place] === byte);
  } catch {
    return false;
  }
}

/** The files in an archive: `{ path, source, problem }`, `problem` "too_large" for what swells too much. Throws an Error
 *  whose message is a word of the page. archives: { address of zip.js, members, free, ratio }, as the page gives them. */
export async function members(file, path, { address, ...limits }) {
  const zip = await import(address);
  zip.configure({ useWebWorkers: false });
  const reader = new zip.ZipReader(new zip.BlobReader(file));
  const found = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (found.length >= limits.members) throw new Error("archive_too_many");
      if (entry.encrypted) throw new Error("archive_encrypted");
      if (entry.filename === OFFICE) return null;
      if (!entry.directory) found.push(entry);
    }
  } catch (error) {
    throw error.message.startsWith("archive_") ? error : new Error("archive_unreadable");
  }
  return found.map((entry) => member(entry, path, limits));
}

function member(entry, path, { free, ratio }) {
  const { uncompressedSize: size, compressedSize: packed } = entry;
  const name = [...entry.filename].filter((letter) => letter >= " ").join("").slice(0, LONGEST_NAME);
  const problem = size > Math.max(free, packed * ratio) ? "too_large" : null;
  return { path: `${path}/${name}`, source: { size, blob: () => inflated(entry) }, problem };
}

/** One member's bytes; what turns out larger than its archive says is not inflated further. */
async function inflated(entry) {
  const whole = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  const taking = new WritableStream({
    write(piece) {
      whole.set(piece, at); // throws past the end
      at += piece.length;
    },
  });
  await entry.getData(taking, { checkSignature: true });
  if (at < whole.length) throw new RangeError("shorter than it says");
  return new Blob([whole]);
}
