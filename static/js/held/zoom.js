// A picture that fits its stage or is larger than it: then the stage scrolls.

const STEP = 1.5;
const LEAST_MOST = 4;
const HIGHEST = { share: 0.78, pixels: 1100 };

export class Zoom {
  /** changed: called after every change. */
  constructor(stage, canvas, changed) {
    Object.assign(this, { stage, canvas, changed, factor: 1, ratio: 1, columns: 1 });
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    window.addEventListener("resize", () => this.lay());
  }

  /** A picture of this matrix, whole. */
  fit({ rows, columns }) {
    Object.assign(this, { ratio: columns / rows, columns, factor: 1 });
    this.lay();
  }

  step(by) {
    this.set(this.factor * STEP ** by);
  }

  /** Largest: two pixels of the screen for one of the picture, and four times what fits. */
  get most() {
    return Math.max(LEAST_MOST, (2 * this.columns) / this.fitted()[0]);
  }

  /** Enlarge around a point of the screen, the middle of the stage if none is given. */
  set(factor, at = null) {
    const before = this.canvas.getBoundingClientRect();
    const frame = this.stage.getBoundingClientRect();
    const point = at ?? { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 };
    const [across, down] = [(point.x - before.left) / before.width, (point.y - before.top) / before.height];
    this.factor = Math.min(this.most, Math.max(1, factor));
    this.lay();
    const after = this.canvas.getBoundingClientRect();
    this.stage.scrollLeft += after.left + across * after.width - point.x;
    this.stage.scrollTop += after.top + down * after.height - point.y;
  }

  fitted() {
    const highest = Math.min(window.innerHeight * HIGHEST.share, HIGHEST.pixels);
    const width = Math.floor(Math.min(this.stage.offsetWidth, highest * this.ratio));
    return [width, Math.floor(width / this.ratio)];
  }

  lay() {
    const [width, height] = this.fitted();
    this.stage.style.height = `${height}px`;
    this.canvas.style.width = `${width * this.factor}px`;
    this.canvas.style.height = `${height * this.factor}px`;
    this.changed();
  }

  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.set(this.factor * STEP ** (-event.deltaY / 100), { x: event.clientX, y: event.clientY });
  }
}

/** Two fingers on `target` enlarge and move; `begin` is called when the second one comes down. */
export function pinch(target, zoom, begin) {
  const fingers = new Map();
  let start = null;

  const measure = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y) || 1, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  target.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size !== 2) return;
    begin();
    start = { ...measure(), factor: zoom.factor };
  });
  target.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (!start || fingers.size !== 2) return;
    const now = measure();
    zoom.stage.scrollLeft -= now.x - start.x;
    zoom.stage.scrollTop -= now.y - start.y;
    Object.assign(start, { x: now.x, y: now.y });
    zoom.set((start.factor * now.distance) / start.distance, now);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    target.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      if (fingers.size < 2) start = null;
    });
  }
  return { busy: () => start !== null || fingers.size > 1 };
}
