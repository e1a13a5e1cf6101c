// What the registry's own rules say of the series that were found: the engine looks at one file of each, and plans.

import { decide } from "./catalogue.js";
import { refuse } from "./preparing.js";

/** Looks at series as the engine would send them, once for each recipe; a file that it refuses stays here. */
export class Survey {
  constructor(engine, reader) {
    this.engine = engine;
    this.reader = reader;
  }

  /** Sets `seen` on series that have none under `recipe`. True when a file turned out not to go, so that all must be
   *  sorted anew. */
  async look(series, recipe) {
    const asked = series.map((one) => (one.unread ? this.lookAtEach(one, recipe) : this.lookAtOne(one, recipe)));
    return (await Promise.all(asked)).some(Boolean);
  }

  async lookAtOne(one, recipe) {
    if (one.seen?.mark === markOf(recipe)) return false;
    const tried = new Set([middle(one.items), one.items[0], one.items.at(-1)]);
    let refused = null;
    for (const item of tried) {
      const told = await this.engine.look(await item.source.blob(), recipe).catch(({ name }) => ({ error: name }));
      if (told.facts) {
        one.seen = { ...told, mark: markOf(recipe) };
        return false;
      }
      if (told.code) refused = told;
    }
    if (refused) for (const item of one.items) refuse(item, refused);
    return Boolean(refused);
  }

  /** Files whose header the page cannot follow are asked about one by one: most are lists and reports. */
  async lookAtEach(one, recipe) {
    let changed = false;
    for (const item of one.items) {
      if (item.looked) continue;
      const told = await this.engine.look(await item.source.blob(), recipe).catch(() => ({}));
      item.looked = true;
      if (told.code) refuse(item, told);
      changed ||= Boolean(told.code);
    }
    return changed;
  }

  /** Draws the middle image of each series that has no picture yet; calls `drawn(one)`. */
  async draw(series, drawn) {
    for (const one of series) {
      if (one.picture !== undefined || one.unread) continue;
      const blob = await middle(one.items).source.blob().catch(() => null);
      one.picture = (blob && (await this.reader.draw(blob)).picture) || null;
      drawn(one);
    }
  }

  /** Sets each series' `rule` and gives { exams, asked } of uploads.browser.plan; null when the engine cannot say. */
  async plan(series, { stored, recipe, endStatus }) {
    const known = series.filter((one) => one.seen && !one.mixed);
    const told = await this.engine.plan({
      series: known.map(({ key, seen, images, wish }) => ({ key, facts: seen.facts, images, ticked: wish })),
      stored,
      anchored: Boolean(recipe.day),
      end_status: endStatus,
      language: recipe.language,
    });
    if (told.error) return null;
    const rules = new Map(told.series.map((one) => [one.key, one]));
    for (const one of series) {
      one.rule = rules.get(one.key) ?? null;
      if (one.rule && one.wish === one.rule.taken) one.wish = null;
      decide(one);
    }
    return told;
  }
}

function middle(items) {
  const ordered = [...items].sort((a, b) => (Number.parseInt(a.facts.number, 10) || 0) - (Number.parseInt(b.facts.number, 10) || 0));
  return ordered[Math.floor(ordered.length / 2)];
}

function markOf({ key, day }) {
  return `${key} ${day}`;
}
