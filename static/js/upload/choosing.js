// The page between reading and sending: the table, the rules' say, who the headers name, and what a person decides.

import * as api from "./api.js";
import { chosenItems, patients, sort } from "./catalogue.js";
import { askWho, persons } from "./people.js";
import { showRemoval } from "./removal.js";
import { Survey } from "./survey.js";
import { size } from "./units.js";
import { showAsked, showLeft, showPicture, showSeries, unexplained } from "./view.js";

/** `page` is { element, part, say, subject, engine, reader, recipe }; `recipe()` → { key, day, subject, language }. */
export class Choosing {
  constructor({ element, part, say, subject, engine, reader, recipe }) {
    Object.assign(this, { element, part, say, subject, engine, recipe });
    this.survey = new Survey(engine, reader);
    this.stored = JSON.parse(element.dataset.exams);
    this.answers = api.answers(subject);
    this.asTheyAre = false;
    this.forget();
    this.part("differ-ok").addEventListener("change", () => this.summarise());
  }

  forget() {
    this.items = [];
    this.known = new Set();
    this.found = { series: [], left: new Map() };
    this.exams = null;
    this.who = null;
    this.people = [];
    this.turn = 0;
    this.working = false;
    this.differences = [];
    this.part("differ-ok").checked = false;
    this.part("asked-box").hidden = true;
  }

  /** A file was read. True when it was new. */
  add(item) {
    const mark = `${item.path}\u0000${item.sha256}`;
    if (this.known.has(mark)) return false;
    this.known.add(mark);
    this.items.push(item);
    return true;
  }

  /** Sorts what there is and shows it; the rules are asked when `still` is false. */
  show({ still = false } = {}) {
    this.sortPeople();
    this.found = sort(this.items, this.found.series);
    if (still) this.draw(true);
    else this.judge();
  }

  sortPeople() {
    const named = this.items.filter(({ facts, problem }) => facts && !facts.unread && !problem);
    const before = this.people.length;
    this.people = persons(named);
    if (this.people.length !== before) this.who = null;
    const mine = this.people.find(({ key }) => key === this.who);
    for (const item of this.items) item.other = false;
    if (mine) for (const other of this.people) if (other !== mine) for (const item of other.items) item.other = true;
  }

  draw(still = false) {
    const { part, say, found } = this;
    const told = { say, still, working: this.working, changed: (one) => this.ticked(one), explained: () => this.summarise() };
    showSeries(part("series"), found.series, this.exams, told);
    showLeft(part("left"), found.left, say);
    const stays = [...found.left.values()].reduce((sum, list) => sum + list.length, 0);
    part("left-box").hidden = stays === 0;
    part("left-title").textContent = say("stay_here", { n: stays });
    part("table").hidden = found.series.length === 0;
    part("no-series").hidden = still || found.series.length > 0;
    if (!still) this.showRemovals();
    this.summarise();
  }

  ticked(one) {
    this.draw();
    one.line.querySelector(one.line.querySelector("[data-why]") ? "[data-why]" : "input").focus();
    this.judge({ only: "plan" });
  }

  /** Asks the registry's rules; what was asked later wins. */
  async judge({ only = "" } = {}) {
    if (this.element.dataset.engine === "failed") return this.draw();
    const turn = ++this.turn;
    this.working = true;
    if (only) this.summarise();
    else this.draw();
    try {
      const [recipe, form] = await Promise.all([this.recipe(), this.answers]);
      if (!only && (await this.survey.look(this.found.series, recipe)) && turn === this.turn) return this.show();
      const told = await this.survey.plan(this.found.series, { stored: this.stored, recipe, endStatus: form.out_status ?? "" });
      if (turn !== this.turn) return;
      this.exams = told?.exams ?? null;
      this.part("asked-box").hidden = !told;
      if (told) showAsked(this.part("asked"), told.asked, this.say);
      await this.compare(form, recipe.day);
    } catch {
      this.exams = null;
    }
    if (turn !== this.turn) return;
    this.working = false;
    this.draw();
    if (!only) await this.survey.draw(this.found.series, (one) => showPicture(one, this.say));
  }

