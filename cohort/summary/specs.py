"""What a row of the table is: a share of a named denominator, or a mean over the people who have a value."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from cohort.summary.people import ExamTest, Person, Test

Text = Promise | str


@dataclass(frozen=True)
class Share:
    """A count and its share. `test` counts people; `exam` counts exams of `kind` instead."""

    id: str
    section: Text
    label: Text
    of: str
    test: Test | None = None
    kind: str = ""
    exam: ExamTest | None = None
    in_table1: bool = True
    note: Text = ""


@dataclass(frozen=True)
class Mean:
    """A mean, its spread and its range over the people in whom `value` has one."""

    id: str
    section: Text
    label: Text
    unit: Text
    decimals: int
    of: str
    value: Callable[[Person], float | None]
    in_table1: bool = True
    note: Text = ""


def scans(low: int, high: int | None, kind: str) -> Test:
    """People with at least `low` and at most `high` exams of `kind`."""

    def test(person: Person) -> bool:
        n = sum(exam.kind == kind for exam in person.exams)
        return low <= n and (high is None or n <= high)

    return test


def of_vendor(name: str) -> ExamTest:
    return lambda exam: exam.vendor == name


def of_model(vendor: str, start: str) -> ExamTest:
    return lambda exam: exam.vendor == vendor and exam.model.upper().startswith(start.upper())


def other_model(*named: tuple[str, str]) -> ExamTest:
    tests = [of_model(vendor, start) for vendor, start in named]
    return lambda exam: not any(test(exam) for test in tests)


def thickness(above: float, up_to: float) -> ExamTest:
    """CT scans with `above` < slice thickness ≤ `up_to` mm."""
    return lambda exam: exam.thickness_mm is not None and above < exam.thickness_mm <= up_to


def item(name: str, test: Test | None = None) -> Callable[[Person], float | None]:
    return lambda person: person.number(name) if test is None or test(person) else None


def text_row(row: str, section: Text, label: Text, of: str, test: Test, note: Text = "") -> Share:
    return Share(row, section, label, of, test, in_table1=False, note=note)


def exam_row(row: str, section: Text, label: Text, of: str, kind: str, exam: ExamTest) -> Share:
    return Share(row, section, label, of, kind=kind, exam=exam, in_table1=False)


def counted(row: Share, person: Person) -> int:
    """What one person adds to the row."""
    if row.exam is not None:
        return sum(row.exam(exam) for exam in person.exams if exam.kind == row.kind)
    return int(row.test is not None and row.test(person))
