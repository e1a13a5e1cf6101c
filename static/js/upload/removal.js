// What the engine will do to a series, element by element, on one of its files; no value is shown.

import { el } from "./units.js";

const CODED = new Set(["(0010,0010)", "(0010,0020)"]);

/** A fold per ticked series; `ask(file)` → { actions } is called when one is opened. */
export function showRemoval(place, series, code, say, ask) {
  place.replaceChildren(...series.filter((one) => one.ticked).map((one) => fold(one, code, say, ask)));
}

function fold(one, code, say, ask) {
  const title = `${one.modality} ${one.unread ? say("unread") : one.description || say("no_description")}`.trim();
  const body = el("div", { className: "removal" }, el("p", { className: "small muted" }, say("removal_asking")));
  const details = el("details", { className: "fold" }, el("summary", {}, title), body);
  details.addEventListener(
    "toggle",
    async () => {
      const { actions } = await ask(one.items[0].file).catch(() => ({}));
      body.replaceChildren(actions?.length ? table(actions, code, say) : el("p", { className: "small muted" }, say("removal_none")));
    },
    { once: true },
  );
  return details;
}

function table(actions, code, say) {
  const deed = (path, letter) => (CODED.has(path) ? say("action_code", { code }) : say(`action_${letter}`));
  const row = ([path, name, letter]) =>
    el("tr", {}, el("td", { className: "mono nowrap" }, path), el("td", {}, name || "–"), el("td", {}, deed(path, letter)));
  const heads = ["element", "name", "action"].map((word) => el("th", { scope: "col" }, say(`removal_${word}`)));
  return el("table", { className: "dense" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...actions.map(row)));
}
