"""Which column is which: headings by name, label, other name and unit, in both languages and any width."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook

from deid.sheet import Catalogue, Column, Layout, SheetRefused, lay_out, open_book
from deid.sheet.columns import needs_code, plain, plain_unit
from tests.deid.sheet import make

CODE = "S03-0001-U"


def laid(*rows: list[Any], title: str = "Sheet1") -> Layout:
    layouts, others = lay_out(open_book(make.sheet(*rows, title=title)), make.CATALOGUE)
    assert others == []
    return layouts[0]


def named(layout: Layout) -> dict[int, str]:
    return {number: column.name for number, column in layout.columns.items()}


def refused(*rows: list[Any]) -> tuple[str, dict[str, Any]]:
    with pytest.raises(SheetRefused) as caught:
        laid(*rows)
    return caught.value.code, caught.value.values


@pytest.mark.parametrize(
    "heading",
    [
        "age_yr",
        "AGE",
        "Age",
        "연령",
        "연 령",
        "나이 *",
        "Ａｇｅ",
        "Age (years)",
        "나이(세)",
        "Age [yr]",
        "Age ()",
        "연령\n(세)",
    ],
)
def test_a_heading_may_be_written_in_many_ways(heading: str) -> None:
    assert named(laid(["Subject ID", heading], [CODE, 52])) == {1: "subject_id", 2: "age_yr"}


@pytest.mark.parametrize("heading", ["WBC (/μL)", "WBC (/µL)", "백혈구(/㎕)", "WBC (/ uL)", "WBC (/mm3)"])
def test_the_micro_sign_has_many_spellings(heading: str) -> None:
    assert named(laid(["Subject ID", heading], [CODE, 5000]))[2] == "lab_wbc"
    assert plain_unit("10^3/µL") == "103/ul"
    assert plain("Ａ b*") == "ab"


def test_another_unit_is_refused_and_not_converted() -> None:
    code, values = refused(["Subject ID", "CRP (mg/L)"], [CODE, 5])
    assert (code, values["cells"], values["unit"]) == ("other_unit", "B1", ("mg/dL", "mg/dL"))


def test_what_fits_nothing_is_unknown_and_told_with_its_heading() -> None:
    layout = laid(
        ["Subject ID", "Age", "환자명", None, "Ward (A)", "empty"],
        [CODE, 52, "홍길동", "x", 3, None],
    )
    assert layout.unknown == {3: "환자명", 4: "", 5: "Ward (A)"}


def test_headings_may_stand_below_a_title_and_in_two_rows() -> None:
    layout = laid(
        ["COVID-19 patients of our hospital"],
        [],
        ["대상자 번호", "연령", "재원 일수", "Own"],
        ["subject_id", "age_yr", "los", None],
        [CODE, 52, 4, "x"],
    )
    assert (layout.heading_row, layout.code_column) == (4, 1)
    assert layout.headings == {
        3: {1: "대상자 번호", 2: "연령", 3: "재원 일수"},
        4: {1: "subject_id", 2: "age_yr", 3: "los"},
    }
    assert layout.unknown == {4: "Own"}
    assert list(layout.rows) == [5]


def test_a_number_among_the_headings_is_none() -> None:
    assert named(laid(["Subject ID", 2020, "Age"], [CODE, None, 52])) == {1: "subject_id", 3: "age_yr"}


def test_a_column_twice_is_refused_but_not_one_that_nobody_reads() -> None:
    code, values = refused(["Subject ID", "Age", "나이"], [CODE, 52, 52])
    assert (code, values["cells"]) == ("column_twice", "B1, C1")
    assert named(laid(["Subject ID", "los", "재원 일수"], [CODE, 4, 4]))[3] == "los"


def merged(*ranges: str) -> bytes:
    book = Workbook()
    book.active.append(["Subject ID", "Age", None])
    book.active.append([None, None, "CRP"])
    book.active.append([CODE, 52, 1])
    book.active.append(["S03-0002-E", 53, 2])
    for one in ranges:
        book.active.merge_cells(one)
    return make.saved(book)


def test_headings_merged_downwards_count_in_each_row() -> None:
    layouts, _ = lay_out(open_book(merged("A1:A2", "B1:B2")), make.CATALOGUE)
    assert named(layouts[0]) == {1: "subject_id", 2: "age_yr", 3: "lab_crp"}
    assert list(layouts[0].rows) == [3, 4]


@pytest.mark.parametrize(
    ("ranges", "code", "cells"),
    [(("B1:C1",), "column_twice", "B1, C1"), (("A3:A4",), "merged_cells", "A3:A4")],
)
def test_other_merged_cells_are_refused(ranges: tuple[str, ...], code: str, cells: str) -> None:
    book = Workbook()
    book.active.append(["Subject ID", "Age", None])
    book.active.append(["S03-0001-U", 52, 1])
    book.active.append(["S03-0002-E", 53, 2])
    book.active.append(["S03-0003-N", 53, 2])
    for one in ranges:
        book.active.merge_cells(one)
    with pytest.raises(SheetRefused) as caught:
        lay_out(open_book(make.saved(book)), make.CATALOGUE)
    assert (caught.value.code, caught.value.values["cells"]) == (code, cells)


def test_merged_cells_without_a_value_and_far_below_do_not_matter() -> None:
    layouts, _ = lay_out(open_book(merged("D5:E6", "A30:B31")), make.CATALOGUE)
    assert len(layouts[0].rows) == 2


def test_fields_that_are_called_alike_are_told_apart_by_their_sheet() -> None:
    assert named(laid(["Subject ID", "Exam day"], [CODE, 1], title="검사"))[2] == "lab_day"
    assert named(laid(["Subject ID", "Exam day"], [CODE, 1], title="RT-PCR"))[2] == "day"
    assert named(laid(["Subject ID", "Exam day"], [CODE, 1]))[2] == "day"


def test_a_field_that_is_read_comes_before_one_that_is_not() -> None:
    twice = Catalogue(
        (
            Column("img_day", "not_read", ("Day", "날")),
            Column("lab_day", "day", ("Day", "날")),
            Column("subject_id", "code", ("Code", "코드")),
        )
    )
    layouts, _ = lay_out(open_book(make.sheet(["Code", "Day"], [CODE, 1])), twice)
    assert named(layouts[0])[2] == "lab_day"


def test_sheets_of_the_template_are_passed_over_and_others_told() -> None:
    book = Workbook()
    book.active.title = "Read me"
    book.active.append(["anything"])
    book.create_sheet("notes").append(["phone list"])
    book.create_sheet("empty")
    layouts, others = lay_out(open_book(make.saved(book)), make.CATALOGUE)
    assert layouts == []
    assert [sheet.title for sheet in others] == ["notes"]


def test_a_sheet_must_say_whose_answers_it_holds() -> None:
    layouts, _ = lay_out(open_book(make.sheet(["Age"], [52])), make.CATALOGUE)
    with pytest.raises(SheetRefused) as caught:
        needs_code(layouts, make.CATALOGUE)
    assert caught.value.code == "no_code_column"
    layouts, _ = lay_out(open_book(make.sheet(["Age", "code"], [52, CODE])), make.CATALOGUE, also={
        "code": make.CATALOGUE.column("code")})  # fmt: skip
    needs_code(layouts, make.CATALOGUE)
    assert layouts[0].headings == {1: {1: "Age", 2: "subject_id"}}
