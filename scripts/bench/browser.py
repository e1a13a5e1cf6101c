"""The engine in one worker of a headless browser, as the upload page runs it, on the same files."""

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scripts.bench.figures import Bench

STATIC = Path(__file__).resolve().parents[2] / "static"
ADDRESSES = {
    "worker": "/static/js/upload/stripper.js",
    "pyodide": "/static/vendor/pyodide/pyodide.mjs",
    "index": "/static/vendor/pyodide/",
    "archive": "/static/vendor/deid/engine.zip",
}
RECIPE = {"key": "00" * 32, "day": "2020-03-01", "subject": "S01-0001-A", "language": "en"}
# Seconds for all files: in a worker with hashing, and the engine's own part alone.
MEASURE = """
async ({ count, addresses, recipe }) => {
  const files = [];
  for (let i = 0; i < count; i++) files.push(new File([await (await fetch(`/files/${i}`)).blob()], ""));
  const { Engine } = await import("/static/js/upload/engine.js");
  const at = (path) => new URL(path, location).href;
  const began = performance.now();
  const engine = new Engine(addresses);
  engine.lanes = 1;
  await engine.started;
  const load = (performance.now() - began) / 1000;
  const timed = async (work) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };
  const whole = [];
  for (let round = 0; round < 4; round++) {
    const rest = [...files];
    const lane = async () => {
      for (let file = rest.pop(); file; file = rest.pop()) {
        if (!(await engine.strip(file, recipe)).sha256) throw new Error("not stripped");
      }
    };
    whole.push(await timed(() => Promise.all(Array.from({ length: engine.jobs }, lane))));
  }
  const { loadPyodide } = await import(at(addresses.pyodide));
  const python = await loadPyodide({ indexURL: at(addresses.index) });
  const packed = await (await fetch(addresses.archive)).arrayBuffer();
  python.unpackArchive(packed, "zip", { extractDir: "/engine" });
  python.runPython("import sys; sys.path.insert(0, '/engine'); from deid import browser");
  const answer = python.runPython("lambda data, *rest: browser.answer(data.to_bytes(), *rest)");
  const forget = python.runPython("browser.stripper.cache_clear");
  const bytes = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
  const alone = [];
  for (let round = 0; round < 4; round++) {
    forget();
    alone.push(await timed(async () => {
      for (const data of bytes) answer(data, ...Object.values(recipe)).destroy();
    }));
  }
  const median = (times) => times.slice(1).sort((a, b) => a - b)[1];
  return { load, whole: median(whole), alone: median(alone) };
}
"""


class Handler(SimpleHTTPRequestHandler):
    """Our static files, the slices, and an empty page."""

    files: list[bytes] = []

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            super().do_GET()
            return
        name = self.path.removeprefix("/files/")
        body = self.files[int(name)] if name.isdigit() else b"<!doctype html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if self.path == "/" else "application/dicom")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def run(bench: Bench) -> None:
    """Needs Chromium (KICC_CHROMIUM, or on the path) and says so where there is none."""
    chromium = os.environ.get("KICC_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("No Chromium here: the browser is not measured.", flush=True)
        return
    from playwright.sync_api import sync_playwright

    with served(bench.files) as address, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page()
        page.goto(address)
        took = page.evaluate(MEASURE, {"count": len(bench.files), "addresses": ADDRESSES, "recipe": RECIPE})
        browser.close()
    print(f"The engine is ready in the browser after {took['load']:.1f} s.", flush=True)
    bench.add("deid in the browser", took["alone"])
    bench.add("the same with SHA-256, in a worker", took["whole"])


@contextmanager
def served(files: list[bytes]) -> Iterator[str]:
    Handler.files = files
    handler = functools.partial(Handler, directory=str(STATIC.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
