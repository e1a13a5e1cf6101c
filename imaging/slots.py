"""Which exam fills which slot of the protocol: a pure function over all exams of one subject.

Baseline: the first frontal radiograph. CT n: the scans in order of time. Near CT n: of the other
radiographs, the one nearest in time to CT n, within 24 hours. Discharge: the last remaining radiograph, if
it is later than everything else. Exams whose days count from different day zeros are never compared.

The upload page runs this in the browser, so it imports the standard library and the rules alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from imaging.validation.ruleset import NEAR_HOURS

NEAR = timedelta(hours=NEAR_HOURS)
DISCHARGED_ALIVE = "1"


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


@dataclass(frozen=True)
class Asked:
    """An exam that the collection rule asks for. `exams` fill it; `number` tells several CT scans apart."""

    kind: str
    number: int
    exams: tuple[int, ...]


def asked(
    exams: Iterable[Taken], given: Mapping[int, tuple[str, int]], *, end_status: str = ""
) -> list[Asked]:
    """The exams that the rule asks of a subject, in its order (Yoon et al. 2020, Methods).

    A baseline radiograph, chest CT, a radiograph within 24 hours of each CT, and a radiograph at discharge.
    Who died, was transferred or is still in hospital has none at discharge. `given`: what `slots` answers of
    the same exams. `end_status`: the form's `out_status`, or empty. A radiograph may fill two places.
    """
    known = [exam for exam in sorted(exams, key=lambda exam: exam.order) if exam.usable]
    films = [exam for exam in known if exam.kind == "CXR"]
    scans = [exam for exam in known if exam.kind == "CT"]

    def filling(slot: str) -> tuple[int, ...]:
        return tuple(film.key for film in films if given[film.key][0] == slot)

    found = [Asked("baseline", 1, filling("baseline"))]
    for number, scan in enumerate(scans, start=1):
        found.append(Asked("ct", number, (scan.key,)))
        found.append(Asked("near_ct", number, tuple(film.key for film in films if near(film, scan))))
    if not scans:
        found.append(Asked("ct", 1, ()))
    if end_status in ("", DISCHARGED_ALIVE):
        found.append(Asked("discharge", 1, filling("discharge")))
    return found


def near(one: Taken, other: Taken) -> bool:
    """Whether two exams of one calendar are at most 24 hours apart; with a day alone, on the same day."""
    return _apart(one, other) <= NEAR


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
        nearest = min(rest, key=lambda film: (_apart(film, scan), film.key), default=None)
        if nearest is not None and near(nearest, scan):
            result[nearest.key] = ("near_ct", number)
            rest.remove(nearest)
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