  /** Headers and form, sex and age: a difference waits for a person's word. */
  async compare(form, admission) {
    const person = this.people.find(({ key }) => key === this.who) ?? this.people[0];
    const said = { sex: person?.sex ?? "", birth: person?.birth ?? "", age: person?.age ?? "" };
    const { sex = "", age_yr = "" } = form;
    const told = await this.engine.compare({ said, form: { sex: sex ?? "", age_yr: String(age_yr ?? "") }, admission });
    const differences = told.differences ?? [];
    if (JSON.stringify(differences) !== JSON.stringify(this.differences)) this.part("differ-ok").checked = false;
    this.differences = differences;
  }

  summarise() {
    const { part, say, found } = this;
    const files = chosenItems(found.series);
    const ticked = found.series.filter((one) => one.ticked);
    const images = ticked.reduce((sum, one) => sum + (one.unread ? one.items.length : one.images), 0);
    const bytes = files.reduce((sum, item) => sum + item.size, 0);
    part("summary").textContent = this.working ? say("asking_rules") : say("chosen_series", { n: ticked.length, size: size(bytes) });
    part("send").textContent = say("send", { n: images });
    this.showPeople();
    this.showDifferences();
    const silent = unexplained(found.series).length;
    part("unexplained").hidden = silent === 0;
    part("unexplained").textContent = silent ? say("unexplained", { n: silent }) : "";
    part("send").disabled = !files.length || !this.ready() || silent > 0;
  }

  /** Whether nothing waits for a person or for the rules. */
  ready() {
    const stopped = this.element.dataset.engine === "failed" && !this.asTheyAre;
    const unsure = this.people.length > 1 && !this.who;
    const differs = this.differences.length > 0 && !this.part("differ-ok").checked;
    return !stopped && !unsure && !differs && !this.working;
  }

  showPeople() {
    const { part, say, people } = this;
    part("patients").hidden = people.length < 2;
    part("patients-text").textContent = say("patients", { n: people.length });
    const shown = JSON.stringify([people.map(({ key, items }) => [key, items.length]), this.who]);
    if (this.shownPeople === shown) return;
    this.shownPeople = shown;
    askWho(part("who"), people, { say, answer: this.who, chosen: (key) => this.decideWho(key) });
  }

  /** A person said whose files these are; those of others stay here. */
  decideWho(key) {
    this.who = key;
    this.shownPeople = JSON.stringify([this.people.map(({ key: one, items }) => [one, items.length]), key]);
    this.show();
  }

  showDifferences() {
    const { part, say, differences } = this;
    part("differ").hidden = differences.length === 0;
    const text = ({ item, header, form }) =>
      item === "sex"
        ? say("differ_sex", { header: say(`sex_${header}`), form: say(`sex_${form}`) })
        : say("differ_age", { header, form });
    part("differ-text").textContent = differences.map(text).join(" ");
  }

  showRemovals() {
    const { part, say, subject, engine, found } = this;
    part("removal-box").hidden = this.element.dataset.engine === "failed" || !chosenItems(found.series).length;
    showRemoval(part("removal"), found.series, subject, say, async (item) =>
      engine.removal(await item.source.blob(), await this.recipe()),
    );
  }

  /** The engine cannot run here: no rule is asked, and nothing waits for one. */
  failed() {
    this.turn += 1;
    this.working = false;
    this.draw();
  }

  /** After a file turned out not to go: sorts anew, as the person left it. */
  again() {
    this.found = sort(this.items, this.found.series);
    this.draw();
  }

  /** Whether the prepared files name several patients and nobody said that they are one. */
  get severalPatients() {
    return patients(this.found.series) > 1 && this.who !== "all";
  }
}
