// Who the headers name. A code belongs to one person, so two numbers, birth dates or sexes wait for somebody's word. All of
// this stays in the page.

const SAID = ["number", "birth", "sex"];

/** Items with facts → persons, the most frequent first: { number, birth, sex, age, name, items, key }. What one header leaves
 *  blank and another says does not make two. */
export function persons(items) {
  const kinds = new Map();
  for (const item of items) {
    const said = saidBy(item.facts);
    const key = SAID.map((name) => said[name]).join("\u0000");
    if (!kinds.has(key)) kinds.set(key, { ...said, items: [] });
    kinds.get(key).items.push(item);
  }
  const found = [];
  for (const one of [...kinds.values()].sort((a, b) => b.items.length - a.items.length)) {
    const same = found.find((other) => SAID.every((name) => !one[name] || !other[name] || one[name] === other[name]));
    if (!same) found.push(one);
    else join(same, one);
  }
  for (const one of found) one.key = SAID.map((name) => one[name]).join("\u0000");
  return found;
}

function saidBy({ patient = "", name = "", birth = "", sex = "", age = "" }) {
  return { number: patient || name, birth, sex, age, name };
}

function join(person, other) {
  for (const name of [...SAID, "age", "name"]) person[name] ||= other[name];
  person.items.push(...other.items);
}

/** Fills the choice of persons; `chosen(key)` is called with a person's key, or "all" for all of them being one. */
export function askWho(place, found, { say, answer, chosen }) {
  const options = found.map((one) => [one.key, one, say("person_files", { n: one.items.length })]);
  options.push(["all", null, say("person_all")]);
  place.replaceChildren(
    ...options.map(([key, one, text]) => {
      const line = document.createElement("label");
      line.className = "check";
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "who", checked: key === answer });
      input.addEventListener("change", () => chosen(key));
      const words = document.createElement("span");
      words.textContent = one ? `${described(one, say)} · ${text}` : text;
      line.append(input, words);
      return line;
    }),
  );
}

function described({ number, birth, sex }, say) {
  const born = /^\d{8}$/.test(birth) ? `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}` : birth;
  return say("person", { number: number || "–", birth: born || "–", sex: sex || "–" });
}
