"""One accepted case as the summary and the exports read it: plain values, no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MEASURED = ("DONE", "BLOD", "AULQ")


@dataclass(frozen=True)
class ImagingRecord:
    """One exam. `day` counts from admission where `anchored`, else it is None; thickness is in mm.

    `synthetic`: a record without images.
    """

    kind: str
    slot: str = ""
    day: int | None = None
    anchored: bool = False
    vendor: str = ""
    model: str = ""
    thickness_mm: float | None = None
    series: int = 1
    images: int = 1
    synthetic: bool = False


@dataclass(frozen=True)
class Person:
    """Answers are in the dictionary's coding, by item name; several choices are joined by `|`.

    `synthetic`: the person is invented.
    """

    code: str
    site: str
    site_level: str
    answers: Mapping[str, str] = field(default_factory=dict)
    exams: tuple[ImagingRecord, ...] = ()
    synthetic: bool = False

    @property
    def ct(self) -> tuple[ImagingRecord, ...]:
        return tuple(exam for exam in self.exams if exam.kind == "CT")

    @property
    def cxr(self) -> tuple[ImagingRecord, ...]:
        return tuple(exam for exam in self.exams if exam.kind == "CXR")

    def number(self, item: str) -> float | None:
        """The item's value; None without an answer or when its status says that nothing was measured."""
        status = self.answers.get(f"{item}_st")
        if status is not None and status not in MEASURED:
            return None
        text = self.answers.get(item, "")
        try:
            return float(text) if text else None
        except ValueError:
            return None


Test = Callable[[Person], bool]
ExamTest = Callable[[ImagingRecord], bool]


def answered(item: str, *values: str) -> Test:
    """People whose answer to `item` is one of `values`, or who have any answer when there are none."""
    if not values:
        return lambda person: bool(person.answers.get(item))
    return lambda person: person.answers.get(item) in values


def every(*tests: Test) -> Test:
    return lambda person: all(test(person) for test in tests)


def either(*tests: Test) -> Test:
    return lambda person: any(test(person) for test in tests)


def differs(test: Test) -> Test:
    return lambda person: not test(person)
