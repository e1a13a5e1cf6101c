// A small picture of one image, from its uncompressed pixels, as a radiologist's window shows it.

import { pixels } from "./dicom.js";

const SIDE = 128;
const MIDDLE = 1 / 2;

/** → { width, height, data } (RGBA) of the middle frame, or null: compressed, in colour, or odd. */
export function picture(buffer) {
  const image = pixels(buffer);
  const bytes = image && image.bits / 8;
  if (!image || ![1, 2].includes(bytes) || (image.samples ?? 1) !== 1 || !image.rows || !image.columns) return null;
  const size = image.rows * image.columns;
  const frame = Math.floor((Number.parseInt(image.frames, 10) || 1) * MIDDLE);
  const start = image.at + frame * size * bytes;
  if (start + size * bytes > image.at + image.length) return null;
  return drawn(image, valueAt(new DataView(buffer, start, size * bytes), image, bytes));
}

function valueAt(view, { little, signed }, bytes) {
  if (bytes === 1) return signed ? (place) => view.getInt8(place) : (place) => view.getUint8(place);
  return signed ? (place) => view.getInt16(place * 2, little) : (place) => view.getUint16(place * 2, little);
}

function drawn(image, value) {
  const step = Math.max(image.rows, image.columns) / SIDE;
  const [width, height] = [Math.max(1, Math.floor(image.columns / step)), Math.max(1, Math.floor(image.rows / step))];
  const slope = Number.parseFloat(image.slope) || 1;
  const intercept = Number.parseFloat(image.intercept) || 0;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.min(image.rows - 1, Math.floor((y + MIDDLE) * step)) * image.columns;
    for (let x = 0; x < width; x++) {
      const column = Math.min(image.columns - 1, Math.floor((x + MIDDLE) * step));
      values[y * width + x] = value(row + column) * slope + intercept;
    }
  }
  const [low, high] = windowOf(image, values);
  const data = new Uint8ClampedArray(width * height * 4);
  const turned = image.photometric === "MONOCHROME1";
  values.forEach((one, place) => {
    const grey = ((one - low) / (high - low)) * 255;
    data.fill(turned ? 255 - grey : grey, place * 4, place * 4 + 3);
    data[place * 4 + 3] = 255;
  });
  return { width, height, data };
}

/** The header's window, or from the 1st to the 99th hundredth of what is there. */
function windowOf({ center, width }, values) {
  const [middle, wide] = [Number.parseFloat(center), Number.parseFloat(width)];
  if (Number.isFinite(middle) && wide > 1) return [middle - wide / 2, middle + wide / 2];
  const sorted = Float32Array.from(values).sort();
  const low = sorted[Math.floor(sorted.length * 0.01)];
  return [low, Math.max(low + 1, sorted[Math.floor(sorted.length * 0.99)])];
}
