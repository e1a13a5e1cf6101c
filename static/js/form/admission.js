// The admission date of a patient: typed once per browser tab, for the form and for the images. It is never sent.

export const EARLIEST = "2019-01-01";

/** The date of a patient, YYYY-MM-DD; "" when none was typed in this tab. */
export function admissionOf(code) {
  return sessionStorage.getItem(`admission:${code}`) ?? "";
}

/** Wires the box of templates/registry/admission.html, if the page has one; `changed()` is called at once and after
 *  every change. */
export function wireAdmission(code, changed) {
  const key = `admission:${code}`;
  const box = document.getElementById("admission");
  if (!box) return;
  const input = document.getElementById("admission-date");
  const forget = box.querySelector("[data-forget]");

  function tell() {
    const set = Boolean(admissionOf(code));
    forget.hidden = !set;
    box.toggleAttribute("data-set", set);
    changed();
  }

  box.hidden = false;
  input.min = EARLIEST;
  input.value = admissionOf(code);
  input.addEventListener("change", () => {
    if (input.value && input.value >= EARLIEST && input.checkValidity()) sessionStorage.setItem(key, input.value);
    else sessionStorage.removeItem(key);
    tell();
  });
  forget.addEventListener("click", () => {
    sessionStorage.removeItem(key);
    input.value = "";
    tell();
    input.focus();
  });
  tell();
}
