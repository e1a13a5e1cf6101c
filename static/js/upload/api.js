// The registry's upload calls. Failures carry the registry's stable code and its sentence.

const ROOT = "/api/v1/";

export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message || "");
    this.status = status;
    this.code = body?.code || (status ? "unexpected" : "offline");
    this.body = body ?? {};
  }

  get signedOut() {
    return this.status === 401 || ["not_authenticated", "authentication_failed", "permission_denied"].includes(this.code);
  }

  /** Worth trying again by itself: no connection, a busy or restarting server. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

async function call(path, method, body) {
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, null);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) throw new Refusal(response.ok ? 502 : response.status, answer);
  return answer;
}

/** files: [{ sha256, size }], strippedBy: the engine that removed identity, or null; overruled: what the person chose against
 *  the rule → { id, missing }. The same list again resumes. */
export function start(subject, files, { strippedBy, overruled }) {
  return call("uploads/", "POST", { subject, files, stripped_by: strippedBy, overruled });
}

/** The answers of the case report form by item; none when it cannot be had. */
export async function answers(subject) {
  return (await call(`forms/${subject}/`, "GET").catch(() => ({}))).values ?? {};
}

/** The key under which this site replaces UIDs, 64 hexadecimal digits. */
export async function siteKey() {
  return (await call("sites/key/", "GET")).key;
}

export function complete(id) {
  return call(`uploads/${id}/complete/`, "POST", {});
}

export function state(id) {
  return call(`uploads/${id}/`, "GET");
}

/** Sends one file; `progress(bytes)` tells how many have left. Rejects with Refusal, or AbortError on `signal`. */
export function put(id, sha256, file, { progress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = (settle, value) => {
      signal.removeEventListener("abort", stop);
      settle(value);
    };
    request.open("PUT", `${ROOT}uploads/${id}/files/${sha256}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) end(resolve);
      else end(reject, new Refusal(request.status, parsed(request.responseText)));
    };
    request.onerror = () => end(reject, new Refusal(0, null));
    request.onabort = () => end(reject, new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    else request.send(file);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
