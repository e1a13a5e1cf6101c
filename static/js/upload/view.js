// The table of what was found, exam by exam, and what stays on this computer.

import { overruled, suggested, wish } from "./catalogue.js";
import { duration, el, rate, size } from "./units.js";

const COLUMNS = 10;
const FEWEST_LETTERS = 2;

/** Fills `table` with one body per exam. `exams`: [{ kind, slot, number, series: [key] }] in order of time, or null when no
 *  rule could be asked; `still`: files are being read; `working`: the rules are being asked. `changed(one)` is called when a
 *  tick changes, `explained()` when a reason does. */
export function showSeries(table, series, exams, { say, changed, explained, still = false, working = false }) {
  const focused = document.activeElement?.dataset?.why;
  const rows = new Map(series.map((one) => [one.key, row(one, { say, changed, explained, still, working })]));
  const bodies = (exams ?? []).map((exam) => {
    const members = exam.series.map((key) => series.find((one) => one.key === key)).filter(Boolean);
    for (const { key } of members) rows.get(key).listed = true;
    const lines = members.sort(order).map(({ key }) => rows.get(key));
    return el("tbody", {}, heading(exam, members, say), ...lines);
  });
  const rest = series.filter(({ key }) => !rows.get(key).listed).sort(order);
  const title = exams && rest.length ? el("tr", { className: "exam" }, el("th", { colSpan: COLUMNS, scope: "rowgroup" }, say("exam_rest"))) : "";
  if (rest.length) bodies.push(el("tbody", {}, title, ...rest.map(({ key }) => rows.get(key))));
  for (const body of table.querySelectorAll("tbody")) body.remove();
  table.append(...bodies);
  if (focused) [...table.querySelectorAll("[data-why]")].find((input) => input.dataset.why === focused)?.focus();
}

function order(a, b) {
  return Number(suggested(b)) - Number(suggested(a)) || b.items.length - a.items.length;
}

function heading({ kind, slot, number }, members, say) {
  const { day, clock } = members.find(({ seen }) => seen)?.seen ?? {};
  const when = [day === null || day === undefined ? "" : say("day", { day }), clock].filter(Boolean).join(", ");
  const name = slot ? slotName(slot, number, say) : say(kind === "CT" ? "exam_ct" : "exam_film");
  const text = [name, when, slot ? "" : say("exam_empty")].filter(Boolean).join(" · ");
  return el("tr", { className: "exam" }, el("th", { colSpan: COLUMNS, scope: "rowgroup" }, text));
}

/** The name of a slot, such as "CT 2". */
export function slotName(slot, number, say) {
  return say(`slot_${slot}`, { number: String(number) });
}

function row(one, { say, changed, explained, still, working }) {
  const shown = one.seen ?? one;
  const name = one.unread ? say("unread") : shown.description || say("no_description");
  const tick = el("input", { type: "checkbox", checked: one.ticked, disabled: still || one.fixed });
  tick.setAttribute("aria-label", `${one.modality} ${name}`);
  tick.addEventListener("change", () => {
    wish(one, tick.checked);
    changed(one);
  });
  const text = (value) => (one.unread || !value ? "–" : value);
  const line = el(
    "tr",
    { className: one.ticked ? "" : "not-ticked" },
    el("td", { className: "shrink" }, tick),
    el("td", { className: "shrink picture on-dark" }, picture(one, name, say)),
    el("th", { scope: "row" }, name, el("span", { className: "sub" }, because(one, say, still || working)), reasonField(one, name, { say, explained })),
    labelled("modality", say, el("td", { className: "nowrap" }, one.modality || "–")),
    labelled("images", say, el("td", { className: "num" }, text(one.images.toLocaleString()))),
    labelled("thickness", say, el("td", { className: "num" }, text(shown.thickness?.toLocaleString()))),
    labelled("plane", say, el("td", {}, text(planeOf(shown, say)))),
    labelled("kernel", say, el("td", {}, text(shown.kernel))),
    labelled("vendor", say, el("td", {}, text(shown.vendor), shown.model ? el("span", { className: "sub" }, shown.model) : "")),
    labelled("size", say, el("td", { className: "num" }, size(one.bytes), el("progress", { max: Math.max(1, one.bytes), value: 0, hidden: true }))),
  );
  one.bar = line.querySelector("progress");
  one.line = line;
  return line;
}

function labelled(word, say, cell) {
  cell.dataset.label = say(`label_${word}`);
  return cell;
}

function planeOf({ plane, view }, say) {
  return plane ? say(`plane_${plane}`) : view;
}

/** The middle image, or a word where there is none. */
function picture(one, name, say) {
  if (!one.picture) return el("span", { className: "no-picture" }, one.picture === null ? say("no_picture") : "");
  const { width, height, data } = one.picture;
  const canvas = el("canvas", { width, height });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("picture", { name }));
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/** Draws the picture of a series into its row. */
export function showPicture(one, say) {
  one.line?.querySelector(".picture").replaceChildren(picture(one, one.seen?.description || say("no_description"), say));
}

