"""Strips a corpus by the public ``strip`` and scores what came out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from deid.codes import Refused
from deid.dates import Dates
from deid.engine import strip
from deid.exam.corpus import File
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
        days = (ZERO - file.case.admission).days
        try:
            dates = Dates.day_zero(file.case.admission)
            result = stripper(file.data, uid_key=KEY, dates=dates, subject=file.case.subject)
            made[file.name] = Output(file.data, result.data, days=days)
        except Refused as error:
            made[file.name] = Output(file.data, None, f"{error.code} {error.where}".strip(), days)
    return made


def run(files: list[File], stripper: Stripper = strip) -> tuple[Score, dict[str, Output]]:
    """Score and outputs of a corpus."""
    made = outputs(files, stripper)
    return score((answer for file in files for answer in file.answers), made), made


