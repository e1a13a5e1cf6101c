"""What a run remembers on the hospital's own disk, so that the next goes on where it stopped.

A directory of the owner alone: `state.json` (which folder became which subject and upload), one file per
folder with its files' names, digests and verdicts, and `report.csv`. None of it is ever sent.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

COLUMNS = ("subject", "folder", "file", "verdict", "code", "message")
RISKY = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


class StateError(Exception):
    """The state cannot be used: key of a sentence in `words`."""


@dataclass
class Entry:
    """One folder's way. `request_id` makes `new` the same subject however often it is asked."""

    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    subject: str = ""
    upload: str = ""
    under: str = ""
    fingerprint: str = ""
    finished: bool = False
    needs_person: bool = False


@dataclass
class Line:
    """One file: its name here (`inside` which archive, at which `place`), what it became, and its verdict."""

    name: str
    inside: str = ""
    place: int = 0
    sha256: str = ""
    size: int = 0
    verdict: str = ""
    code: str = ""
    message: str = ""


class State:
    """Read at the start, written atomically after every step."""

    def __init__(self, place: Path, server: str) -> None:
        self.place = place
        self._path = place / "state.json"
        try:
            known = (
                json.loads(self._path.read_text("utf-8", "surrogateescape")) if self._path.exists() else {}
            )
            self._rows = {folder: Entry(**values) for folder, values in known.get("rows", {}).items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StateError("state_broken") from error
        if known.get("server", server) != server:
            raise StateError("state_other")
        self._server = server

    def entry(self, folder: Path) -> Entry:
        return self._rows.setdefault(str(folder), Entry())

    def save(self) -> None:
        rows = {folder: asdict(entry) for folder, entry in self._rows.items()}
        self._write(
            self._path, json.dumps({"server": self._server, "rows": rows}, ensure_ascii=False, indent=1)
        )

    def lines(self, folder: Path) -> list[Line]:
        """The files of a folder as they were last kept; none when they never were."""
        try:
            kept = json.loads(self._lines_path(folder).read_text("utf-8", "surrogateescape"))
            return [Line(**values) for values in kept]
        except (OSError, ValueError, TypeError):
            return []

    def keep_lines(self, folder: Path, lines: list[Line]) -> None:
        rows = [asdict(line) for line in lines]
        self._write(self._lines_path(folder), json.dumps(rows, ensure_ascii=False))

    def report(self) -> Path:
        """Write `report.csv`: every file of every folder that was ever looked at from here."""
        text = io.StringIO(newline="")
        table = csv.writer(text)
        table.writerow(COLUMNS)
        for folder, entry in self._rows.items():
            for line in self.lines(Path(folder)):
                name = f"{line.inside}!/{line.name}" if line.inside else line.name
                row = (entry.subject, folder, name, line.verdict, line.code, line.message)
                table.writerow([_plain(cell) for cell in row])
        path = self.place / "report.csv"
        self._write(path, BOM + text.getvalue())
        return path

    def _lines_path(self, folder: Path) -> Path:
        name = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()
        return self.place / f"files-{name[:16]}.json"

    def _write(self, path: Path, text: str) -> None:
        part = path.with_suffix(".part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError as error:
            raise StateError("state_broken") from error


@contextmanager
def held(place: Path) -> Iterator[None]:
    """The directory for one run alone; the system lets go of it however the run ends. Raises StateError."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (place / "lock").open("a")
    except OSError as error:
        raise StateError("state_broken") from error
    with lock:
        try:
            _lock(lock)
        except OSError as error:
            raise StateError("state_busy") from error
        yield


def _lock(file: Any) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell
