// Numbers in another unit: what cohort/units.py does on the server, by the same data.

const WRITTEN = /^([-+]?(?:\d[\d,]*\.?\d*|\.\d+))\s*([^\d\s.,+-].*)$/;
const POWER = /^(\S+?)\s*[x×*]?\s*(10\s*\^?\s*\d\s*\/.*)$/;
const BARE = /^(\d{1,9}(\.\d*)?|\.\d+)$/;

/** How a unit is compared: without case, spaces, carets and multiplication signs; micro as u. */
function keyOf(unit) {
  const text = unit.normalize("NFKC").toLowerCase().replaceAll("μ", "u").replaceAll("mcl", "ul");
  return text.replace(/[\s^×*·]|^x(?=10)/g, "");
}

function split(typed) {
  const power = POWER.exec(typed);
  const found = power && BARE.test(power[1]) ? power : WRITTEN.exec(typed);
  return found ? [found[1], found[2].trim()] : [typed, ""];
}

/** The number of the item's own unit that a text with a known unit says, and in which other unit; else null. */
export function readUnit(item, text) {
  const [number, unit] = split(text);
  if (!unit) return null;
  const key = keyOf(unit);
  if (item.own && key === item.own) return { value: number.replaceAll(",", "") };
  const other = item.other?.find((one) => one.keys.includes(key));
  if (!other || other.belongs) return null;
  return { value: converted(item, other, number), other };
}

/** The unit in which a bare number, or one with the unit of another item, seems to be given; else null. */
export function suspectedUnit(item, text) {
  const [number, unit] = split(text);
  if (unit) return item.other?.find((one) => one.belongs && one.keys.includes(keyOf(unit))) ?? null;
  const plain = number.replaceAll(",", "");
  if (!BARE.test(plain)) return null;
  const value = Number(plain);
  return item.other?.find((one) => one.suspect && within(value, one.suspect)) ?? null;
}

export function converted(item, other, number) {
  const value = (Number(number.replaceAll(",", "")) * other.times) / other.over;
  return String(Number(value.toFixed(item.decimals)));
}

/** The bare number of a text that has a unit. */
export function numberIn(text) {
  return split(text)[0];
}

function within(number, [low, high]) {
  return (low === null || number >= Number(low)) && (high === null || number <= Number(high));
}
