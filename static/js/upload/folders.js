// Files out of what was dropped or chosen, to any depth. Paths are for the eyes of this page alone.

/** Every file under the dropped items: `{ file, path }`. Call within the drop event. */
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return walk(entries);
}

async function* walk(entries) {
  for (const entry of entries) {
    if (entry.isFile) yield opened(entry);
    else yield* walk(await children(entry.createReader()));
  }
}

async function opened(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    return { path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) };
  } catch {
    return { path, file: null };
  }
}

async function children(reader) {
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    all.push(...some);
  }
}

/** The files of a file input, in the same shape. */
export async function* chosen(list) {
  for (const file of list) yield { file, path: file.webkitRelativePath || file.name };
}

/** Whether a drag carries files (and not a piece of text or a link). */
export function carriesFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}
