// After sending: waiting for the registry's work, then the verdict of every file.

import * as api from "./api.js";
import { names, notSent } from "./catalogue.js";
import { count, showVerdicts } from "./verdicts.js";

const POLL = 1500;

/** Asks until the upload is done, and shows it. `stage` is { part, say, step, tellProblem }. */
export async function waitForVerdicts(uploadId, { items, found }, { part, say, step, tellProblem }) {
  step("working");
  const known = names(items);
  for (;;) {
    try {
      const answer = await api.state(uploadId);
      tellProblem("");
      const counts = count(answer.files);
      const done = answer.files.length - counts.waiting;
      part("worked").max = Math.max(1, answer.files.length);
      part("worked").value = done;
      part("worked-text").textContent = say("worked", { done, total: answer.files.length });
      if (answer.state === "done" || answer.state === "attention") {
        step("done");
        return showEnd(answer, counts, { known, found }, { part, say });
      }
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error;
      if (error.signedOut) tellProblem(say("signed_out_working"));
      else tellProblem(error.passing ? say("offline_working") : error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function showEnd(answer, counts, { known, found }, { part, say }) {
  part("verdict-head").textContent = say("done_head", { n: counts.stored + counts.duplicate, total: answer.files.length });
  const attention = answer.state === "attention";
  part("verdict-state").className = `status ${attention ? "status-needs" : "status-done"}`;
  part("verdict-state").textContent = say(attention ? "needs_you" : "all_done");
  for (const verdict of ["stored", "duplicate", "refused", "quarantined"]) {
    part(`count-${verdict}`).textContent = counts[verdict].toLocaleString();
    part(`count-${verdict}`).closest(".count").classList.toggle("count-none", counts[verdict] === 0);
  }
  showVerdicts(part("verdicts"), answer.files, known, notSent(found), say);
  part("receipt").href = location.pathname;
  document.title = `${say("done_title")} · ${document.title}`;
  part("verdict-head").focus();
}