function because(one, say, waiting) {
  if (one.unread) return say("why_unread");
  if (one.mixed) return say("why_mixed");
  if (one.rule) return say(`${overruled(one) ? "rule" : "why"}_${one.rule.taken ? "taken" : "left"}`, { why: one.rule.reason });
  if (waiting) return say("files", { n: one.items.length });
  if (one.localizer) return say("why_localizer");
  if (!one.collected) return say("why_not_collected", { modality: one.modality });
  return say("why_chosen", { n: one.items.length });
}

/** Where a person says why they chose otherwise than the rule. */
function reasonField(one, name, { say, explained }) {
  if (!overruled(one)) return "";
  const input = el("input", { type: "text", value: one.why, maxLength: 200, required: true, dataset: { why: one.key } });
  input.setAttribute("aria-label", say("why_label", { name }));
  input.placeholder = say(one.ticked ? "why_take" : "why_leave");
  input.addEventListener("input", () => {
    one.why = input.value;
    explained();
  });
  return el("span", { className: "why" }, input);
}

/** Series that a person chose against the rule without saying why. */
export function unexplained(series) {
  return series.filter((one) => overruled(one) && one.why.trim().length < FEWEST_LETTERS);
}

/** The exams that the collection rule asks for: what this folder brings, what the registry has, what is missing. */
export function showAsked(place, asked, say) {
  place.replaceChildren(
    ...asked.map(({ slot, number, new: brought, here }) => {
      const [shape, word] = brought ? ["working", "asked_new"] : here ? ["done", "asked_here"] : ["needs", "asked_missing"];
      return el("li", {}, el("b", {}, slotName(slot, number, say)), el("span", { className: `status status-${shape}` }, say(word)));
    }),
  );
}

/** Lists what stays here: a heading with the reason, then the names. */
export function showLeft(place, left, say) {
  place.replaceChildren(
    ...[...left].map(([reason, items]) => leftFold(reason, items, say)),
  );
}

/** One reason for staying here: the page's own words, or the engine's sentence and the place in each file. */
export function leftFold(reason, items, say, open = false) {
  const { message } = items[0];
  const title = message
    ? `${say("left_engine", { n: items.length })}: ${message.split(/\.\s/)[0].replace(/\.$/, "")}`
    : say(`left_${reason}`, { n: items.length });
  const list = items.map(({ path, where }) => (where ? `${path} · ${where}` : path));
  return fold(title, message ?? say(`left_${reason}_why`), list, open);
}

const MOST_NAMES = 500;

/** A fold with a sentence and a list of names; long lists end with a count. */
export function fold(title, sentence, list, open = false) {
  const shown = list.slice(0, MOST_NAMES).map((name) => el("li", {}, name));
  if (list.length > MOST_NAMES) shown.push(el("li", { className: "muted" }, `+ ${(list.length - MOST_NAMES).toLocaleString()}`));
  return el(
    "details",
    { className: "fold", open },
    el("summary", {}, title),
    el("p", { className: "small muted fold-why" }, sentence),
    el("ul", { className: "file-list" }, ...shown),
  );
}

/** Byte-true bars per series from what the sender knows. */
export function showBars(series, sender) {
  const left = new Set(sender.queue);
  for (const one of series) {
    if (!one.ticked || !one.bar) continue;
    one.bar.hidden = false;
    let [done, all] = [0, 0];
    for (const { sha256, size: bytes } of one.items.map((item) => item.out)) {
      all += bytes;
      if (sender.flying.has(sha256)) done += sender.flying.get(sha256);
      else if (!left.has(sha256)) done += bytes;
    }
    one.bar.max = Math.max(1, all);
    one.bar.value = done;
    one.bar.classList.toggle("full", done >= all);
  }
}

/** Numbers, bar and state of sending. */
export function showSending(part, sender, say) {
  const { bytes, total, rate: speed } = sender;
  part("bar").max = Math.max(1, total);
  part("bar").value = bytes;
  part("bar").classList.toggle("full", bytes >= total);
  part("percent").textContent = `${Math.floor((bytes / Math.max(1, total)) * 100)} %`;
  part("sent-bytes").textContent = say("sent_bytes", { sent: size(bytes), total: size(total) });
  part("sent-files").textContent = say("sent_files", {
    done: sender.files.size - sender.filesLeft - sender.failed.size,
    total: sender.files.size,
  });
  part("rate").textContent = speed ? rate(speed) : "–";
  part("time-left").textContent = speed ? duration((total - bytes) / speed) : "–";
  part("sending-state").textContent = say(sender.paused ? "paused" : sender.waiting ? "no_connection" : "sending");
  part("sending-state").className = `status ${sender.paused ? "" : sender.waiting ? "status-needs" : "status-working"}`;
  part("pause").textContent = say(sender.paused ? "continue" : "pause");
}
