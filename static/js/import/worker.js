// Web worker: makes of a hospital's workbook what may leave, by the registry's own program in Python.

import { fetched, plain, startPython } from "../python.js";

const BRIDGE = `
import openpyxl
from deid.sheet import browser
def answer(data, template, admission, number, codes, *rest):
    return browser.answer(data.to_bytes(), template.to_bytes(), admission, number, codes.to_bytes(), *rest)
def headings(data, template):
    return browser.headings(data.to_bytes(), template.to_bytes())
answer, headings
`;
const DEEDS = { start, strip, headings };

let engine = null;

self.onmessage = async ({ data: { id, deed, ...given } }) => {
  try {
    self.postMessage({ id, ...(await DEEDS[deed](given)) });
  } catch (error) {
    self.postMessage({ id, error: error?.name || "Error" });
  }
};

async function start({ addresses: { template, ...addresses } }) {
  const [python, form] = await Promise.all([startPython(addresses), fetched(template)]);
  const [answer, unknown] = python.runPython(BRIDGE);
  engine = { answer, unknown, form };
  return { ready: true };
}

/** → { data, rows, dates, dropped, problems, called, … } or { code, message } of a refusal. */
async function strip({ file, wishes }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const codes = new Uint8Array(wishes.codes ? await wishes.codes.arrayBuffer() : 0);
  const { admission, number, fresh, language } = wishes;
  return plain(engine.answer(bytes, engine.form, admission, number, codes, fresh, language));
}

/** → { headings: [text, …] } that the form does not know. */
async function headings({ file }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { headings: plain(engine.unknown(bytes, engine.form)) };
}
