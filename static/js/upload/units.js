// Bytes, rates and durations as a person says them.

const language = document.documentElement.lang || "en";
const STEPS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** "216.4 MB" (powers of ten, as file managers and networks count). */
export function size(bytes) {
  const step = bytes < 1000 ? 0 : Math.min(STEPS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const digits = step < 2 ? 0 : 1;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: STEPS[step],
    unitDisplay: "short",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(bytes / 1000 ** step);
}

export function rate(bytesPerSecond) {
  return `${size(bytesPerSecond)}/s`;
}

/** "12 s", "3 min" */
export function duration(seconds) {
  const [value, unit] = seconds < 90 ? [Math.max(1, Math.ceil(seconds)), "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

/** An element with a class, a text or children. */
export function el(tag, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset ?? {});
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}
