// The form by keyboard: Enter goes on, digits choose options, Delete takes an answer back.

const GOES_ON = "form-goes-on";

/** Wires the keys; `takeBack(name)` empties a question, `last()` is called by Enter on the last field. */
export function wireKeys(form, { takeBack, last, say }) {
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (event.key === "Enter" && !target.matches("textarea, button, a")) {
      event.preventDefault();
      target.blur();
      move(form, target, event.shiftKey ? -1 : 1, last);
    } else if (/^[1-9]$/.test(event.key) && target.matches("[type=radio], [type=checkbox]")) {
      const options = target.closest(".options").querySelectorAll("input");
      const option = options[Number(event.key) - 1];
      if (option && !option.disabled) {
        event.preventDefault();
        option.focus();
        option.click();
      }
    } else if ((event.key === "Delete" || event.key === "Backspace") && target.matches("[type=radio]")) {
      event.preventDefault();
      takeBack(target.name);
    }
  });
  listKeys([
    ["Enter", say("key-enter")],
    ["Shift + Enter", say("key-back")],
    ["1 – 9", say("key-digits")],
    ["Delete", say("key-clear")],
  ]);
  if (sessionStorage.getItem(GOES_ON)) {
    sessionStorage.removeItem(GOES_ON);
    stops(form)[0]?.stop.focus();
  }
}

/** The next page of the form begins in its first field: who goes on by keyboard goes on there. */
export function goesOn() {
  sessionStorage.setItem(GOES_ON, "1");
}

/** One stop for each question: the number, or the chosen (else first) option. */
function stops(form) {
  const found = [];
  for (const box of form.querySelectorAll("[data-field]")) {
    if (box.closest("[hidden]") || box.matches(".field-derived")) continue;
    const inputs = [...box.querySelectorAll("input:not([type=hidden]), select")].filter(
      (input) => !input.disabled && !input.hidden && input.closest("[data-field]") === box,
    );
    const stop = inputs.find((input) => input.checked) ?? inputs[0];
    if (stop) found.push({ box, stop });
  }
  return found;
}

function move(form, from, step, last) {
  const here = from.closest("[data-field]");
  const list = stops(form);
  let place = list.findIndex(({ box }) => box === here) + step;
  const status = list[place]?.box;
  if (step > 0 && status && here?.contains(status) && status.querySelector("input:checked") && from.value) place += 1;
  if (place < 0) return;
  if (place >= list.length) last();
  else {
    list[place].stop.focus();
    list[place].stop.select?.();
    list[place].box.scrollIntoView({ block: "nearest" });
  }
}

/** The page's keys in the dialog that `?` opens. */
function listKeys(keys) {
  const list = document.querySelector("#shortcuts [data-keys]");
  if (!list) return;
  for (const [key, text] of keys) {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(term, Object.assign(document.createElement("dd"), { textContent: text }));
  }
}
