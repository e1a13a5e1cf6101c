// The page's fields: reading, writing, showing what is said of them.

export class Fields {
  constructor(form, data, say) {
    Object.assign(this, { form, data, say });
    this.names = [...form.querySelectorAll("[data-field]")].map((box) => box.dataset.field);
    for (const name of this.names) this.addTakeBack(name);
  }

  inputs(name) {
    return [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((input) => input.type !== "hidden");
  }

  has(name) {
    return this.names.includes(name);
  }

  /** What stands in the field: text, or the codes of chosen options joined by "|". */
  read(name) {
    const inputs = this.inputs(name);
    if (!inputs.length) return "";
    if (!["radio", "checkbox"].includes(inputs[0].type)) return inputs[0].value.trim();
    return inputs.filter((input) => input.checked).map((input) => input.value).join("|");
  }

  write(name, value) {
    const chosen = value.split("|");
    for (const input of this.inputs(name)) {
      if (["radio", "checkbox"].includes(input.type)) input.checked = chosen.includes(input.value);
      else if (document.activeElement !== input || input.value.trim() !== value) input.value = value;
    }
    this.showTakeBack(name);
  }

  /** Shows or hides questions, and what is computed. */
  show({ values, open }) {
    for (const block of this.form.querySelectorAll("[data-block]")) {
      const name = block.dataset.block;
      const pair = this.data.items[name]?.pair;
      block.hidden = !(open.has(name) || (pair && open.has(pair)));
      if (pair) this.disable(name, this.read(pair) !== "" && !open.has(name));
    }
    for (const box of this.form.querySelectorAll(".field-derived")) {
      box.querySelector("[data-output]").textContent = this.inWords(box.dataset.field, values[box.dataset.field] ?? "") || "–";
    }
    for (const name of this.names) this.showTakeBack(name);
  }

  disable(name, off) {
    for (const input of this.inputs(name)) input.disabled = off;
  }

  inWords(name, value) {
    const item = this.data.items[name];
    if (!value) return "";
    const labels = value.split("|").map((code) => item.choices[code]).filter(Boolean);
    return labels.length ? labels.join(", ") : `${value} ${item.unit}`.trim();
  }

  /** Errors and warnings of a field; an empty list takes them off. */
  tell(name, errors, warnings) {
    const error = document.getElementById(`error-${name}`);
    if (!error) return;
    setText(error, errors.join(" "));
    setText(document.getElementById(`warning-${name}`), errors.length ? "" : warnings.join(" "));
    for (const input of this.inputs(name)) {
      if (errors.length) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  addTakeBack(name) {
    const item = this.data.items[name];
    if (!item || !["radio", "yesno"].includes(item.type) || item.status) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "take-back";
    button.textContent = this.say("clear");
    button.setAttribute("aria-label", this.say("clear-of", { label: item.label }));
    button.dataset.takeBack = name;
    this.form.querySelector(`[data-field="${CSS.escape(name)}"] .options`)?.append(button);
    this.showTakeBack(name);
  }

  showTakeBack(name) {
    const button = this.form.querySelector(`[data-take-back="${CSS.escape(name)}"]`);
    if (button) button.hidden = this.read(name) === "";
  }
}

function setText(element, text) {
  if (element && element.textContent.trim() !== text) element.textContent = text;
}
