// The signature on the form page: a change that breaks it is told at once, and the page asks for the next one.

import { notice } from "../base.js";

/** Watches the form's state in each answer of the server; `now` is the one that the page came with. */
export function wireSignature(now, say) {
  let state = now;
  return async (body) => {
    const broken = state === "signed" && body.form_state !== "signed";
    const changed = state !== body.form_state;
    state = body.form_state;
    if (broken) notice(say("signature-broken"), "warning");
    if (changed) await draw();
  };
}

/** Draws what stands in the form that sends and signs anew, as the server has it now; a typed password stays. */
async function draw() {
  const form = document.getElementById("send-form");
  const typed = form.querySelector("[type=password]")?.value;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("send-form");
  if (!fresh) return;
  form.replaceChildren(...fresh.childNodes);
  const password = form.querySelector("[type=password]");
  if (password && typed) password.value = typed;
}
