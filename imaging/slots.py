"""Which exam fills which slot of the protocol: a pure function over all exams of one subject.

Baseline: the first frontal radiograph. CT n: the scans in order of time. Near CT n: of the other
radiographs, the one nearest in time to CT n, within 24 hours. Discharge: the last remaining radiograph, if
it is later than everything else. Exams whose days count from different day zeros are never compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from imaging.validation.ruleset import NEAR_HOURS

NEAR = timedelta(hours=NEAR_HOURS)


@dataclass(frozen=True)
class Taken:
    """An exam. `kind` "CT" or "CXR"; `usable`: it has a stored series that may fill a slot."""

    key: int
    kind: str
    day: date | None
    clock: time | None
    anchored: bool
    usable: bool = True

    @property
    def order(self) -> tuple[bool, datetime, int]:
        return self.day is None, datetime.combine(self.day or date.max, self.clock or time.min), self.key


def slots(exams: Iterable[Taken]) -> dict[int, tuple[str, int]]:
    """Exam → (slot, number).

    Slots: "baseline", "ct", "near_ct", "discharge", "other"; empty when not usable.
    """
    known = sorted(exams, key=lambda exam: exam.order)
    result: dict[int, tuple[str, int]] = {exam.key: ("", 0) for exam in known if not exam.usable}
    scans = [exam for exam in known if exam.usable and exam.kind == "CT"]
    films = [exam for exam in known if exam.usable and exam.kind == "CXR"]
    result |= {exam.key: ("ct", number) for number, exam in enumerate(scans, start=1)}
    rest = list(films)
    if rest:
        result[rest.pop(0).key] = ("baseline", 1)
    for number, scan in enumerate(scans, start=1):
        near = min(rest, key=lambda film: (_apart(film, scan), film.key), default=None)
        if near is not None and _apart(near, scan) <= NEAR:
            result[near.key] = ("near_ct", number)
            rest.remove(near)
    if rest and rest[-1].day is not None and all(_before(exam, rest[-1]) for exam in known if exam.usable):
        result[rest.pop().key] = ("discharge", 1)
    result |= {film.key: ("other", number) for number, film in enumerate(rest, start=1)}
    return result


def _apart(one: Taken, other: Taken) -> timedelta:
    if one.day is None or other.day is None or one.anchored != other.anchored:
        return timedelta.max
    if one.clock is None or other.clock is None:
        return timedelta(0) if one.day == other.day else timedelta.max
    return abs(datetime.combine(one.day, one.clock) - datetime.combine(other.day, other.clock))


def _before(exam: Taken, last: Taken) -> bool:
    return exam is last or (
        exam.day is not None and exam.anchored == last.anchored and exam.order < last.order
    )
