"""ZIP archives among a folder's files: read where they lie, a member at a time, never unpacked to a disk."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path

from deid import Refused
from deid.archives import FREE_INFLATE, MAX_RATIO, MOST_MEMBERS
from deid.reading import MAX_BYTES

MARK = b"PK\x03\x04"
OFFICE = "[Content_Types].xml"
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


class BadArchive(Exception):
    """An archive of which nothing is taken: key of a sentence in `words`."""


def is_archive(path: Path) -> bool:
    """By its first bytes, as everything is told here."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK
    except OSError:
        return False


def members(path: Path) -> list[tuple[int, str, int]]:
    """Place, name and size of every file in it; none for an office document. Raises BadArchive."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except BROKEN as error:
        raise BadArchive("archive_unreadable") from error
    if len(infos) > MOST_MEMBERS:
        raise BadArchive("archive_too_many")
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise BadArchive("archive_encrypted")
    if any(info.filename == OFFICE for info in infos):
        return []
    return [(n, info.filename, info.file_size) for n, info in enumerate(infos) if not info.is_dir()]


def read(path: str, place: int) -> bytes:
    """One member's bytes. Raises Refused; what is declared larger than a file may be is not inflated."""
    try:
        archive = _open(path)
        info = archive.infolist()[place]
        limit = min(MAX_BYTES, max(FREE_INFLATE, info.compress_size * MAX_RATIO))
        if info.file_size > limit:
            raise Refused("too_large", "in an archive")
        return archive.read(info)
    except BROKEN as error:
        raise Refused("corrupt", "in an archive") from error
    except IndexError as error:
        raise Refused("unreadable") from error


@lru_cache(maxsize=2)
def _open(path: str) -> zipfile.ZipFile:
    """Kept open, since its directory is read anew otherwise for every member."""
    return zipfile.ZipFile(path)
