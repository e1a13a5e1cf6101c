// A light look at a DICOM header, only to show what was found. Nothing is decided here; the registry judges every file.

const WANTED = {
  "00080005": "charset",
  "00080008": "imageType",
  "00080016": "sopClass",
  "00080060": "modality",
  "00080070": "vendor",
  "0008103e": "description",
  "00100010": "name",
  "00100020": "patient",
  "00100030": "birth",
  "00100040": "sex",
  "00101010": "age",
  "00180050": "thickness",
  "00181210": "kernel",
  "0020000d": "study",
  "0020000e": "series",
  "00200011": "seriesNumber",
  "00200013": "number",
  "00280008": "frames",
};
const IMAGE = {
  "00280002": "samples",
  "00280004": "photometric",
  "00280008": "frames",
  "00280010": "rows",
  "00280011": "columns",
  "00280100": "bits",
  "00280103": "signed",
  "00281050": "center",
  "00281051": "width",
  "00281052": "intercept",
  "00281053": "slope",
};
const NUMBERS = new Set(["00280002", "00280010", "00280011", "00280100", "00280103"]);
const PIXELS = 0x7fe00010;
const LAST = 0x00280011;
const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const UNDEFINED = 0xffffffff;
const DEEPEST = 32;
const IMPLICIT = "1.2.840.10008.1.2";
const BIG = "1.2.840.10008.1.2.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const UNCOMPRESSED = new Set([IMPLICIT, "1.2.840.10008.1.2.1", BIG]);
const FOREIGN = new Set(["description", "name", "patient"]);
const CHARSETS = {
  "ISO_IR 192": "utf-8",
  "ISO_IR 100": "windows-1252",
  "ISO 2022 IR 149": "euc-kr",
  "ISO_IR 149": "euc-kr",
  "ISO_IR 13": "shift_jis",
  GB18030: "gb18030",
};

/** Header facts of a file's bytes, or null when it does not begin as a DICOM file.
 *  `{ unread: true }` when it does but the header cannot be followed here. */
export function look(buffer) {
  if (beginning(new Uint8Array(buffer)) < 0) return null;
  const found = elements(buffer, { ...WANTED, "00280010": "rows", "00280011": "columns" }, LAST);
  return found?.facts.series ? decoded(found.facts) : { unread: true };
}

/** What a picture is drawn from: { rows, columns, bits, …, at, length, little } with numbers as numbers, `at` where the
 *  pixels begin; null when they are compressed or cannot be found. */
export function pixels(buffer) {
  const found = elements(buffer, IMAGE, PIXELS);
  if (!found || !found.plain || !found.facts.pixels) return null;
  const { pixels: place, ...facts } = found.facts;
  const told = { ...place, little: found.little };
  for (const [name, value] of Object.entries(facts)) told[name] = typeof value === "number" ? value : plainBytes(value).split("\\")[0];
  return told;
}

/** Bytes of the wanted elements up to `last`: { facts, plain, little }, `plain` for uncompressed transfer syntaxes. */
function elements(buffer, wanted, last) {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  try {
    const meta = {};
    const start = walk(view, beginning(bytes), { explicit: true, little: true, wanted: {}, stop: (tag) => tag >>> 16 !== 2 }, meta);
    const syntax = meta.syntax ?? IMPLICIT;
    if (syntax === DEFLATED) return null;
    const facts = {};
    const little = syntax !== BIG;
    walk(view, start, { explicit: syntax !== IMPLICIT, little, wanted, stop: (tag) => tag > last }, facts);
    return { facts, little, plain: UNCOMPRESSED.has(syntax) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where the file meta group begins: after the preamble, or at once where the preamble is missing; -1 for no DICOM. */
function beginning(bytes) {
  if (bytes.length >= 132 && text(bytes, 128, 4) === "DICM") return 132;
  const bare = bytes.length > 8 && bytes[0] === 2 && !bytes[1] && bytes[2] < 3 && !bytes[3];
  return bare ? 0 : -1;
}

function walk(view, start, rules, facts) {
  let at = start;
  while (at + 8 <= view.byteLength) {
    const element = head(view, at, rules);
    if (rules.stop(element.tag)) break;
    if (element.length === UNDEFINED) {
      at = skipSequence(view, element.value, rules, 0);
      continue;
    }
    take(view, element, rules, facts);
    at = element.value + element.length;
  }
  return at;
}

function head(view, at, { explicit, little }) {
  const group = view.getUint16(at, little);
  const tag = ((group << 16) | view.getUint16(at + 2, little)) >>> 0;
  if (!explicit || group === 0xfffe) return { tag, value: at + 8, length: view.getUint32(at + 4, little) };
  const vr = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  if (LONG.has(vr)) return { tag, value: at + 12, length: view.getUint32(at + 8, little) };
  return { tag, value: at + 8, length: view.getUint16(at + 6, little) };
}

function take(view, { tag, value, length }, { little, wanted }, facts) {
  const name = tag.toString(16).padStart(8, "0");
  if (tag === 0x00020010) facts.syntax = plain(view, value, length);
  else if (tag === PIXELS) facts.pixels = { at: value, length: Math.min(length, view.byteLength - value) };
  else if (!wanted[name]) return;
  else if (NUMBERS.has(name) && length >= 2) facts[wanted[name]] = view.getUint16(value, little);
  else facts[wanted[name]] = new Uint8Array(view.buffer.slice(value, value + Math.min(length, 256)));
}

function skipSequence(view, start, rules, depth) {
  if (depth > DEEPEST) throw new RangeError("too deep");
  let at = start;
  for (;;) {
    const item = head(view, at, rules);
    if (item.tag === 0xfffee0dd) return item.value;
    if (item.tag !== 0xfffee000) throw new RangeError("no item");
    at = item.length === UNDEFINED ? skipItem(view, item.value, rules, depth + 1) : item.value + item.length;
  }
}

function skipItem(view, start, rules, depth) {
  let at = start;
  for (;;) {
    const element = head(view, at, rules);
    if (element.tag === 0xfffee00d) return element.value;
    at = element.length === UNDEFINED ? skipSequence(view, element.value, rules, depth) : element.value + element.length;
  }
}

function decoded(facts) {
  const charset = plainBytes(facts.charset).split("\\").pop();
  const result = { rows: facts.rows, columns: facts.columns };
  for (const name of Object.values(WANTED)) {
    if (name in facts) result[name] = FOREIGN.has(name) ? foreign(facts[name], charset) : plainBytes(facts[name]);
  }
  return result;
}

function foreign(bytes, charset) {
  const shown = new TextDecoder(CHARSETS[charset] ?? "windows-1252").decode(bytes);
  return shown.replace(/\u001b\$?[()]?./g, "").replace(/[\u0000-\u001f]/g, " ").trim();
}

function plain(view, at, length) {
  return plainBytes(new Uint8Array(view.buffer, at, length));
}

function plainBytes(bytes) {
  return bytes ? text(bytes, 0, bytes.length).replace(/[\0 ]+$/, "").trim() : "";
}

function text(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
