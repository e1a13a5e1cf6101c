"""A folder of files in, a folder of stripped files out, whose names say nothing of the input's."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import FileIO
from pathlib import Path

from deid.codes import Refused, message
from deid.dates import Dates
from deid.engine import Stripper
from deid.model import Result
from deid.reading import MAX_BYTES

Row = dict[str, str | None]


def files(source: Path) -> list[Path]:
    """Every file below ``source`` (or itself), links to folders not followed, in a stable order.

    A folder that cannot be listed stands for its files.
    """
    if not source.is_dir():
        return [source]
    found: list[Path] = []
    for folder, _, names in os.walk(source, onerror=lambda error: found.append(Path(error.filename))):
        found.extend(Path(folder) / name for name in names)
    return sorted(found, key=lambda path: path.as_posix())


def load(path: Path) -> bytes:
    """The file's bytes. Raises Refused where it is too large, no plain file or cannot be read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused("unreadable" if stat.S_ISDIR(status.st_mode) else "not_a_file")
        if status.st_size > MAX_BYTES:
            raise Refused("too_large", f"offset {MAX_BYTES}")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Refused("not_a_file") from error
    except OSError as error:
        raise Refused("unreadable") from error


def strip_tree(
    source: Path,
    target: Path,
    *,
    key: bytes,
    dates: Dates | None = None,
    subject: str = "",
    language: str = "en",
    keep: Callable[[Result], None] | None = None,
    many_patients: bool = False,
) -> Iterator[Row]:
    """Strips every file of ``source`` into ``target`` and yields one report row each. ``dates`` None: keyed.

    Under a code or an admission date, files that name another patient than the first one are refused, unless
    there may be ``many_patients``. Raises OSError where ``target`` cannot be written.
    """
    alone = bool(subject or dates) and not many_patients
    patient = ""
    stripper = Stripper(uid_key=key, dates=dates, subject=subject)
    written = Written(target)
    for path in files(source):
        name = path.relative_to(source).as_posix() if source.is_dir() else path.name
        try:
            result = stripper.strip(load(path))
            if alone and patient and result.patient not in {"", patient}:
                raise Refused("another_patient")
        except Refused as error:
            yield _refused(name, error, language)
            continue
        patient = patient or result.patient
        output = written.place(result)
        if keep is not None:
            keep(result)
        yield {"input": name, "output": output, "verdict": "stripped", "code": "", "message": ""}


def _refused(name: str, error: Refused, language: str) -> Row:
    text = message(error.code, where=error.where, language=language)
    return {"input": name, "output": None, "verdict": "refused", "code": error.code, "message": text}


class Written:
    """The files written so far, by the UIDs that they are named after."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._names: dict[str, dict[bytes, str]] = {}

    def place(self, result: Result) -> str:
        """Writes the file in one move; another content under the same UIDs gets a name of its own."""
        stem = f"{_short(result.series)}/{_short(result.instance)}"
        names = self._names.get(stem)
        if names is None:
            self._names[stem] = {b"": f"{stem}.dcm"}
            return self._write(f"{stem}.dcm", result)
        if b"" in names:
            first = names.pop(b"")
            names[hashlib.sha256((self.target / first).read_bytes()).digest()] = first
        content = _digest(result)
        if content not in names:
            names[content] = self._write(f"{stem}-{len(names) + 1}.dcm", result)
        return names[content]

    def _write(self, name: str, result: Result) -> str:
        path = self.target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            with part.open("wb", buffering=0) as stream:
                _write(stream, result)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        return name


def _digest(result: Result) -> bytes:
    digest = hashlib.sha256()
    for part in result.parts:
        digest.update(part)
    return digest.digest()


def _write(stream: FileIO, result: Result) -> None:
    for part in result.parts:
        left = memoryview(part)
        while left:
            left = left[stream.write(left) :]


@lru_cache(maxsize=256)
def _short(uid: str) -> str:
    return hashlib.sha256(uid.encode()).hexdigest()[:16]
