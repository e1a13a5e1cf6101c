// Names an approval letter and its SHA-256 without sending it: the file input has no name.

const part = (name) => document.querySelector(`[data-part=${name}]`);

part("letter").addEventListener("change", async () => {
  const [file] = part("letter").files;
  if (!file) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  part("name").value = file.name.slice(0, part("name").maxLength);
  part("digest").value = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
});
