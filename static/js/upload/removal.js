// What the engine will do to a series, element by element, on one of its files, with the values before and after. They are
// shown on this computer and nowhere else.

import { el, size } from "./units.js";

const CODED = new Set(["(0010,0010)", "(0010,0020)"]);

/** A fold per ticked series; `ask(item)` → { actions } is called when one is opened. */
export function showRemoval(place, series, code, say, ask) {
  place.replaceChildren(...series.filter((one) => one.ticked).map((one) => fold(one, code, say, ask)));
}

function fold(one, code, say, ask) {
  const title = `${one.modality} ${one.unread ? say("unread") : one.seen?.description || one.description || say("no_description")}`.trim();
  const body = el("div", { className: "removal" }, el("p", { className: "small muted" }, say("removal_asking")));
  const details = el("details", { className: "fold" }, el("summary", {}, title), body);
  details.addEventListener(
    "toggle",
    async () => {
      const { actions } = await ask(one.items[0]).catch(() => ({}));
      body.replaceChildren(actions?.length ? table(actions, code, say) : el("p", { className: "small muted" }, say("removal_none")));
    },
    { once: true },
  );
  return details;
}

function table(actions, code, say) {
  const deed = (path, letter) => (CODED.has(path) ? say("action_code", { code }) : say(`action_${letter}`));
  const row = ([path, name, letter, before, after]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name || "–", el("span", { className: "sub mono" }, path)),
      el("td", {}, deed(path, letter)),
      el("td", { className: "value" }, shown(before)),
      el("td", { className: "value" }, shown(after)),
    );
  const heads = ["element", "action", "before", "after"].map((word) => el("th", { scope: "col" }, say(`removal_${word}`)));
  return el("table", { className: "dense" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...actions.map(row)));
}

/** Text as it is, a length for what is no text. */
function shown(value) {
  return typeof value === "number" ? size(value) : value || "–";
}
