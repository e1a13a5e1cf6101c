// What every page does: times in words, rows that open, shortcuts, dialogs, and what to say when a request fails.

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

function tellTimes(root) {
  for (const element of root.querySelectorAll("time.ago[datetime]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    element.title ||= element.textContent.trim();
    element.textContent = ago(date);
  }
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

function typing(element) {
  return element.closest("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable], dialog");
}

function closeAccount(event) {
  const open = document.querySelector("details.account[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (event.key === "?") {
    showShortcuts();
    event.preventDefault();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
}

function showShortcuts() {
  const dialog = document.getElementById("shortcuts");
  const list = dialog.querySelector("[data-keys]");
  for (const old of list.querySelectorAll(".of-page")) old.remove();
  for (const element of document.querySelectorAll("[data-key]")) {
    const term = Object.assign(document.createElement("dt"), { className: "of-page" });
    term.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key }));
    const text = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
    list.append(term, Object.assign(document.createElement("dd"), { className: "of-page", textContent: text }));
  }
  document.querySelector("details.account[open]")?.removeAttribute("open");
  dialog.showModal();
}

function onClick(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    if (opener.dataset.opens === "shortcuts") showShortcuts();
    else document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  for (const open of document.querySelectorAll("details.account[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  const row = event.target.closest("tr[data-row-link]");
  if (!row || event.target.closest("a, button, input, label, select, summary") || getSelection().toString()) return;
  const link = row.querySelector("a[href]");
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
}

document.addEventListener("keydown", onKey);
document.addEventListener("keydown", closeAccount);
document.addEventListener("click", onClick);
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
document.addEventListener("htmx:load", (event) => tellTimes(event.target));
document.addEventListener("htmx:sendError", () => notice(words("base-words")("lost"), "warning"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const say = words("base-words");
  notice(status === 401 || status === 403 ? say("expired") : say("refused", { status }), "error");
});

tellTimes(document);
setInterval(() => tellTimes(document), 60000);
