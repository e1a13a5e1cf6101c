"""What leaves of a hospital's sheet: days and answers under codes; no date, no name, no number."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from deid.sheet import SheetRefused, open_book
from deid.sheet.strip import Stripped, Wishes, strip_sheet
from deid.sheet.values import Key, as_date, as_key, as_text, holds_calendar
from tests.deid.sheet import make

CODE, OTHER = "S03-0001-U", "S03-0002-E"
HEADS = ["Subject ID", "Admission date", "First RT-PCR"]
DAY = datetime(2020, 3, 5)


def strip(*rows: list[Any], wishes: Wishes | None = None) -> Stripped:
    return strip_sheet(make.sheet(*rows), make.CATALOGUE, wishes)


def cells(done: Stripped) -> dict[int, dict[int, Any]]:
    assert [problem.message() for problem in done.problems] == []
    return open_book(done.data).sheets[0].rows


def codes(done: Stripped) -> list[tuple[str, str]]:
    assert done.data == b""
    for problem in done.problems:
        assert problem.message() != problem.message("ko")
    return [(problem.code, problem.values["cell"]) for problem in done.problems]


def text_of(data: bytes) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (DAY - timedelta(days=3), -3),
        (date(2020, 4, 1), 27),
        ("2020-03-02", -3),
        ("2020.3.2", -3),
        ("2020. 3. 2.", -3),
        ("2020년 3월 2일", -3),
        ("２０２０/０３/０２", -3),
        ("20200302", -3),
        (20200302, -3),
        ("2020-03-02 14:05", -3),
        ("2020-03-05T09:00:00", 0),
        (-3, -3),
        ("-3", "-3"),
        ("unknown", "unknown"),
    ],
)
def test_dates_become_days(typed: Any, day: Any) -> None:
    done = strip(HEADS, [CODE, DAY, typed])
    assert cells(done) == {1: {1: "Subject ID", 3: "First RT-PCR"}, 2: {1: CODE, 3: day}}
    assert done.dates == (typed != day)
    assert "2020" not in text_of(done.data)


@pytest.mark.parametrize(
    "typed", [43892, "43892", "3월 2일", "20.03.02", time(9), timedelta(hours=30), "2/3/2020"]
)
def test_what_may_be_a_date_but_is_not_clear_is_asked_for(typed: Any) -> None:
    done = strip(HEADS, [CODE, DAY, typed])
    assert codes(done) == [("no_day", "C2")] if typed != "43892" else done.problems == []


def test_columns_that_the_form_does_not_have_stay() -> None:
    done = strip(
        ["Our patients, March 2020"],
        ["등록번호", "환자명", "Subject ID", "Age", "Length of stay", "Birth"],
        ["00123456", "홍길동", CODE, 52, 9, date(1968, 1, 1)],
    )
    assert cells(done) == {2: {3: "Subject ID", 4: "Age"}, 3: {3: CODE, 4: 52}}
    assert [(drop.cell, drop.heading) for drop in done.dropped] == [
        ("A2", "등록번호"),
        ("B2", "환자명"),
        ("F2", "Birth"),
    ]
    text = text_of(done.data)
    assert not [word for word in ("등록", "00123456", "홍길동", "1968", "March", "patients") if word in text]


def test_the_workbook_holds_nothing_but_cells_and_the_stamp() -> None:
    book = Workbook()
    book.active.title = "홍길동"
    book.properties.creator = "Dr Kim"
    book.active.append(["Subject ID", "Age", "Chief complaint"])
    book.active.append([CODE, 52, "=1+1"])
    book.active["C2"].data_type = "s"
    book.create_sheet("raw").append(["홍길동"])
    book["raw"].sheet_state = "hidden"
    book.create_sheet("list").append(["홍길동"])
    done = strip_sheet(make.saved(book), make.CATALOGUE)
    opened = open_book(done.data)
    assert [sheet.title for sheet in opened.sheets] == ["Sheet 1"]
    assert opened.stamp == make.CATALOGUE.stamp
    assert opened.sheets[0].rows[2][3] == "=1+1"
    assert done.left_out == ("hidden_sheet",)
    assert [drop.sheet[0] for drop in done.dropped] == ["list"]
    assert "Kim" not in text_of(done.data)
    assert "홍길동" not in text_of(done.data)


def test_a_patient_s_admission_date_counts_on_every_sheet() -> None:
    book = Workbook()
    book.active.title = "Case"
    book.active.append(["Subject ID", "Admission date"])
    book.active.append([CODE, DAY])
    book.active.append(["new 2", DAY + timedelta(days=10)])
    other = book.create_sheet("RT-PCR")
    other.append(["Subject ID", "First RT-PCR"])
    other.append(["신규 2", DAY])
    other.append([CODE, DAY])
    done = strip_sheet(make.saved(book), make.CATALOGUE)
    assert done.problems == []
    sheets = open_book(done.data).sheets
    assert [sheet.title for sheet in sheets] == ["Case", "RT-PCR"]
    assert sheets[1].rows == {
        1: {1: "Subject ID", 2: "First RT-PCR"},
        2: {1: "new 2", 2: -10},
        3: {1: CODE, 2: 0},
    }


def test_a_new_patient_without_a_number_has_the_date_of_its_own_row() -> None:
    done = strip(HEADS, ["new", DAY, DAY], ["new", DAY + timedelta(days=2), DAY])
    assert [row[3] for number, row in cells(done).items() if number > 1] == [0, -2]


def test_the_study_period_is_answered_from_the_admission_date() -> None:
    heads = ["Subject ID", "Admission date", "In the period"]
    rows = [[CODE, DAY, None], [OTHER, date(2020, 7, 1), None], ["new 1", None, None], ["new 2", DAY, 0]]
    done = strip(heads, *rows)
    assert [row.get(3) for number, row in cells(done).items() if number > 1] == [1, 0, None, 0]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ([CODE, None, DAY], [("no_admission", "C2")]),
        ([CODE, "soon", None], [("not_a_date", "B2")]),
        ([CODE, DAY, "=B2"], [("formula", "C2")]),
        (["=A1", DAY, DAY], [("formula", "A2")]),
        ([None, DAY, 1], [("no_code", "A2")]),
        (["00123456", DAY, 1], [("not_in_list", "A2")]),
    ],
)
def test_a_cell_that_cannot_be_made_safe_keeps_everything_here(row: list[Any], found: list[Any]) -> None:
    assert codes(strip(HEADS, row, [OTHER, DAY, 1])) == found


def test_an_error_that_excel_shows() -> None:
    book = Workbook()
    book.active.append(HEADS)
    book.active.append([CODE, DAY, "#N/A"])
    book.active["C2"].data_type = "e"
    assert codes(strip_sheet(make.saved(book), make.CATALOGUE)) == [("error", "C2")]


def test_two_admission_dates_of_one_patient() -> None:
    assert codes(strip(HEADS, [CODE, DAY, 1], [CODE, DAY + timedelta(days=1), 1])) == [
        ("two_admissions", "B3")
    ]


@pytest.mark.parametrize("value", [DAY, "born 1968-01-01", time(9, 30), 19680101, "3월 5일 퇴원"])
def test_a_date_where_none_belongs(value: Any) -> None:
    done = strip(["Subject ID", "Chief complaint", "Age"], [CODE, value, 52])
    assert codes(done) == [("date_elsewhere", "B2")]


@pytest.mark.parametrize(
    ("text", "echoes"),
    [
        ("홍길동 님 발열", True),
        ("fever, Hong", True),
        ("No 00123456", True),
        ("fever for 3 days", False),
        ("기침", False),
    ],
)
def test_a_text_that_repeats_what_stays(text: str, echoes: bool) -> None:
    heads = ["Subject ID", "Chief complaint", "환자명", "Name", "No.", "n"]
    done = strip(heads, [CODE, text, "홍길동", "Hong Gildong", "00123456", 3])
    assert [problem.code for problem in done.problems] == ["names_somebody"] * echoes


def test_hospital_numbers_become_codes_by_a_list_that_stays() -> None:
    heads = ["등록번호", "입원", "Age"]
    rows = [
        ["00123456", DAY, 52],
        [123457, DAY, 53],
        ["8899", DAY, 54],
        ["new 4", DAY, 55],
        ["8898", DAY, 56],
        ["8899", DAY, 57],
    ]
    listed = {"00123456": CODE, "123456": CODE, "123457": OTHER}
    wishes = Wishes(admission="입원", number="등록번호", codes=listed)
    assert codes(strip(heads, *rows, wishes=wishes)) == [("not_in_list", f"A{n}") for n in (4, 6, 7)]
    done = strip(heads, *rows, wishes=Wishes("입원", "등록번호", listed, new=True))
    assert [row[1] for number, row in cells(done).items() if number > 1] == [
        CODE,
        OTHER,
        "new 5",
        "new 4",
        "new 6",
        "new 5",
    ]
    assert done.new == {"8899": "new 5", "8898": "new 6"}
    assert cells(done)[1] == {1: "subject_id", 3: "Age"}
    assert "8899" not in text_of(done.data)


@pytest.mark.parametrize(
    "rows", [[["notes"], ["x"]], [["Subject ID", "Age"]], [["Subject ID", "환자명"], [None, "홍길동"]]]
)
def test_nothing_to_send_is_said(rows: list[list[Any]]) -> None:
    with pytest.raises(SheetRefused) as caught:
        strip(*rows)
    assert caught.value.code == "no_rows"


def test_a_row_with_nothing_that_is_read_is_passed_over() -> None:
    done = strip(["Subject ID", "Age", "los"], [CODE, 52, 1], [None, None, 9], [None, None, None])
    assert done.rows == 1


def test_letters_that_a_workbook_cannot_hold() -> None:
    raw = make.bent(
        make.sheet(["Subject ID", "Chief complaint"], [CODE, "feverX"]),
        change={"xl/sharedStrings.xml": (b"feverX", b"fever_x0001_")},
    )
    done = strip_sheet(raw, make.CATALOGUE)
    assert done.problems == []


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("S03-0042-K", Key("S03-0042-K")),
        (" s03-0042-k ", Key("S03-0042-K")),
        ("Ｓ03-0042-K", Key("S03-0042-K")),
        ("new", Key()),
        ("NEW 007", Key(number="7")),
        ("신규-3", Key(number="3")),
        ("new 홍길동", None),
        ("12345", None),
        (12.0, None),
        (None, None),
    ],
)
def test_keys(value: Any, key: Key | None) -> None:
    assert as_key(value) == key


def test_values() -> None:
    assert [as_text(value) for value in (1.0, 1.5, " a ", None, True)] == ["1", "1.5", "a", "", "True"]
    assert as_date(datetime(1899, 12, 31)) is None
    assert as_date(date(2020, 2, 3)) == date(2020, 2, 3)
    assert as_date("2020-02-30") is None
    assert as_date(5) is None
    assert holds_calendar(52) is False
    assert holds_calendar(99999999) is False
    assert holds_calendar(None) is False
    assert holds_calendar("chart 2020.3") is True
    assert holds_calendar("1.5 mg, 10-20") is False


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dates(date(1990, 1, 1), date(2030, 12, 31)),
            st.integers(-60, 400),
            st.text("가나다홍길동 abc", min_size=4, max_size=12),
            st.integers(10_000_000, 99_999_999),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_date_name_or_number_survives_whatever_is_typed(people: list[tuple[date, int, str, int]]) -> None:
    heads = ["등록번호", "환자명", "입원일", "First RT-PCR", "Age"]
    rows = [[f"n{number}", name, day, day + timedelta(days=after), 52] for day, after, name, number in people]
    done = strip(heads, *rows, wishes=Wishes(number="등록번호", new=True))
    if done.problems:  # the same number twice, with two admission dates
        assert {problem.code for problem in done.problems} == {"two_admissions"}
        return
    left = cells(done)
    assert [row[4] for number, row in left.items() if number > 1] == [after for _, after, _, _ in people]
    text = text_of(done.data)
    for day, _, name, number in people:
        assert f"n{number}" not in text
        assert day.isoformat() not in text
        assert not name.strip() or f">{name.strip()}<" not in text
