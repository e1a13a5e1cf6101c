"""Which exams the collection rule asks of a subject, in words, and which of them are here.

The rule itself is `imaging.slots.asked`, which the upload page shares.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from imaging.models import Exam
from imaging.slots import Taken, asked

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


def slots(exams: Iterable[ExamFacts], *, end_status: str = "") -> list[Slot]:
    """The slots of a subject, in the order of the rule. `end_status` is the form's `out_status` or empty."""
    exams = list(exams)
    given = {exam.id: (exam.slot, 1) for exam in exams}
    taken = [Taken(exam.id, exam.kind, exam.date, exam.time, exam.anchored) for exam in exams]
    return [Slot(one.kind, one.number, one.exams) for one in asked(taken, given, end_status=end_status)]


def missing(found: Sequence[Slot]) -> int:
    """How many asked-for exams are not here."""
    return sum(not slot.filled for slot in found)
