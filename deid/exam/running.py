"""Strips a corpus by the public ``strip`` and scores what came out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from deid.codes import Refused
from deid.dates import Dates
from deid.engine import strip
from deid.exam.corpus import File
from deid.exam.draft import Case
from deid.exam.scoring import Output, Score, score
from deid.model import Result

KEY = b"the exam's own key, which opens nothing"
ZERO = date(2000, 1, 1)


class Stripper(Protocol):
    """The shape of ``deid.strip``."""

    def __call__(self, data: bytes, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result: ...


def outputs(files: Iterable[File], stripper: Stripper = strip) -> dict[str, Output]:
    """What the engine makes of each file, by name. Admission is day zero (DESIGN: 2000-01-01)."""
    made: dict[str, Output] = {}
    for file in files:
        dates, days = dates_of(file.case)
        picture = file.reference or file.data
        try:
            result = stripper(file.data, uid_key=KEY, dates=dates, subject=file.case.subject)
            made[file.name] = Output(picture, result.data, days=days)
        except Refused as error:
            made[file.name] = Output(picture, None, f"{error.code} {error.where}".strip(), days)
    return made


def dates_of(case: Case) -> tuple[Dates, int]:
    """How the dates of a patient move, and by how many days that must be.

    Day zero is checked against the arithmetic here; a keyed offset is the engine's own and must only be the
    same for all dates, so it is taken from there.
    """
    if case.keyed:
        dates = Dates.keyed(KEY, case.subject)
        return dates, dates.days or 0
    return Dates.day_zero(case.admission), (ZERO - case.admission).days


def run(files: list[File], stripper: Stripper = strip) -> tuple[Score, dict[str, Output]]:
    """Score and outputs of a corpus."""
    made = outputs(files, stripper)
    return score((answer for file in files for answer in file.answers), made), made
