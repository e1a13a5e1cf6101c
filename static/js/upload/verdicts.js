// The registry's answer for every file, grouped by verdict and reason, with this page's names.

import { el } from "./units.js";
import { fold, leftFold } from "./view.js";

const ORDER = ["quarantined", "refused", "duplicate", "stored"];
const SHAPE = { stored: "done", duplicate: "done", refused: "needs", quarantined: "loss" };
const NEEDS_A_LOOK = "burned_in";

/** Counts per verdict; a file without one counts as waiting. */
export function count(files) {
  const counts = { stored: 0, duplicate: 0, refused: 0, quarantined: 0, waiting: 0 };
  for (const { verdict } of files) counts[verdict ?? "waiting"] += 1;
  return counts;
}

/** Shows the end: a line of counts, then groups; `names` joins digests to paths. */
export function showVerdicts(place, files, names, left, say) {
  const groups = new Map();
  for (const file of files) {
    const key = `${file.verdict}|${file.code ?? ""}`;
    if (!groups.has(key)) groups.set(key, { verdict: file.verdict, code: file.code, message: file.message ?? "", names: [] });
    groups.get(key).names.push(...(names.get(file.sha256) ?? [`${file.sha256.slice(0, 12)}…`]));
  }
  const sorted = [...groups.values()].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  place.replaceChildren(
    ...sorted.map((group) => section(group, say)),
    ...[...left].map(([reason, items]) =>
      el(
        "section",
        { className: "verdict" },
        el("span", { className: "status" }, say("verdict_left")),
        leftFold(reason, items, say, items.length <= 20),
      ),
    ),
  );
}

function section({ verdict, code, message, names }, say) {
  const shape = code === NEEDS_A_LOOK ? "needs" : SHAPE[verdict];
  const open = verdict !== "stored" && names.length <= 20;
  return el(
    "section",
    { className: "verdict" },
    el("span", { className: `status status-${shape}` }, say(`verdict_${verdict}`)),
    fold(say("files", { n: names.length }), message || say(`verdict_${verdict}_why`), names, open),
  );
}
