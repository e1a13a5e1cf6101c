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
from kicc_send import archives
from kicc_send.archives import BadArchive
from kicc_send.words import say

STAYS = frozenset({"empty_file", "not_dicom", "dicomdir", "unknown_sop_class", "no_pixel_data"})
"""Refusals of what does not belong in the registry; the others ask for a person."""
CHUNK = 16


class NestedArchive(Exception):
    """An archive in an archive, which is not looked into."""


@dataclass(frozen=True)
class Found:
    """A file as it lies on the disk, or in a ZIP archive there: `inside` the archive's name, `place` in it.

    `problem`: why nothing of an archive is taken, a key of `words`.
    """

    name: str
    size: int
    changed: int
    inside: str = ""
    place: int = 0
    problem: str = ""

    @property
    def shown(self) -> str:
        """As the report names it."""
        return f"{self.inside}!/{self.name}" if self.inside else self.name


@dataclass(frozen=True)
class Look:
    """What a header says before anything is stripped: a keyed hash of the patient, and the day."""

    patient: str
    day: date | None


@dataclass(frozen=True)
class Prepared:
    """A file's digest and size when stripped, or why it stays: code and sentence."""

    found: Found
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
    """Every file below `folder`, and every file in archives there, in a stable order.

    Links to folders are not followed.
    """
    found: list[Found] = []
    for place, _, names in os.walk(folder):
        for name in names:
            found += _found(Path(place) / name, folder)
    return sorted(found, key=lambda one: (one.shown, one.place))


def _found(path: Path, folder: Path) -> list[Found]:
    name = path.relative_to(folder).as_posix()
    try:
        status = path.stat()
    except OSError:
        return [Found(name, 0, 0)]
    size, changed = status.st_size, status.st_mtime_ns
    if not stat.S_ISREG(status.st_mode) or not archives.is_archive(path):
        return [Found(name, size, changed)]
    try:
        inner = archives.members(path)
    except BadArchive as error:
        return [Found(name, size, changed, problem=str(error))]
    files = [Found(member, length, changed, inside=name, place=n) for n, member, length in inner]
    return files or [Found(name, size, changed)]


def looks(pool: Executor, folder: Path, files: Iterable[Found], secret: bytes) -> Iterator[Look | None]:
    """What each file's header says; None for what is no image."""
    return pool.map(partial(look, secret, str(folder)), list(files), chunksize=CHUNK)


def look(secret: bytes, folder: str, file: Found) -> Look | None:
    try:
        seen = header(read(folder, file))
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
    return pool.map(work, list(files), chunksize=CHUNK)


def prepare(terms: Terms, folder: str, language: str, file: Found) -> Prepared:
    if file.problem:
        return Prepared(file, code=file.problem, message=say(file.problem, language))
    try:
        data = stripped(terms, folder, file)
    except Refused as refused:
        text = message(refused.code, where=refused.where, language=language)
        return Prepared(file, code=refused.code, message=text)
    except NestedArchive:
        return Prepared(file, code="archive_nested", message=say("archive_nested", language))
    return Prepared(file, hashlib.sha256(data).hexdigest(), len(data))


def stripped(terms: Terms, folder: str, file: Found) -> bytes:
    """The file's bytes without identity. Raises Refused, NestedArchive."""
    data = read(folder, file)
    if file.inside and data.startswith(archives.MARK):
        raise NestedArchive
    return strip(data, uid_key=terms.key, dates=terms.dates, subject=terms.subject).data


def read(folder: str, file: Found) -> bytes:
    """The file's bytes. Raises Refused where it is too large, no plain file or cannot be read."""
    path = os.path.join(folder, file.inside or file.name)
    if file.inside:
        return archives.read(path, file.place)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("not_a_file")
        if status.st_size > MAX_BYTES:
            raise Refused("too_large", f"more than {MAX_BYTES} bytes")
        with open(path, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise Refused("unreadable") from error
