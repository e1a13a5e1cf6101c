// What the whole form says while it is typed; the server says it again when it saves (cohort/checks.py, values.py).

import { asText, evaluate, truth } from "./expressions.js";
import { converted, numberIn, readUnit, suspectedUnit } from "./units.js";

const WHOLE = /^[-+]?(\d{1,9}|\d{1,3}(,\d{3}){1,2})$/;
const DECIMAL = /^[-+]?(\d{1,9}(\.\d*)?|\.\d+)$/;
const COMMA = /^([-+]?0?|[-+]?\d{1,9}(?=,(?:\d{1,2}|\d{4,})$)),(\d+)$/;
const DATE = /^(\d{2,4}\s*[-./년]\s*\d{1,2}\s*[-./월]\s*\d{1,4}.*|(19|20)\d{6})$/;

/** Computes what is computed and drops what a closed branch may not hold: {values, open}. */
export function settle(data, typed) {
  let kept = {};
  for (const [name, value] of Object.entries(typed)) if (value && data.items[name]?.typed) kept[name] = value;
  for (;;) {
    const values = compute(data, kept);
    const open = new Set(Object.keys(data.items).filter((name) => isOpen(data, name, values)));
    const names = Object.keys(kept);
    const left = names.filter((name) => open.has(name));
    if (left.length === names.length) return { values, open };
    kept = Object.fromEntries(left.map((name) => [name, kept[name]]));
  }
}

function compute(data, kept) {
  const values = { ...kept };
  for (const name of data.order) {
    const item = data.items[name];
    if (!item || !isOpen(data, name, values)) continue;
    const text = asText(evaluate(item.computed, values, data.facts));
    if (text) values[name] = text;
  }
  return values;
}

function isOpen(data, name, values) {
  const tree = data.items[name].open;
  return tree === null || truth(evaluate(tree, values, data.facts)) === true;
}

/** The rules that speak now: [{severity, items, text}]. */
export function spoken(data, values) {
  return data.rules.filter((rule) => truth(evaluate(rule.when, values, data.facts)) === true);
}

/**
 * What is to be said about one value: {error} or {warning} or {}; `value` is the number in the item's own unit, `offer`
 * the unit in which it seems to be typed. `typed` is what stands in the field.
 */
export function judge(data, name, typed) {
  const item = data.items[name];
  const written = tidy(typed, item);
  if (!written || !item.typed) return {};
  if (item.type === "text") return judgeText(data, item, written);
  if (!["integer", "decimal"].includes(item.type)) return {};
  const read = readUnit(item, written);
  const found = judgeNumber(data, item, read ? read.value : written);
  if (read) {
    if (read.other && !found.error) found.note = converting(data, item, written, read);
    return { ...found, value: read.value };
  }
  const other = suspectedUnit(item, written);
  if (!other) return found;
  const said = suspecting(data, item, written, other);
  return { ...found, [found.error || other.belongs ? "error" : "warning"]: said.text, offer: said.offer };
}

function judgeNumber(data, item, text) {
  if (item.day && DATE.test(text)) return { error: say(data, "date_not_allowed", item) };
  const number = Number(text.replaceAll(",", ""));
  const whole = item.type === "integer";
  if (!(whole ? WHOLE.test(text) || (DECIMAL.test(text) && Number.isInteger(number)) : DECIMAL.test(text))) {
    return { error: say(data, whole ? "not_a_whole_number" : "not_a_number", item) };
  }
  if (!within(number, item.hard)) return { error: say(data, "out_of_range", item, edges(item.hard)) };
  const places = text.split(".")[1]?.replace(/0+$/, "").length ?? 0;
  if (!whole && places > item.decimals) return { error: say(data, "too_many_decimals", item, { decimals: item.decimals }) };
  if (!within(number, item.plausible)) return { warning: say(data, "unusual", item, edges(item.plausible)) };
  return {};
}

/** Free text that looks as if it named a person; the server refuses it by the same patterns. */
function judgeText(data, item, text) {
  const found = data.identifying.find(({ pattern }) => new RegExp(pattern, "u").test(text));
  return found ? { error: say(data, "identifying_text", item, { what: found.what }) } : {};
}

function converting(data, item, typed, read) {
  return say(data, "unit_converted", item, { typed, value: read.value });
}

function suspecting(data, item, typed, other) {
  const about = { typed, other: other.label };
  if (other.belongs) {
    const place = data.items[other.belongs];
    const text = say(data, "unit_of_another", item, { ...about, belongs: place.label });
    return { text, offer: { move: other.belongs, value: numberIn(typed), label: place.label } };
  }
  const value = converted(item, other, typed);
  const offer = { text: `${typed} ${other.label}`, value, unit: item.unit };
  return { text: say(data, "unit_suspected", item, { ...about, value }), offer };
}

/** A typed value without full-width digits and spaces; in a decimal, a comma that can only be its mark is a point. */
export function tidy(typed, item = {}) {
  const text = typed.normalize("NFKC").replaceAll("−", "-").trim();
  return item.type === "decimal" ? text.replace(COMMA, "$1.$2") : text;
}

/** Of the questions on the page that a rule names, the last: there the rule speaks. */
export function placeOf(data, rule, names) {
  return Object.keys(data.items).findLast((name) => rule.items.includes(name) && names.includes(name));
}

function within(number, [low, high]) {
  return (low === null || number >= Number(low)) && (high === null || number <= Number(high));
}

function edges([low, high]) {
  return { low: low ?? "−∞", high: high ?? "∞" };
}

function say(data, code, item, values = {}) {
  const all = { label: item.label, unit: item.unit ? ` ${item.unit}` : "", ...values };
  return data.messages[code].replace(/%\((\w+)\)s/g, (_, name) => String(all[name]));
}
