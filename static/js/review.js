// The review page: a picture opens bigger in place, a refused question opens its dialog again, and a dialog is sent once.

const bigger = document.getElementById("bigger");

for (const link of document.querySelectorAll("a[data-bigger]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const small = link.querySelector("img");
    const image = bigger.querySelector("img");
    image.src = link.href;
    image.alt = small.alt;
    bigger.showModal();
  });
}

bigger?.addEventListener("click", (event) => {
  if (event.target === bigger) bigger.close();
});

for (const button of document.querySelectorAll("dialog [data-closes]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

for (const form of document.querySelectorAll("dialog form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("dialog form[data-sent]")) delete form.dataset.sent;
});

document.querySelector("dialog[data-open-now]")?.showModal();
