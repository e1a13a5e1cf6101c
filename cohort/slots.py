"""Which exams the collection rule asks of a subject, and which of them are here.

Rule (Yoon et al. 2020, Methods): a baseline radiograph, chest CT, a radiograph within 24 hours of each CT,
and a radiograph at discharge. Who died, was transferred or is still in hospital has no discharge radiograph.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from imaging.models import Exam
from imaging.slots import NEAR

DISCHARGED_ALIVE = "1"
NOON = datetime.time(12)
DAY_ZERO = datetime.date(2000, 1, 1)


@dataclass(frozen=True)
class ExamFacts:
    """What the rule needs to know of an exam."""

    id: int
    kind: str
    slot: str
    date: datetime.date | None
    time: datetime.time | None
    anchored: bool

    @property
    def at(self) -> datetime.datetime | None:
        """Shifted moment; noon where only the day is known."""
        return datetime.datetime.combine(self.date, self.time or NOON) if self.date else None

    @property
    def day(self) -> int | None:
        """Days since admission; None when the exam's calendar does not start there."""
        return (self.date - DAY_ZERO).days if self.date and self.anchored else None


@dataclass(frozen=True)
class Slot:
    """One asked-for exam. `exams` are those that fill it; `number` tells several CT scans apart."""

    kind: str
    number: int
    exams: tuple[int, ...]

    @property
    def filled(self) -> bool:
        return bool(self.exams)

    @property
    def mark(self) -> str:
        return {"baseline": "CXR", "ct": "CT", "near_ct": "24h", "discharge": "DC"}[self.kind]

    @property
    def label(self) -> Promise | str:
        if self.kind == Exam.Slot.CT:
            return _("CT %(number)d") % {"number": self.number}
        if self.kind == Exam.Slot.NEAR_CT:
            return _("Radiograph within 24 h of CT %(number)d") % {"number": self.number}
        return Exam.Slot(self.kind).label


def near(one: ExamFacts, other: ExamFacts) -> bool:
    """Whether two exams of one calendar are at most 24 hours apart; with a day alone, on the same day."""
    if one.date is None or other.date is None or one.anchored != other.anchored:
        return False
    if one.time is None or other.time is None:
        return one.date == other.date
    return abs(one.at - other.at) <= NEAR


def slots(exams: Iterable[ExamFacts], *, end_status: str = "") -> list[Slot]:
    """The slots of a subject, in the order of the rule. `end_status` is the form's `out_status` or empty."""
    exams = sorted(exams, key=lambda exam: (exam.at or datetime.datetime.max, exam.id))
    scans = [exam for exam in exams if exam.kind == Exam.Kind.CT]
    films = [exam for exam in exams if exam.kind == Exam.Kind.CXR]

    def marked(slot: str) -> tuple[int, ...]:
        return tuple(film.id for film in films if film.slot == slot)

    found = [Slot("baseline", 1, marked(Exam.Slot.BASELINE))]
    for number, scan in enumerate(scans, start=1):
        found.append(Slot("ct", number, (scan.id,)))
        found.append(Slot("near_ct", number, tuple(film.id for film in films if near(film, scan))))
    if not scans:
        found.append(Slot("ct", 1, ()))
    if end_status in ("", DISCHARGED_ALIVE):
        found.append(Slot("discharge", 1, marked(Exam.Slot.DISCHARGE)))
    return found


def missing(found: Sequence[Slot]) -> int:
    """How many asked-for exams are not here."""
    return sum(not slot.filled for slot in found)
