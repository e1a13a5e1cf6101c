// What the import page asks of the registry; the workbook is the body, in memory here and nowhere kept there.

const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** → { ok, html }: the dry run, or why the workbook is refused. Rejects when the registry cannot be reached. */
export function look(address, workbook) {
  return part(address, workbook, {});
}

/** → { ok, html }: what was imported. */
export function bring(address, workbook, seen, reason) {
  return part(address, workbook, { "KICC-Seen": seen, "KICC-Reason": encodeURIComponent(reason) });
}

/** Saves the error workbook on this computer. */
export async function saveErrors(address, workbook, name) {
  const response = await post(address, workbook, {});
  if (!response.ok) throw new Error(String(response.status));
  save(await response.blob(), name);
}

/** Lets the browser save a Blob under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function part(address, workbook, headers) {
  const response = await post(address, workbook, headers);
  const html = await response.text();
  if (response.redirected || !html.includes("data-import-part")) throw new Error("signed out");
  return { ok: response.ok, html };
}

function post(address, workbook, headers) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": TYPE, "X-CSRFToken": token, ...headers },
    body: workbook,
  });
}
