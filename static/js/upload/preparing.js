// Before sending: each chosen file gets what will be sent in its place, or the reason why it stays here.

/** Under `recipe` ({ key, day, subject, language }; null sends files as they are). Sets on each item `out`
 *  ({ sha256, size, file, recipe }) or `problem` (with `message` and `where` when the engine refused it).
 *  `tell(done)` counts. Files that were prepared under the same recipe are not done again. */
export async function prepare(items, { engine, recipe, lanes, tell }) {
  const mark = recipe ? `${recipe.key} ${recipe.day}` : "as it is";
  const rest = items.filter((item) => item.out?.recipe !== mark);
  let done = items.length - rest.length;
  tell(done);
  const lane = async () => {
    for (let item = rest.shift(); item; item = rest.shift()) {
      const answer = recipe ? await engine.strip(item.file, recipe) : { ...item, body: item.file, patient: item.facts.patient };
      settle(item, answer, mark);
      done += 1;
      tell(done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function settle(item, answer, recipe) {
  if (answer.body) {
    const { sha256, size, body, patient } = answer;
    item.out = { sha256, size, file: body, recipe };
    item.facts.patient = patient;
  } else if (answer.code) Object.assign(item, { problem: `engine_${answer.code}`, message: answer.message, where: answer.where });
  else item.problem = answer.error === "NotReadableError" || answer.error === "NotFoundError" ? "changed" : "engine_failed";
}
