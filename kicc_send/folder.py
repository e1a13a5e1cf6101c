"""A folder's files: who they say they are of, what each becomes without identity, and that again to send it.

Nothing stripped is kept: a file is stripped once for its digest and once more when it is sent, which gives
the same bytes. One file at a time is in memory for each worker or lane.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from deid import ENGINE, PROFILE_VERSION, Dates, Refused, message, strip
from deid.reading import MAX_BYTES, header

STAYS = frozenset({"empty_file", "not_dicom", "dicomdir", "unknown_sop_class", "no_pixel_data"})
"""Refusals of what does not belong in the registry; the others ask for a person."""
CHUNK = 16


@dataclass(frozen=True)
class Found:
    """A file as it lies on the disk."""

    name: str
    size: int
    changed: int


@dataclass(frozen=True)
class Look:
    """What a header says before anything is stripped: a keyed hash of the patient, and the day."""

    patient: str
    day: date | None


@dataclass(frozen=True)
class Prepared:
    """A file's digest and size when stripped, or why it stays: code and sentence."""

    name: str
    sha256: str = ""
    size: int = 0
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Terms:
    """Under what the files of one subject are stripped."""

    key: bytes
    subject: str
    admission: date | None

    @property
    def dates(self) -> Dates:
        return Dates.day_zero(self.admission) if self.admission else Dates.keyed(self.key, self.subject)

    @property
    def fingerprint(self) -> str:
        """The same for terms, engine and profile that make the same bytes; tells nothing of the key."""
        parts = (ENGINE, PROFILE_VERSION, self.subject, str(self.admission))
        return hmac.digest(self.key, "\0".join(parts).encode(), "sha256").hex()


def walk(folder: Path) -> list[Found]:
    """Every file below `folder`, links to folders not followed, in a stable order."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            try:
                status = path.stat()
            except OSError:
                found.append(Found(path.relative_to(folder).as_posix(), 0, 0))
                continue
            found.append(Found(path.relative_to(folder).as_posix(), status.st_size, status.st_mtime_ns))
    return sorted(found, key=lambda one: one.name)


def looks(pool: Executor, folder: Path, files: Iterable[Found], secret: bytes) -> Iterator[Look | None]:
    """What each file's header says; None for what is no image."""
    return pool.map(partial(look, secret), [str(folder / file.name) for file in files], chunksize=CHUNK)


def look(secret: bytes, path: str) -> Look | None:
    try:
        seen = header(_read(path))
    except Refused:
        return None
    except Exception:
        return None
    number = str(seen.get("PatientID") or "").strip()
    who = number or str(seen.get("PatientName") or "").strip()
    patient = hmac.digest(secret, who.encode("utf-8", "surrogateescape"), "sha256").hex() if who else ""
    try:
        day = datetime.strptime(str(seen.get("StudyDate") or "").replace(".", ""), "%Y%m%d").date()
    except ValueError:
        day = None
    return Look(patient, day)


def prepared(
    pool: Executor, folder: Path, files: Iterable[Found], terms: Terms, language: str
) -> Iterator[Prepared]:
    """What each file becomes, in their order; stripped in the pool's processes."""
    work = partial(prepare, terms, str(folder), language)
    return pool.map(work, [file.name for file in files], chunksize=CHUNK)


def prepare(terms: Terms, folder: str, language: str, name: str) -> Prepared:
    try:
        data = stripped(terms, os.path.join(folder, name))
    except Refused as refused:
        text = message(refused.code, where=refused.where, language=language)
        return Prepared(name, code=refused.code, message=text)
    return Prepared(name, hashlib.sha256(data).hexdigest(), len(data))


def stripped(terms: Terms, path: str) -> bytes:
    """The file's bytes without identity. Raises Refused."""
    return strip(_read(path), uid_key=terms.key, dates=terms.dates, subject=terms.subject).data


def _read(path: str) -> bytes:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("unreadable")
        if status.st_size > MAX_BYTES:
            raise Refused("too_large", f"more than {MAX_BYTES} bytes")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Refused("unreadable") from error
