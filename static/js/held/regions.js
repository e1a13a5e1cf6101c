// Boxes of a series. One box is on each of its `pictures`, or on every image of their size, and not on those of `without`.

export class Regions {
  /** pictures: [{number, rows, columns}]; given: [{pictures, box, everywhere, without}], as the registry takes them. */
  constructor(pictures, given) {
    this.pictures = pictures;
    this.all = given.map((one) => ({ box: [...one.box], pictures: [...one.pictures], everywhere: Boolean(one.everywhere), without: [...(one.without ?? [])] }));
  }

  /** Boxes that are on a picture. */
  on(number) {
    return this.all.filter((one) => this.shows(one, number));
  }

  /** Boxes that a person has taken off this picture and that are on others. */
  off(number) {
    return this.all.filter((one) => one.without.includes(number) && this.reaches(one, number));
  }

  /** Numbers of the pictures that a box is on. */
  where(one) {
    return this.pictures.map((picture) => picture.number).filter((number) => this.shows(one, number));
  }

  add(box, number) {
    const one = { box, pictures: [number], everywhere: false, without: [] };
    this.all.push(one);
    return one;
  }

  remove(one) {
    this.all = this.all.filter((other) => other !== one);
  }

  /** Take a box off one picture; one that is on no other goes. */
  takeOff(one, number) {
    if (this.where(one).length === 1) this.remove(one);
    else one.without.push(number);
  }

  putBack(one, number) {
    one.without = one.without.filter((other) => other !== number);
  }

  /** Without its tick a box stays on the pictures that it was found or drawn on. */
  spread(one, everywhere, number) {
    one.everywhere = everywhere;
    if (!everywhere && !one.pictures.includes(number)) one.pictures.push(number);
  }

  shows(one, number) {
    return this.reaches(one, number) && !one.without.includes(number);
  }

  reaches(one, number) {
    if (!one.everywhere) return one.pictures.includes(number);
    const [mine, theirs] = [this.pictures[number], this.pictures[one.pictures[0]]];
    return mine.rows === theirs.rows && mine.columns === theirs.columns;
  }
}

/** Boxes as they stood before the page came back with a problem, or `found`. */
export function restored(text, found, pictures) {
  try {
    const given = JSON.parse(text);
    const known = (number) => Number.isInteger(number) && number in pictures;
    const whole = (one) => one.box.length === 4 && one.pictures.length && one.pictures.every(known);
    return given.every(whole) ? given : found;
  } catch {
    return found;
  }
}

export function span(x, y, right, bottom) {
  return [Math.min(x, right), Math.min(y, bottom), Math.abs(right - x), Math.abs(bottom - y)];
}

/** Whole pixels inside the picture; a moved box keeps its size, a pulled one is cut. */
export function inside([x, y, width, height], { rows, columns }, cut) {
  if (cut) {
    const [left, top] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))];
    const [right, bottom] = [Math.min(columns, Math.ceil(x + width)), Math.min(rows, Math.ceil(y + height))];
    return [left, top, Math.max(1, right - left), Math.max(1, bottom - top)];
  }
  return [
    Math.round(Math.min(Math.max(0, x), columns - width)),
    Math.round(Math.min(Math.max(0, y), rows - height)),
    width,
    height,
  ];
}
