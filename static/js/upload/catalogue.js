// What was found, sorted for the eye: series that can be sent, and what stays here with the reason.

const COLLECTED = new Set(["CT", "CR", "DX"]);

/** Items → { series, left }: series sorted by size, `left` a map from reason to items. */
export function sort(items) {
  const series = new Map();
  const left = new Map();
  for (const item of items) {
    if (item.problem) {
      left.set(item.problem, [...(left.get(item.problem) ?? []), item]);
      continue;
    }
    const key = item.facts.unread ? "?" : `${item.facts.study}|${item.facts.series}`;
    if (!series.has(key)) series.set(key, describe(key, item.facts));
    series.get(key).items.push(item);
  }
  for (const one of series.values()) sum(one);
  return { series: [...series.values()].sort(order), left };
}

function describe(key, facts) {
  const unread = Boolean(facts.unread);
  return {
    key,
    unread,
    modality: facts.modality || "",
    description: facts.description || "",
    thickness: Number.parseFloat(facts.thickness) || null,
    rows: facts.rows ?? null,
    columns: facts.columns ?? null,
    localizer: (facts.imageType || "").toUpperCase().includes("LOCALIZER"),
    collected: unread || !facts.modality || COLLECTED.has(facts.modality),
    items: [],
  };
}

function sum(series) {
  series.bytes = series.items.reduce((total, item) => total + item.size, 0);
  series.images = series.items.reduce((total, item) => total + (Number.parseInt(item.facts.frames, 10) || 1), 0);
  series.mixed = !series.unread && people(series.items).size > 1;
  series.ticked = series.collected && !series.localizer && !series.mixed;
}

function order(a, b) {
  return Number(b.ticked) - Number(a.ticked) || b.items.length - a.items.length;
}

/** How many different patients the ticked series name; more than one needs a person's word. */
export function patients(series) {
  return people(chosenItems(series)).size;
}

function people(items) {
  return new Set(items.map(({ facts }) => facts.patient || facts.name).filter(Boolean));
}

/** The files of the ticked series. */
export function chosenItems(series) {
  return series.filter((one) => one.ticked).flatMap((one) => one.items);
}

/** What will be sent, each content once: Map sha256 → { sha256, size, file, source }, `source` the file on the disk. */
export function manifest(series) {
  return new Map(chosenItems(series).map(({ out, file }) => [out.sha256, { ...out, source: file }]));
}

/** What was not sent, by reason; series that were left out among them. */
export function notSent({ series, left }) {
  const out = series.filter((one) => !one.ticked).flatMap((one) => one.items);
  return out.length ? new Map([...left, ["not_chosen", out]]) : left;
}

/** Names of this page's files by what was sent of them: Map sha256 → [path]. */
export function names(items) {
  const found = new Map();
  for (const { out, path } of items) if (out) found.set(out.sha256, [...(found.get(out.sha256) ?? []), path]);
  return found;
}
