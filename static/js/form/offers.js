// What is offered under a field: to take a number as one of another unit, or to move it to where it belongs.

export class Offers {
  constructor({ form, say, fields, changed }) {
    Object.assign(this, { form, say, fields, changed });
    form.addEventListener("click", ({ target }) => {
      if (target.dataset?.offer) this.take(target.dataset);
    });
  }

  /** Shows what a value would become (`note`) and the button of an `offer`; neither takes both away. */
  show(name, { note, offer }) {
    const error = document.getElementById(`error-${name}`);
    if (!error) return;
    const shown = offer && (!offer.move || this.open(offer.move)) ? this.label(offer) : "";
    let place = error.parentElement.querySelector(`[data-offers="${CSS.escape(name)}"]`);
    if (!place) {
      if (!note && !shown) return;
      place = Object.assign(document.createElement("p"), { className: "help offers" });
      place.dataset.offers = name;
      error.after(place);
    }
    if (place.dataset.shows === `${note ?? ""}|${shown}`) return;
    place.dataset.shows = `${note ?? ""}|${shown}`;
    place.replaceChildren(note ?? "");
    if (shown) place.append(this.button(name, offer, shown));
  }

  label(offer) {
    if (offer.move) return this.say("move-to", { label: offer.label });
    return this.say("take-as", { value: Number(offer.value), unit: offer.unit });
  }

  button(name, offer, text) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small" });
    button.textContent = text;
    Object.assign(button.dataset, { offer: name, move: offer.move ?? "", value: offer.move ? offer.value : offer.text });
    return button;
  }

  take({ offer: name, move, value }) {
    if (move) {
      this.fields.write(name, "");
      this.changed(name);
    }
    this.fields.write(move || name, value);
    this.changed(move || name);
    this.fields.inputs(move || name)[0]?.focus();
  }

  open(name) {
    const box = this.form.querySelector(`[data-block="${CSS.escape(name)}"]`);
    return Boolean(box && !box.hidden);
  }
}
