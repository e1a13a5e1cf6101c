// Text in a picture: boxes over it that a person drops, draws, moves and pulls; what is sent are whole pixels.

import { words } from "./base.js";

const root = document.getElementById("held");
if (root) start(root);

function start(root) {
  const say = words("held-words");
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const pictures = JSON.parse(root.dataset.pictures);
  restore(pictures, root.dataset.drawn);
  const svg = part("drawing");
  let at = 0;
  let chosen = null;
  let hold = null;

  const boxes = () => pictures[at].boxes;
  const side = () => Math.max(pictures[at].rows, pictures[at].columns);

  function show(number) {
    at = (number + pictures.length) % pictures.length;
    chosen = null;
    const whole = part("window").getAttribute("aria-pressed") === "true";
    part("image").src = root.dataset.address.replace("/0.png", `/${at}.png`) + (whole ? "?window=whole" : "");
    part("place").textContent = say("place", { n: at + 1, all: pictures.length });
    draw();
  }

  function draw() {
    const { rows, columns } = pictures[at];
    svg.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    svg.replaceChildren();
    boxes().forEach((one, index) => {
      const [x, y, width, height] = one.box;
      const rect = shape("rect", { x, y, width, height, tabindex: 0, role: "img", "aria-label": say("box", { n: index + 1 }) });
      rect.dataset.index = index;
      rect.classList.toggle("chosen", index === chosen);
      const grip = side() / 90;
      const corner = shape("rect", { x: x + width - grip / 2, y: y + height - grip / 2, width: grip, height: grip });
      corner.classList.add("corner");
      corner.dataset.index = index;
      const size = side() / 45;
      const outside = x + width + 2 * size < columns ? x + width + grip : x - size;
      const number = shape("text", { x: outside, y: y + (height + size * 0.7) / 2, "font-size": size });
      number.textContent = index + 1;
      svg.append(rect, corner, number);
    });
    list();
    tell();
  }

  function list() {
    part("list").replaceChildren(
      ...boxes().map((one, index) => {
        const row = document.createElement("li");
        const label = document.createElement("label");
        const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: one.everywhere });
        tick.addEventListener("change", () => {
          one.everywhere = tick.checked;
          tell();
        });
        label.append(tick, say("everywhere"));
        label.hidden = !("many" in root.dataset);
        const name = Object.assign(document.createElement("b"), { textContent: say("box", { n: index + 1 }) });
        const remove = Object.assign(document.createElement("button"), {
          type: "button",
          className: "button button-small",
          textContent: "×",
        });
        remove.setAttribute("aria-label", say("remove", { n: index + 1 }));
        remove.addEventListener("click", () => drop(index));
        row.append(name, label, remove);
        return row;
      }),
    );
    if (!boxes().length) {
      part("list").append(Object.assign(document.createElement("li"), { className: "muted", textContent: say("none") }));
    }
  }

  function tell() {
    const regions = pictures.flatMap((picture) =>
      picture.boxes.map((one) => ({ picture: picture.number, box: one.box, everywhere: one.everywhere })),
    );
    part("regions").value = JSON.stringify(regions);
    part("go").disabled = !regions.length;
    part("go").textContent = say("go", { n: regions.length });
  }

  function drop(index) {
    boxes().splice(index, 1);
    chosen = null;
    draw();
  }

  function add(box) {
    boxes().push({ box, everywhere: false });
    chosen = boxes().length - 1;
    draw();
  }

  svg.addEventListener("pointerdown", (event) => {
    const start = point(svg, event);
    const index = event.target.dataset.index;
    if (index === undefined) {
      add([Math.round(start.x), Math.round(start.y), 1, 1]);
      hold = { start, box: [...boxes()[chosen].box], pull: true, drawn: true };
    } else {
      chosen = Number(index);
      hold = { start, box: [...boxes()[chosen].box], pull: event.target.classList.contains("corner") };
    }
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });

  svg.addEventListener("pointermove", (event) => {
    if (!hold) return;
    const now = point(svg, event);
    const [x, y, width, height] = hold.box;
    const [right, down] = [now.x - hold.start.x, now.y - hold.start.y];
    const wanted = hold.pull ? span(x, y, x + width + right, y + height + down) : [x + right, y + down, width, height];
    boxes()[chosen].box = inside(wanted, pictures[at], hold.pull);
    draw();
  });

  svg.addEventListener("pointerup", () => {
    if (!hold) return;
    const [, , width, height] = boxes()[chosen].box;
    if (hold.drawn && width * height < 16) drop(chosen);
    hold = null;
  });

  svg.addEventListener("keydown", (event) => {
    const index = Number(event.target.dataset.index);
    if (Number.isNaN(index)) return;
    const step = event.altKey ? 10 : 1;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") drop(index);
    else if (move) {
      const [x, y, width, height] = boxes()[index].box;
      const wanted = event.shiftKey ? [x, y, Math.max(1, width + move[0]), Math.max(1, height + move[1])] : [x + move[0], y + move[1], width, height];
      boxes()[index].box = inside(wanted, pictures[at], event.shiftKey);
      draw();
      svg.querySelector(`rect[data-index="${index}"]`)?.focus();
    } else return;
    event.preventDefault();
  });

  part("before")?.addEventListener("click", () => show(at - 1));
  part("after")?.addEventListener("click", () => show(at + 1));
  part("add").addEventListener("click", () => {
    const { rows, columns } = pictures[at];
    add([columns * 0.35, rows * 0.45, columns * 0.3, rows * 0.1].map(Math.round));
    svg.querySelector(`rect[data-index="${chosen}"]`)?.focus();
  });
  part("window").addEventListener("click", () => {
    const pressed = part("window").getAttribute("aria-pressed") !== "true";
    part("window").setAttribute("aria-pressed", String(pressed));
    show(at);
  });
  show(0);
}

/** Boxes as they were drawn before the page came back with a problem. */
function restore(pictures, drawn) {
  if (!drawn) return;
  try {
    const regions = JSON.parse(drawn);
    for (const picture of pictures) picture.boxes = [];
    for (const one of regions) pictures[one.picture]?.boxes.push({ box: one.box, everywhere: Boolean(one.everywhere) });
  } catch {
    return;
  }
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

function span(x, y, right, bottom) {
  return [Math.min(x, right), Math.min(y, bottom), Math.abs(right - x), Math.abs(bottom - y)];
}

/** Whole pixels inside the picture; a moved box keeps its size, a pulled one is cut. */
function inside([x, y, width, height], { rows, columns }, cut) {
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
