"""Dates, numbers and names are found in text however they are written, and whatever is declared."""

from __future__ import annotations

from datetime import date

import pytest

from deid import Dates, charset, days, strip
from deid.shapes import PATTERNS, repeats
from deid.spelling import without_initials
from deid.terms import terms_of
from deid.text import clean
from deid.vocabulary import allowed, knows
from tests.deid import make

NONE = terms_of(frozenset())
OWN = terms_of(frozenset({("date", "20200304"), ("id", "00123456")}))


DATES = """3/4/20|4/3/20|3-4-20|56-3-1|2020. 3. 4.|2020_03_04|Mar. 4, 2020|4th March 2020|2020MAR04|2020-03
1961. 12. 30|12/30/61|30.12.61|04.03.20|4/3/2020|2020 03 04|61 12 30|March 1st|4 Mar|20-Mar-04|Mar-04-2020
2020년 3월 4일|3월 4일|2020年3月4日|Wed Mar 04 2020|2020-03-04T101530|2020/3/4 10:15:30|2020--3--4|03/2020
2020\u20133\u20134|'20.3.4"""


@pytest.mark.parametrize("text", DATES.replace("\n", "|").split("|"))
def test_dates_leave_nothing_in_descriptions(text: str) -> None:
    assert clean(f"chest {text}", NONE) == "chest"
    assert clean(f"{text} chest", NONE) == "chest"


@pytest.mark.parametrize(
    "text",
    [
        "slice 3/4",
        "1.5 mm",
        "5.0 x 3.0",
        "Br40 1.0 12",
        "1.375:1",
        "1.5 10 mm",
        "3/4",
        "0/3/20",
        "13/13/20",
        "3.4",
    ],
)
def test_numbers_that_are_no_dates_stay(text: str) -> None:
    assert days.cut(text) == text


def test_a_version_is_a_date_only_where_it_is_one_of_the_file() -> None:
    assert days.cut("V04.03.20", frozenset()) == "V04.03.20"
    assert days.cut("10.1.12", frozenset()) == "10.1.12"
    assert days.cut("10.1.12", {(12, 1, 10)}).strip() == ""
    assert days.cut("2.6.3.6", {(3, 2, 6), (6, 6, 3)}) == "2.6.3.6"


NUMBERS = """820315-1234567|820315\u20131234567|820315_1234567|820315/1234567|820315.1234567|820315 - 1234567
820315--1234567|820315-1 234567|8 2 0 3 1 5 1 2 3 4 5 6 7|82-03-15-1234567|820315-1|820315_2******
010\u20131234\u20135678|010/1234/5678|010-12345678|0 1 0 1 2 3 4 5 6 7 8|82-10-1234-5678|0311234567|1588-1234
(010)1234-5678|+821012345678|010_1234_5678"""


@pytest.mark.parametrize("text", NUMBERS.replace("\n", "|").split("|"))
def test_numbers_of_people_are_found_whatever_sets_them_apart(text: str) -> None:
    assert PATTERNS.search(text)
    assert clean(f"chest {text}", NONE) == "chest"


@pytest.mark.parametrize("mark", ["", "-", "_", ",", " ", ":", "--", " . "])
def test_the_hospital_number_is_found_by_its_digits(mark: str) -> None:
    text = f"001{mark}234{mark}56"
    assert OWN.identifies(f"CT {text}")
    assert clean(f"chest {text}", OWN) == "chest"
    assert repeats(text, {"123456"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT w/o F/U", "CT w/o F/U"),
        ("CT H G D", "CT  "),
        ("홍 길 동 CT", "  CT"),
        ("폐 간", "폐 간"),
        ("x C+", "x C+"),
    ],
)
def test_letters_that_stand_alone(text: str, left: str) -> None:
    assert without_initials(text).replace(" ", "") == left.replace(" ", "")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("흉부CT", True),
        ("흉부후전", True),
        ("X선", True),
        ("흉부홍길동", False),
        ("길동", False),
        ("폐간", False),
    ],
)
def test_korean_words_written_together(word: str, known: bool) -> None:
    assert allowed(word) is known
    assert knows(word.lower()) is known


LYING = [
    "ISO_IR 100",
    "ISO 2022 IR 100",
    "\\ISO 2022 IR 100",
    "ISO_IR 166",
    "ISO_IR 144",
    "ISO 2022 IR 6\\ISO 2022 IR 87",
]


@pytest.mark.parametrize("declared", [*LYING, "", "ISO_IR 192", "ISO_IR 13", "GB18030", "ISO_IR 149"])
@pytest.mark.parametrize("written", ["utf-8", "cp949", "iso2022_kr"])
def test_every_reading_of_a_name_is_remembered(declared: str, written: str) -> None:
    assert "홍길동" in charset.of(declared).readings("홍길동".encode(written))


@pytest.mark.parametrize("declared", LYING)
@pytest.mark.parametrize("written", ["utf-8", "cp949"])
def test_korean_names_go_whatever_is_declared(declared: str, written: str) -> None:
    name = "홍길동".encode(written)
    ds = make.ct(SpecificCharacterSet=declared.split("\\"), PatientName="", InstitutionName="")
    ds.ReferringPhysicianName = ""
    data = (
        make.write(ds)
        .replace(b"SOMATOM Force ", b"CT  " + name.ljust(10))
        .replace(b"Chest CT", name.ljust(8)[:8])
    )
    assert name in data
    result = strip(data, uid_key=make.KEY, dates=Dates.day_zero(date(2020, 3, 1)))
    assert name not in result.data
    assert result.dataset.ManufacturerModelName == "CT"
    assert result.dataset.StudyDescription == ""
