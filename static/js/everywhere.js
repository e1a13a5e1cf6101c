// What every page does: times in words, rows that open, shortcuts, dialogs, and what to say when a request fails.

import { ago, notice, words } from "./base.js";

function tellTimes(root) {
  for (const element of root.querySelectorAll("time.ago[datetime]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    element.title ||= element.textContent.trim();
    element.textContent = ago(date);
  }
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
