"""How far sites keep to the protocol of imaging: counts with their denominators, over plain values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from cohort.slots import ExamFacts, slots
from cohort.stay import stay_findings
from imaging.models import Exam
from imaging.slots import DISCHARGED_ALIVE


@dataclass(frozen=True)
class Followed:
    """What one case's images and form say."""

    site: str
    exams: tuple[ExamFacts, ...]
    answers: Mapping[str, str]


@dataclass
class Adherence:
    """Counts of one site, or of all.

    Of `cases`: `baseline` have a baseline radiograph, `ct` a CT of a known day between diagnosis and the
    end of the stay. Of their `scans`: `near` have a radiograph within 24 hours. Of the cases
    `discharged` alive: `discharge` have a radiograph at discharge.
    """

    cases: int = 0
    baseline: int = 0
    ct: int = 0
    scans: int = 0
    near: int = 0
    discharged: int = 0
    discharge: int = 0

    def add(self, other: "Adherence") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def adherence(cases: Iterable[Followed]) -> tuple[dict[str, Adherence], Adherence]:
    """Counts by site, in the order of the codes, and of all."""
    found: dict[str, Adherence] = defaultdict(Adherence)
    everybody = Adherence()
    for case in cases:
        counted = _of(case)
        found[case.site].add(counted)
        everybody.add(counted)
    return dict(sorted(found.items())), everybody


def _of(case: Followed) -> Adherence:
    end = case.answers.get("out_status", "")
    filled: dict[str, int] = defaultdict(int)
    for slot in slots(case.exams, end_status=end):
        filled[slot.kind] += slot.filled
    within = [not found for found in stay_findings(case.exams, case.answers).values()]
    alive = end == DISCHARGED_ALIVE
    return Adherence(
        cases=1,
        baseline=filled[Exam.Slot.BASELINE],
        ct=int(any(within)),
        scans=filled[Exam.Slot.CT],
        near=filled[Exam.Slot.NEAR_CT],
        discharged=int(alive),
        discharge=filled[Exam.Slot.DISCHARGE] if alive else 0,
    )
