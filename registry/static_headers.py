"""Headers of static files.

A worker obeys the policy that its own script came with, not the page's. Scripts come with one under which a
worker may compile WebAssembly and load from this address, and nothing else; pages keep theirs.
"""

from collections.abc import MutableMapping
from typing import Any

WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def add(headers: MutableMapping[str, Any], path: str, url: str) -> None:
    """WhiteNoise's hook: called once for each file."""
    if path.endswith(".js"):
        headers["Content-Security-Policy"] = WORKER_POLICY
