// The table of what was found, and what stays on this computer.

import { duration, el, rate, size } from "./units.js";

/** Fills the table of series; `changed()` is called when a tick changes. */
export function showSeries(body, series, say, changed) {
  body.replaceChildren(...series.map((one) => row(one, say, changed)));
}

function row(one, say, changed) {
  const name = one.unread ? say("unread") : one.description || say("no_description");
  const tick = el("input", { type: "checkbox", checked: one.ticked });
  tick.setAttribute("aria-label", `${one.modality} ${name}`);
  tick.addEventListener("change", () => {
    one.ticked = tick.checked;
    line.classList.toggle("not-ticked", !one.ticked);
    changed();
  });
  const line = el(
    "tr",
    { className: one.ticked ? "" : "not-ticked" },
    el("td", { className: "shrink" }, tick),
    el("td", { className: "nowrap" }, one.modality || "–"),
    el("th", { scope: "row" }, name, el("span", { className: "sub" }, why(one, say))),
    labelled("images", say, el("td", { className: "num" }, one.unread ? "–" : one.images.toLocaleString())),
    labelled("thickness", say, el("td", { className: "num" }, one.thickness ? one.thickness.toFixed(1) : "–")),
    labelled("matrix", say, el("td", { className: "num" }, one.rows ? `${one.columns} × ${one.rows}` : "–")),
    labelled("size", say, el("td", { className: "num" }, size(one.bytes))),
    el("td", { className: "progress-cell" }, el("progress", { max: Math.max(1, one.bytes), value: 0, hidden: true })),
  );
  one.bar = line.querySelector("progress");
  one.tick = tick;
  tick.disabled = one.mixed;
  return line;
}

function labelled(word, say, cell) {
  cell.dataset.label = say(`label_${word}`);
  return cell;
}

function why(one, say) {
  if (one.unread) return say("why_unread");
  if (one.mixed) return say("why_mixed");
  if (one.localizer) return say("why_localizer");
  if (!one.collected) return say("why_not_collected", { modality: one.modality });
  return say("why_chosen", { n: one.items.length });
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
  const title = say(message ? "left_engine" : `left_${reason}`, { n: items.length });
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
    if (!one.ticked) continue;
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
