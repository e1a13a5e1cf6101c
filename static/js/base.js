// What the scripts of all pages share. Nothing happens on import: with hashed file names a module may be loaded twice.

const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** "2 min ago" for a date; the seconds of the last minute are "now". */
export function ago(date, now = new Date()) {
  const seconds = (date - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(0, "second");
}

/** Words of a page: `<div hidden id="…"><span data-word="key">…</span></div>`; `{name}` is filled in. */
export function words(id) {
  const found = new Map();
  for (const element of document.querySelectorAll(`#${id} [data-word]`)) found.set(element.dataset.word, element);
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const element = found.get(key);
    if (!element) throw new Error(`no word ${key}`);
    const one = "n" in values && plural.select(Number(values.n)) === "one" && element.dataset.one;
    const text = one || element.textContent.trim();
    return text.replace(/\{(\w+)\}/g, (_, name) => String(format(values[name])));
  };
}

const numbers = new Intl.NumberFormat(language);

function format(value) {
  return typeof value === "number" ? numbers.format(value) : value;
}

/** Puts a notice above the content; kind: info, success, warning or error. */
export function notice(text, kind = "info") {
  const list = document.getElementById("notices");
  if ([...list.children].some((item) => item.textContent.trim() === text)) return;
  const item = document.createElement("li");
  item.className = `notice notice-${kind}`;
  item.append(Object.assign(document.createElement("div"), { textContent: text }));
  list.append(item);
}
