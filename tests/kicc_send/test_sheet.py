"""The hospital's list: what is understood, and what is told row by row."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from kicc_send import sheet
from kicc_send.sheet import BadSheet

HEADS = ["folder", "subject", "admission"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("one", "two", "홍길동"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "inner").mkdir()
    return tmp_path


def workbook(place: Path, *rows: list[Any], name: str = "list.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = place / name
    book.save(path)
    return path


def text(place: Path, content: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = place / name
    path.write_bytes(content.encode(encoding))
    return path


def wrong(path: Path, language: str = "en") -> list[str]:
    with pytest.raises(BadSheet) as caught:
        sheet.read(path, language)
    return caught.value.sentences


def test_a_workbook_is_read(place: Path) -> None:
    path = workbook(
        place,
        ["Name of nobody", "Folder ", "SUBJECT", "Admission date", "one patient"],
        ["x", "one", "new", datetime(2020, 3, 2), None],
        [],
        ["y", str(place / "two"), " s03-0042-k ", "2020.3.5", "yes"],
    )
    first, second = sheet.read(path, "en")
    assert (first.number, first.folder, first.subject) == (2, place / "one", "new")
    assert (first.admission, first.one_patient) == (date(2020, 3, 2), False)
    assert (second.number, second.folder, second.subject) == (4, place / "two", "S03-0042-K")
    assert (second.admission, second.one_patient) == (date(2020, 3, 5), True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_as_korean_excel_writes_it(place: Path, encoding: str, separator: str) -> None:
    rows = [["폴더", "등록 코드", "입원일"], ["홍길동", "new", "20200302"]]
    path = text(place, "\r\n".join(separator.join(row) for row in rows), encoding)
    (row,) = sheet.read(path, "ko")
    assert (row.folder, row.admission) == (place / "홍길동", date(2020, 3, 2))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["none", "new", ""], "Row 2: the folder is not there"),
        (["", "new", ""], "Row 2: the folder is not there"),
        (["one", "", ""], "Row 2: the subject must be a code"),
        (["one", "42", ""], "Row 2: the subject must be a code"),
        (["one", "S03-0042-K-1", ""], "Row 2: the subject must be a code"),
        (["one", "new", "03/02/2020"], "Row 2: the admission must be a date"),
        (["one", "new", 43892], "Row 2: the admission must be a date"),
        (["one", "new", "2020-02-30"], "Row 2: the admission must be a date"),
        (["one", "new", "2011-12-31"], "Row 2: the admission must be a date"),
        (["one", "new", date(2999, 1, 1)], "Row 2: the admission must be a date"),
    ],
)
def test_a_wrong_cell_is_told(place: Path, values: list[Any], sentence: str) -> None:
    (said,) = wrong(workbook(place, HEADS, values))
    assert said.startswith(sentence)


def test_everything_wrong_is_told_at_once(place: Path) -> None:
    path = workbook(place, HEADS, ["none", "x", "y"], ["one", "new", ""], ["two", "z", ""])
    assert [said.partition(":")[0] for said in wrong(path)] == ["Row 2", "Row 2", "Row 2", "Row 4"]
    assert wrong(path, "ko")[0].startswith("2행: 폴더가 없습니다")


@pytest.mark.parametrize(("first", "second"), [("one", "one/inner"), ("one/inner", "one"), ("one", "./one")])
def test_no_folder_is_in_two_rows(place: Path, first: str, second: str) -> None:
    (said,) = wrong(workbook(place, HEADS, [first, "new", ""], [second, "new", ""]))
    assert "this folder, or one inside or around it, is also in row" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "names no folder"),
        ("folder,subject,admission\n", "names no folder"),
        ("folder,subject\none,new", 'no column "admission"'),
        ("folder,path,subject,admission\none,one,new,", 'both mean "folder"'),
    ],
)
def test_a_list_that_is_none(place: Path, content: str, sentence: str) -> None:
    (said,) = wrong(text(place, content))
    assert sentence in said


def test_what_is_no_sheet_is_said(place: Path) -> None:
    assert "must be an .xlsx or .csv" in wrong(text(place, "x", name="list.xls"))[0]
    assert "cannot be read" in wrong(text(place, "no archive", name="list.xlsx"))[0]
    (place / "bad.csv").write_bytes(b"folder\xff\xfe\x80")
    assert "cannot be read" in wrong(place / "bad.csv")[0]
    assert "cannot be read" in wrong(place / "not-there.csv")[0]


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(place: Path) -> None:
    path = place / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(201 << 20))
    assert path.stat().st_size < 1 << 20
    assert "larger than a list of patients can be" in wrong(path)[0]


def test_more_rows_than_a_cohort_has(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    rows = [["one", "new", ""], ["two", "new", ""], ["홍길동", "new", ""]]
    assert len(sheet.read(workbook(place, HEADS, *rows[:2]), "en")) == 2
    assert "larger than a list of patients" in wrong(workbook(place, HEADS, *rows))[0]
