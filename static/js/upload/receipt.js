// The receipt knows files by checksum; whoever has the folder can lay its names over them, on this computer alone.

import { words } from "../base.js";
import { carriesFiles, chosen, dropped } from "./folders.js";
import { readAll } from "./reading.js";

const place = document.getElementById("names");
const say = words("receipt-words");
const known = new Map();

async function read(source) {
  let read = 0;
  await readAll(source, {
    maxBytes: Infinity,
    tell: (item) => {
      read += 1;
      if (item.sha256) known.set(item.sha256, item.path);
      place.querySelector("[data-part=state]").textContent = say("read", { n: read });
    },
  });
  show();
  const matched = [...document.querySelectorAll("[data-sha256]")].filter((cell) => known.has(cell.dataset.sha256)).length;
  place.querySelector("[data-part=state]").textContent = say("matched", { n: matched });
}

function show() {
  for (const cell of document.querySelectorAll("[data-sha256]")) {
    const path = known.get(cell.dataset.sha256);
    if (path && cell.textContent !== path) cell.textContent = path;
  }
}

const input = place.querySelector("input[type=file]");
place.querySelector("button").addEventListener("click", () => input.click());
input.addEventListener("change", () => read(chosen([...input.files])));
document.addEventListener("htmx:afterSwap", show);
document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  read(dropped(event.dataTransfer));
});
