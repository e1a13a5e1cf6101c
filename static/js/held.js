// Text in pictures: boxes over it that a person drops, draws, moves and pulls; what is sent are whole pixels.

import { words } from "./base.js";
import { drawing } from "./held/drawing.js";
import { Regions, restored } from "./held/regions.js";
import { Zoom } from "./held/zoom.js";

const SENT_SIDE = 1600;
const root = document.getElementById("held");
if (root) start(root);

function start(root) {
  const say = words("held-words");
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const { pictures, boxes, seen: before } = JSON.parse(root.dataset.found);
  const regions = new Regions(pictures, restored(root.dataset.drawn, boxes, pictures));
  const seen = new Set(before);
  const image = part("image");
  let at = 0;
  let full = false;

  const page = {
    say,
    regions,
    picture: () => pictures[at],
    changed: draw,
    drop: (one) => {
      const others = regions.where(one).length - 1;
      regions.takeOff(one, at);
      draw();
      if (others) part("told").textContent = say("taken_off", { n: others });
    },
  };
  const zoom = new Zoom(part("stage"), part("canvas"), sharpen);
  const board = drawing(part("drawing"), page, zoom);

  function show(number) {
    at = (number + pictures.length) % pictures.length;
    full = false;
    board.release();
    part("stage").dataset.state = "loading";
    part("told").textContent = "";
    part("place").textContent = say("place", { n: at + 1, all: pictures.length });
    zoom.fit(pictures[at]);
    draw();
    load();
  }

  function load() {
    const whole = part("window").getAttribute("aria-pressed") === "true";
    const query = new URLSearchParams({ ...(whole && { window: "whole" }), ...(full && { size: "full" }) }).toString();
    image.src = root.dataset.address.replace("/0.png", `/${at}.png`) + (query && `?${query}`);
  }

  /** Enlarged beyond what was sent, the picture comes in all its pixels. */
  function sharpen() {
    const { rows, columns } = pictures[at];
    const side = Math.max(part("canvas").offsetWidth, part("canvas").offsetHeight) * window.devicePixelRatio;
    if (!full && side > SENT_SIDE && Math.max(rows, columns) > SENT_SIDE && zoom.factor > 1) {
      full = true;
      load();
    }
    part("out").disabled = part("whole").disabled = zoom.factor <= 1;
    part("in").disabled = zoom.factor >= zoom.most;
    board.draw();
  }

  function draw() {
    board.draw();
    part("list").replaceChildren(...regions.on(at).map(row), ...regions.off(at).map(rowOff));
    if (!part("list").children.length) part("list").append(made("li", { className: "muted", textContent: say("none") }));
    part("regions").value = JSON.stringify(regions.all);
    part("go").disabled = !regions.all.length;
    part("go").textContent = say("go", { n: regions.all.length });
    tellSeen();
  }

  function row(one, index) {
    const line = made("li");
    const others = regions.where(one).length - 1;
    const name = made("b", { textContent: say("box", { n: index + 1 }) });
    const label = made("label");
    const tick = made("input", { type: "checkbox", checked: one.everywhere });
    tick.addEventListener("change", () => {
      regions.spread(one, tick.checked, at);
      draw();
    });
    label.append(tick, say("everywhere"));
    label.hidden = !("many" in root.dataset);
    line.append(name, label);
    if (others) {
      line.append(made("span", { className: "small muted wide", textContent: say("also", { n: others }) }));
      line.append(button(say("not_here"), () => page.drop(one)));
      line.append(button(say("remove_all"), () => remove(one), say("remove_all_of", { n: index + 1 })));
    } else line.append(button("×", () => remove(one), say("remove", { n: index + 1 })));
    return line;
  }

  function rowOff(one) {
    const line = made("li", { className: "muted" });
    const back = button(say("put_back"), () => {
      regions.putBack(one, at);
      draw();
    });
    line.append(made("span", { textContent: say("off") }), back);
    return line;
  }

  function remove(one) {
    regions.remove(one);
    board.release();
    draw();
  }

  /** How much was looked at: whoever says that text identifies nobody has seen it in each place. */
  function tellSeen() {
    const places = boxes.filter((one) => !one.pictures.some((number) => seen.has(number)));
    const next = places[0]?.pictures[0] ?? pictures.findIndex((one) => !seen.has(one.number));
    const keep = part("keep");
    part("seen").textContent = say("opened", { n: seen.size, all: pictures.length });
    part("unseen").textContent = places.length ? say("unseen", { n: places.length }) : "";
    part("next").hidden = next < 0;
    part("next").onclick = () => show(next);
    keep.querySelector("button:not([type])").disabled = places.length > 0 || !seen.size;
    if (seen.size < pictures.length) keep.dataset.confirm = say("sure", { n: pictures.length - seen.size });
    else delete keep.dataset.confirm;
  }

  image.addEventListener("load", () => {
    part("stage").dataset.state = "shown";
    seen.add(at);
    tellSeen();
  });
  image.addEventListener("error", () => {
    part("stage").dataset.state = "lost";
  });
  part("again").addEventListener("click", () => {
    part("stage").dataset.state = "loading";
    load();
  });
  part("before")?.addEventListener("click", () => show(at - 1));
  part("after")?.addEventListener("click", () => show(at + 1));
  part("add").addEventListener("click", () => {
    const { rows, columns } = pictures[at];
    regions.add([columns * 0.35, rows * 0.45, columns * 0.3, rows * 0.1].map(Math.round), at);
    draw();
    board.choose(regions.on(at).length - 1);
  });
  part("window").addEventListener("click", () => {
    part("window").setAttribute("aria-pressed", String(part("window").getAttribute("aria-pressed") !== "true"));
    load();
  });
  part("in").addEventListener("click", () => zoom.step(1));
  part("out").addEventListener("click", () => zoom.step(-1));
  part("whole").addEventListener("click", () => zoom.set(1));
  show(0);
}

function made(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function button(text, pressed, label = "") {
  const element = made("button", { type: "button", className: "button button-small", textContent: text });
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", pressed);
  return element;
}
