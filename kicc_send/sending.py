"""One upload from list to verdict: what is missing goes out in parallel lanes, as often as the line needs."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deid import Refused
from kicc_send.folder import Found, NestedArchive, Terms, stripped
from kicc_send.registry import Refusal, Registry

LANES = 4
ROUNDS = 5
FINISHED = ("done", "attention")
FIRST_POLL, LONGEST_POLL = 1.0, 10.0


class Changed(Exception):
    """A file is not what it was when the list was made."""


def send(
    registry: Registry,
    *,
    folder: Path,
    files: Mapping[str, Found],
    terms: Terms,
    begun: Callable[[str], None],
    tell: Callable[[int, int], None],
) -> str:
    """Start or resume, send what is missing, complete; the upload's identifier.

    files: by digest of what they become, with the size of that. `begun` hears the identifier before a byte
    is sent, `tell` (sent, to send) after every file. Raises Refusal, Unreachable, NotARegistry, Changed.
    """
    for _ in range(ROUNDS):
        upload = registry.start(terms.subject, {sha256: file.size for sha256, file in files.items()})
        begun(str(upload["id"]))
        if upload["state"] in ("open", "processing"):
            try:
                _send_all(registry, str(upload["id"]), list(upload["missing"]), folder, files, terms, tell)
                registry.complete(str(upload["id"]))
            except Refusal as refusal:
                if refusal.code in ("files_missing", "upload_closed", "not_in_manifest"):
                    continue  # somebody else of the site ended or discarded it, or staging was cleaned
                raise
            except Changed:
                registry.discard(str(upload["id"]))
                raise
        return str(upload["id"])
    raise Changed


def await_verdicts(registry: Registry, upload: str, *, within: float) -> dict[str, Any] | None:
    """What the registry says of the finished upload; None when it is not finished within so many seconds."""
    waited, pause = 0.0, FIRST_POLL
    while True:
        said = registry.get(upload)
        if said["state"] in FINISHED:
            return said
        if waited >= within:
            return None
        registry.rest(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_POLL)


def _send_all(
    registry: Registry,
    upload: str,
    missing: list[str],
    folder: Path,
    files: Mapping[str, Found],
    terms: Terms,
    tell: Callable[[int, int], None],
) -> None:
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for sha256 in missing:
        waiting.put(sha256)
    failed: list[BaseException] = []
    sent, lock = [0], threading.Lock()

    def lane() -> None:
        while not failed:
            try:
                sha256 = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                registry.put(upload, sha256, _bytes(folder, files[sha256], sha256, terms))
            except BaseException as error:
                failed.append(error)
                return
            with lock:
                sent[0] += 1
                tell(sent[0], len(missing))

    lanes = [threading.Thread(target=lane, daemon=True) for _ in range(min(LANES, len(missing)))]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
    if failed:
        raise failed[0]


def _bytes(folder: Path, file: Found, sha256: str, terms: Terms) -> bytes:
    try:
        data = stripped(terms, str(folder), file)
    except (Refused, NestedArchive):
        raise Changed from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Changed
    return data
