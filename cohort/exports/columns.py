"""The columns of the exported table, and what is coarsened before it leaves.

Level "safe-harbor", after 45 CFR 164.514(b)(2) as far as a registry without names, dates and numbers of
people needs it: ages of 90 and over are `90+`, days count from admission, a province in which fewer than
five people of the cohort live is not told, and no free text, signature or screening number is a column.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort.items import Dictionary, Item, Label
from cohort.summary import ImagingRecord, Person

LEVEL = "safe-harbor"
OLDEST_TOLD = 89
TOP_CODE = "90+"
RARE_BELOW = 5
RARE = "RARE"
AGE = "age_yr"
PLACES = ("residence",)
LEFT_OUT = ("consecutive_no", "irb_ok", "residence_metro5")
WORDS = ("text", "signature")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
FROM_SUBJECT: dict[str, Callable[[Person], str]] = {
    "subject_id": lambda person: person.code,
    "site_code": lambda person: person.site,
    "site_level": lambda person: person.site_level,
}

Value = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column. `value` gives text, a number, or None for an empty cell."""

    name: str
    label: Label
    section: Label
    type: str
    unit: str
    value: Callable[[Person], Value]
    item: Item | None = None
    note: Promise | str = ""


@dataclass(frozen=True)
class Rare:
    """Answers too rare to be told, by item."""

    codes: dict[str, frozenset[str]] = field(default_factory=dict)

    def __contains__(self, answer: tuple[str, str]) -> bool:
        return answer[1] in self.codes.get(answer[0], frozenset())


def columns(dictionary: Dictionary, rare: Rare) -> list[Column]:
    """Columns in the dictionary's order, then those of the images, then whether the person is invented."""
    found = [_from_item(item, rare) for item in dictionary.items.values() if leaves(item)]
    return [*found, *IMAGING, SYNTHETIC]


def leaves(item: Item) -> bool:
    """Whether the item is a column of the table."""
    if item.name in FROM_SUBJECT:
        return True
    form = item.section.kind == "form" and not item.section.optional
    return form and item.type not in WORDS and item.name not in LEFT_OUT


def _from_item(item: Item, rare: Rare) -> Column:
    return Column(item.name, item.label, item.section.label, item.type, item.unit, _reader(item, rare), item)


def _reader(item: Item, rare: Rare) -> Callable[[Person], Value]:
    if item.name in FROM_SUBJECT:
        return FROM_SUBJECT[item.name]

    def read(person: Person) -> Value:
        text = person.answers.get(item.name, "")
        if not text:
            return None
        if item.name in PLACES and (item.name, text) in rare:
            return RARE
        value: Value = text if item.choices or not NUMBER.fullmatch(text) else _number(text)
        if item.name == AGE and isinstance(value, int | float) and value > OLDEST_TOLD:
            return TOP_CODE
        return value

    return read


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


SECTION = Label("Images", "영상")


def _days(kind: str, choose: Callable[[list[int]], int]) -> Callable[[Person], Value]:
    def read(person: Person) -> Value:
        days = [exam.day for exam in person.exams if exam.kind == kind and exam.day is not None]
        return choose(days) if days else None

    return read


def _total(kind: str, count: Callable[[ImagingRecord], int]) -> Callable[[Person], Value]:
    return lambda person: sum(count(exam) for exam in person.exams if exam.kind == kind)


def _names(kind: str, name: Callable[[ImagingRecord], str]) -> Callable[[Person], Value]:
    return lambda person: "|".join(
        sorted({name(one) for one in person.exams if one.kind == kind and name(one)})
    )


def _synthetic_exams(person: Person) -> Value:
    return sum(exam.synthetic for exam in person.exams)


def _thinnest(person: Person) -> Value:
    return min((exam.thickness_mm for exam in person.ct if exam.thickness_mm is not None), default=None)


def _imaging(name: str, en: str, ko: str, type: str, unit: str, value: Callable[[Person], Value]) -> Column:
    note = (
        _("Day 0 is admission; empty when the images were not counted from admission.")
        if unit == "day"
        else ""
    )
    return Column(name, Label(en, ko), SECTION, type, unit, value, note=note)


SYNTHETIC = Column(
    "synthetic",
    Label("Invented person (demo)", "가상의 인물(데모)"),
    Label("Record", "기록"),
    "integer",
    "",
    lambda person: int(person.synthetic),
)


IMAGING = (
    _imaging("ct_exams", "CT scans", "CT 검사 수", "integer", "", _total("CT", lambda exam: 1)),
    _imaging("ct_first_day", "First CT", "첫 CT 검사일", "integer", "day", _days("CT", min)),
    _imaging("ct_last_day", "Last CT", "마지막 CT 검사일", "integer", "day", _days("CT", max)),
    _imaging("ct_series", "CT series", "CT 시리즈 수", "integer", "", _total("CT", lambda exam: exam.series)),
    _imaging("ct_images", "CT images", "CT 영상 수", "integer", "", _total("CT", lambda exam: exam.images)),
    _imaging("ct_vendor", "CT vendor", "CT 제조사", "text", "", _names("CT", lambda exam: exam.vendor)),
    _imaging("ct_model", "CT model", "CT 장비 모델", "text", "", _names("CT", lambda exam: exam.model)),
    _imaging("ct_thinnest", "Thinnest CT slices", "CT 최소 절편 두께", "decimal", "mm", _thinnest),
    _imaging(
        "cxr_exams", "Chest radiographs", "흉부 X선 검사 수", "integer", "", _total("CXR", lambda exam: 1)
    ),
    _imaging("cxr_first_day", "First radiograph", "첫 흉부 X선 검사일", "integer", "day", _days("CXR", min)),
    _imaging(
        "cxr_last_day", "Last radiograph", "마지막 흉부 X선 검사일", "integer", "day", _days("CXR", max)
    ),
    _imaging(
        "cxr_images",
        "Radiograph images",
        "흉부 X선 영상 수",
        "integer",
        "",
        _total("CXR", lambda e: e.images),
    ),
    _imaging(
        "exams_synthetic",
        "Exams that are synthetic records without images",
        "영상 없는 가상 기록 검사 수",
        "integer",
        "",
        _synthetic_exams,
    ),
)
