// Web worker: one file at a time → its SHA-256 and a look at its header, or a small picture. The bytes stay in this worker.

import { look } from "./dicom.js";
import { picture } from "./picture.js";

self.onmessage = async ({ data: { id, file, draw } }) => {
  try {
    const buffer = await file.arrayBuffer();
    if (draw) return self.postMessage({ id, picture: picture(buffer) });
    const sha256 = hex(await crypto.subtle.digest("SHA-256", buffer));
    self.postMessage({ id, sha256, facts: look(buffer) });
  } catch (error) {
    self.postMessage({ id, error: error.name });
  }
};

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
