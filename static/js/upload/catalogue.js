// What was found, sorted for the eye: series that can be sent, and what stays here with the reason.

const COLLECTED = new Set(["CT", "CR", "DX"]);

/** Items → { series, left }: `left` is a map from reason to items. What was known of a series (its look, the person's wish)
 *  is kept from `before`, the series of an earlier call. */
export function sort(items, before = []) {
  const known = new Map(before.map((one) => [one.key, one]));
  const series = new Map();
  const left = new Map();
  for (const item of items) {
    const reason = item.problem ?? (item.other ? "other_person" : null);
    if (reason) {
      left.set(reason, [...(left.get(reason) ?? []), item]);
      continue;
    }
    const key = keyOf(item);
    if (!series.has(key)) series.set(key, { ...describe(key, item.facts), ...kept(known.get(key)), items: [] });
    series.get(key).items.push(item);
  }
  for (const one of series.values()) sum(one);
  return { series: [...series.values()], left };
}

function keyOf({ facts }) {
  return facts.unread ? "?" : `${facts.study}|${facts.series}`;
}

function kept(old) {
  return old ? { seen: old.seen, rule: old.rule, picture: old.picture, wish: old.wish, why: old.why } : {};
}

function describe(key, facts) {
  const unread = Boolean(facts.unread);
  return {
    key,
    unread,
    modality: facts.modality || "",
    description: facts.description || "",
    thickness: facts.modality === "CT" ? Number.parseFloat(facts.thickness) || null : null,
    kernel: (facts.kernel || "").replaceAll("\\", " · "),
    vendor: facts.vendor || "",
    localizer: (facts.imageType || "").toUpperCase().includes("LOCALIZER"),
    collected: unread || !facts.modality || COLLECTED.has(facts.modality),
    seen: null,
    rule: null,
    picture: undefined,
    wish: null,
    why: "",
  };
}

function sum(series) {
  series.bytes = series.items.reduce((total, item) => total + item.size, 0);
  series.images = series.items.reduce((total, item) => total + (Number.parseInt(item.facts.frames, 10) || 1), 0);
  const people = new Set(series.items.map(({ facts }) => facts.patient || facts.name).filter(Boolean));
  series.mixed = !series.unread && people.size > 1;
  decide(series);
}

/** Whether a series goes: what the person wishes, else what the rule says, else what its kind suggests. */
export function decide(one) {
  one.fixed = one.mixed || Boolean(one.rule?.final);
  one.ticked = !one.fixed && (one.wish ?? suggested(one));
}

/** What goes when nobody says otherwise. */
export function suggested({ rule, collected, localizer }) {
  return rule ? rule.taken : collected && !localizer;
}

/** Sets what the person wishes; going back to the rule needs no reason. */
export function wish(one, ticked) {
  one.wish = one.rule && ticked === one.rule.taken ? null : ticked;
  decide(one);
}

/** Whether the person chose otherwise than the rule, which needs a reason. */
export function overruled(one) {
  return Boolean(one.rule) && !one.fixed && one.wish !== null;
}

/** How many different patients the prepared files name, as the engine read them. */
export function patients(series) {
  return new Set(chosenItems(series).map(({ who }) => who).filter(Boolean)).size;
}

/** The files of the ticked series. */
export function chosenItems(series) {
  return series.filter((one) => one.ticked).flatMap((one) => one.items);
}

/** What will be sent, each content once: Map sha256 → { sha256, size, open, source }, `source` the file on the disk. */
export function manifest(series) {
  return new Map(chosenItems(series).map(({ out, source }) => [out.sha256, { ...out, source }]));
}

/** What the person chose against the rule, as the registry keeps it. */
export function choices(series) {
  return series.filter(overruled).map((one) => ({
    taken: one.ticked,
    rule: one.rule.rule,
    values: one.rule.values,
    reason: one.why.trim(),
    file: one.ticked ? one.items[0].out.sha256 : "",
    series: { modality: one.modality, description: one.seen?.description ?? "", images: one.images },
  }));
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
