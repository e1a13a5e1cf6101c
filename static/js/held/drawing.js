// Boxes drawn over a picture, by pointer, finger and keyboard.

import { inside, span } from "./regions.js";
import { pinch } from "./zoom.js";

const GRIP = 12;
const NUMBER = 17;
const SMALLEST = 16;

/** page: {say, regions, picture(), changed(), drop(region)}; gives {draw(), choose(index), release()}. */
export function drawing(svg, page, zoom) {
  let chosen = null;
  let hold = null;

  const here = () => page.regions.on(page.picture().number);

  function draw() {
    const { rows, columns } = page.picture();
    svg.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    const unit = 1 / (svg.getScreenCTM()?.a || 1);
    const [grip, size] = [GRIP * unit, NUMBER * unit];
    svg.replaceChildren();
    here().forEach((one, index) => {
      const [x, y, width, height] = one.box;
      const rect = shape("rect", { x, y, width, height, tabindex: 0, role: "img", "aria-label": page.say("box", { n: index + 1 }) });
      const corner = shape("rect", { x: x + width - grip / 2, y: y + height - grip / 2, width: grip, height: grip });
      rect.classList.toggle("chosen", one === chosen);
      corner.classList.add("corner");
      rect.dataset.index = corner.dataset.index = index;
      const outside = x + width + 2 * size < columns ? x + width + grip : x - size;
      const number = shape("text", { x: outside, y: y + (height + size * 0.7) / 2, "font-size": size });
      number.textContent = index + 1;
      svg.append(rect, corner, number);
    });
  }

  function choose(index) {
    chosen = here()[index] ?? null;
    draw();
    svg.querySelector(`rect[data-index="${index}"]`)?.focus();
  }

  function release() {
    hold = chosen = null;
  }

  /** As if the pointer had never come down: it was taken away, or a second finger came. */
  function undo() {
    if (!hold) return;
    if (hold.drawn) page.regions.remove(chosen);
    else chosen.box = hold.box;
    release();
    page.changed();
  }

  const fingers = pinch(svg, zoom, undo);

  svg.addEventListener("pointerdown", (event) => {
    if (fingers.busy() || event.button > 0) return;
    const start = point(svg, event);
    const index = event.target.dataset.index;
    if (index === undefined) {
      chosen = page.regions.add([Math.round(start.x), Math.round(start.y), 1, 1], page.picture().number);
      hold = { start, box: [...chosen.box], pull: true, drawn: true };
    } else {
      chosen = here()[index];
      hold = { start, box: [...chosen.box], pull: event.target.classList.contains("corner") };
    }
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    page.changed();
  });

  svg.addEventListener("pointermove", (event) => {
    if (!hold || fingers.busy()) return;
    const now = point(svg, event);
    const [x, y, width, height] = hold.box;
    const [right, down] = [now.x - hold.start.x, now.y - hold.start.y];
    const wanted = hold.pull ? span(x, y, x + width + right, y + height + down) : [x + right, y + down, width, height];
    chosen.box = inside(wanted, page.picture(), hold.pull);
    page.changed();
  });

  svg.addEventListener("pointerup", () => {
    if (!hold) return;
    const [, , width, height] = chosen.box;
    if (hold.drawn && width * height < SMALLEST) undo();
    hold = null;
  });

  svg.addEventListener("pointercancel", undo);

  svg.addEventListener("keydown", (event) => {
    const one = here()[event.target.dataset.index];
    if (!one) return;
    const step = event.altKey ? 10 : 1;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") page.drop(one);
    else if (move) {
      const [x, y, width, height] = one.box;
      const wanted = event.shiftKey ? [x, y, Math.max(1, width + move[0]), Math.max(1, height + move[1])] : [x + move[0], y + move[1], width, height];
      one.box = inside(wanted, page.picture(), event.shiftKey);
      page.changed();
      choose(here().indexOf(one));
    } else return;
    event.preventDefault();
  });

  return { draw, choose, release };
}

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Where the pointer is, in pixels of the picture. */
function point(svg, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}
