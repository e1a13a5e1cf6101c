// Before sending: each chosen file gets what will be sent in its place, or the reason why it stays here.

/** Under `recipe` ({ key, day, subject, language }; null sends files as they are). Sets on each item `out`
 *  ({ sha256, size, open, recipe }, `open()` gives what is sent) or `problem` (with `message` and `where` when the engine
 *  refused it). `tell(done)` counts. Files that were prepared under the same recipe are not done again. */
export async function prepare(items, { engine, recipe, lanes, tell }) {
  const mark = recipe ? `${recipe.key} ${recipe.day}` : "as it is";
  const rest = items.filter((item) => item.out?.recipe !== mark);
  let done = items.length - rest.length;
  tell(done);
  const lane = async () => {
    for (let item = rest.shift(); item; item = rest.shift()) {
      if (recipe) settle(item, await stripped(engine, item, recipe), mark);
      else item.out = { sha256: item.sha256, size: item.size, open: () => item.source.blob(), recipe: mark };
      done += 1;
      tell(done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function stripped(engine, item, recipe) {
  try {
    return await engine.strip(await item.source.blob(), recipe);
  } catch (error) {
    return { error: error.name };
  }
}

function settle(item, answer, recipe) {
  if (answer.head) {
    const { sha256, size, head, begin, end, tail, patient } = answer;
    const open = async () => new Blob([head, (await item.source.blob()).slice(begin, end), tail]);
    item.out = { sha256, size, open, recipe };
    item.who = patient;
  } else if (answer.code) refuse(item, answer);
  else item.problem = answer.error === "NotReadableError" || answer.error === "NotFoundError" ? "changed" : "engine_failed";
}

/** The engine's refusal becomes the reason why a file stays here. */
export function refuse(item, { code, message, where }) {
  Object.assign(item, { problem: `engine_${code}`, message, where });
}
