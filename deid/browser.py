"""For the page in the hospital's browser: the same ``strip``, telling only what the page does not have yet.

The image is the same bytes before and after, so a stripped file is a new head, a stretch of the file on the
disk, and a tail. A page that joins them when it sends holds no image in memory, however long the series.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydicom.datadict import dictionary_description, dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.multival import MultiValue

from deid.codes import Refused, message
from deid.dates import Dates
from deid.engine import Stripper
from deid.model import Result
from deid.reading import read

STEP = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:\[(\d+)\])?")
LONGEST_SHOWN = 64
LAST_TAG = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:\[\d+\])?\Z")


@dataclass(frozen=True, slots=True)
class Parts:
    """A stripped file: ``head``, bytes ``begin`` to ``end`` of the original, ``tail``."""

    head: bytes
    begin: int
    end: int
    tail: bytes

    def join(self, original: bytes) -> bytes:
        return self.head + original[self.begin : self.end] + self.tail


def answer(data: bytes, key: str, day: str, subject: str, language: str) -> dict[str, Any]:
    """What the page needs of one file.

    ``key`` in hexadecimal; ``day`` is the admission as YYYY-MM-DD, or empty: then dates move by an offset
    keyed by subject and key. Gives the fields of ``Parts`` and ``patient``, who it was, for comparison within
    the page; or ``code``, ``where`` and ``message`` of a refusal.
    """
    try:
        result = stripper(key, day, subject).strip(data)
    except Refused as refused:
        return {
            "code": refused.code,
            "where": refused.where,
            "message": message(refused.code, language=language),
        }
    found = parts(result)
    return {
        "head": found.head,
        "begin": found.begin,
        "end": found.end,
        "tail": found.tail,
        "patient": result.patient,
    }


Shown = str | int


def removal(
    data: bytes, key: str, day: str, subject: str
) -> list[tuple[str, str, str, Shown | None, Shown | None]]:
    """(path, name, letter, before, after) of everything in the file that is not simply kept.

    Empty for a refused file. Before and after are values as text for the eyes of the page's user, the length
    in bytes of binary ones, None where there is none.
    """
    try:
        result = stripper(key, day, subject).strip(data)
    except Refused:
        return []
    before, after = read(data), result.dataset
    return [
        (one.path, name_of(one.path), one.action, value_at(before, one.path), value_at(after, one.path))
        for one in result.actions
    ]


def value_at(dataset: FileDataset, path: str) -> Shown | None:
    """The value of the element at a path such as ``(0040,0275)[0]>(0008,0050)``, made short for showing."""
    steps = [STEP.fullmatch(step) for step in path.split(">")]
    inside: Dataset = dataset.file_meta if path.startswith("(0002,") else dataset
    try:
        for step in steps[:-1]:
            inside = inside[_tag(step)].value[int(step[3])]  # type: ignore[index]
        element = inside[_tag(steps[-1])]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return _shown(element)


def _tag(step: re.Match[str] | None) -> int:
    if step is None:
        raise KeyError
    return int(step[1] + step[2], 16)


def _shown(element: DataElement) -> Shown:
    value = element.value
    if element.VR == "SQ":
        return f"{{…}} × {len(value)}"
    if isinstance(value, bytes):
        return len(value)
    text = "\\".join(map(str, value)) if isinstance(value, MultiValue | list) else str(value or "")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def parts(result: Result) -> Parts:
    """Where the image lies in the original; a file whose image is not there as it leaves is all head."""
    begin = result.image.begin
    if begin < 0:
        return Parts(result.data, 0, 0, b"")
    return Parts(result.head, begin, begin + len(result.image.source), result.tail)


def name_of(path: str) -> str:
    """DICOM's name of the last element of a path; empty for private elements and what is no element."""
    found = LAST_TAG.search(path)
    if not found:
        return ""
    tag = int(found[1] + found[2], 16)
    return dictionary_description(tag) if dictionary_has_tag(tag) else ""


@lru_cache(maxsize=4)
def stripper(key: str, day: str, subject: str) -> Stripper:
    uid_key = bytes.fromhex(key)
    dates = Dates.day_zero(date.fromisoformat(day)) if day else Dates.keyed(uid_key, subject)
    return Stripper(uid_key=uid_key, dates=dates, subject=subject)
