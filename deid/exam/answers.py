"""The answer key: for each plant the file, the place, what was planted and what must happen to it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO


class Demand(StrEnum):
    """What must happen to a plant; the scores are given by these, as MIDI-B gives them."""

    REMOVED = "removed"
    """The value is gone from its element, and nothing of ``secrets`` stands anywhere in the file."""
    REQUIRED = "required present"
    """The element is there; with ``value``, it says exactly that."""
    RETAINED = "retained"
    """The element has exactly the planted bytes."""
    DATE_SHIFTED = "date shifted"
    """The element has the planted date and time, moved by exactly the days of its patient."""
    UID_CHANGED = "UID changed"
    """The element is empty, gone or another valid UID; the old one stands nowhere in the file."""
    UID_CONSISTENT = "UID consistent"
    """Wherever this UID stood, in any file, the same new one stands; no two became the same."""
    PIXELS_RETAINED = "pixels retained"
    """Native pixels have the same bytes; compressed ones decode to the same picture."""
    TEXT_REMOVED = "text removed"
    """Nothing of ``secrets`` stands anywhere in the file, in any encoding, case or width."""
    TEXT_RETAINED = "text retained"
    """The words of ``kept`` stand in the element, in their order."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the key.

    ``place`` is a path such as ``RequestAttributesSequence[0].PatientID`` or ``(0019,xx10,CREATOR)``, or
    names a carrier that is no element (``preamble``). ``secrets`` are what may stand nowhere in the output.
    ``optional``: the element may also be empty or gone, but not anything else.
    """

    file: str
    place: str
    kind: str
    demand: Demand
    value: bytes = b""
    secrets: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Miss:
    """An answer that was not met, and how."""

    answer: Answer
    wrong: str


COLUMNS = ["file", "place", "kind", "demand", "value", "secrets", "kept"]


def as_csv(answers: Iterable[Answer]) -> str:
    """The key as a table; several secrets or words are divided by `` | ``."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for answer in answers:
        row = [answer.file, answer.place, answer.kind, answer.demand.value, shown(answer.value)]
        table.writerow([*row, " | ".join(answer.secrets), " | ".join(answer.kept)])
    return out.getvalue()


def shown(value: bytes) -> str:
    """Bytes as text on one line; what cannot be printed is escaped."""
    text = value.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
