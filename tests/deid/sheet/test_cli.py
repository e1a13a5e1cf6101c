"""``python -m deid sheet`` as a coordinator types it, and the same step as the page calls it."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from deid.cli import main
from deid.sheet import SheetRefused, browser, open_book
from deid.sheet.codes import read_codes
from deid.sheet.opening import STAMP
from deid.sheet.template import catalogue_of, rows
from tests.deid.sheet import make

DAY = datetime(2020, 3, 5)
CODE = "S03-0001-U"


def template(*, fields: bool = True) -> bytes:
    book = Workbook()
    book.active.append(["Subject ID", "Age"])
    if fields:
        sheet = book.create_sheet("Fields")
        for row in rows(make.CATALOGUE):
            sheet.append(row)
        sheet.append(["odd", "unknown kind"])
    book.custom_doc_props.append(StringProperty(name=STAMP, value=make.CATALOGUE.stamp))
    return make.saved(book)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "template.xlsx").write_bytes(template())
    own = make.sheet(
        ["등록번호", "환자명", "입원일", "Age", "First RT-PCR"],
        ["00123456", "홍길동", DAY, 52, date(2020, 3, 2)],
        ["77", "김철수", DAY, 53, DAY],
    )
    (tmp_path / "in.xlsx").write_bytes(own)
    (tmp_path / "codes.csv").write_text(f"번호,코드\n00123456,{CODE}\n\n", "cp949")
    return tmp_path


def run(place: Path, *more: str | Path) -> int:
    arguments = ["sheet", place / "in.xlsx", place / "out.xlsx", *more]
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1


def test_a_hospital_s_sheet_becomes_one_that_may_leave(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [
        "--template",
        place / "template.xlsx",
        "--number-column",
        "등록번호",
        "--codes",
        place / "codes.csv",
    ]
    assert run(place, *given) == 1
    out = capsys.readouterr().out
    assert "Sheet1, A3: this hospital number is not in your list" in out
    assert "1 cells to mend first; nothing was written." in out
    assert not (place / "out.xlsx").exists()
    new, report = place / "new.csv", place / "report.json"
    assert run(place, *given, "--new", new, "--report", report, "--language", "ko") == 0
    assert open_book((place / "out.xlsx").read_bytes()).sheets[0].rows == {
        1: {1: "subject_id", 4: "Age", 5: "First RT-PCR"},
        2: {1: CODE, 4: 52, 5: -3},
        3: {1: "new 1", 4: 53, 5: 0},
    }
    assert list(csv.reader(new.read_text("utf-8-sig").splitlines())) == [["77", "new 1"]]
    told = json.loads(report.read_text("utf-8"))
    assert told == {
        "rows": 2,
        "dates": 2,
        "new": 1,
        "left_out": [],
        "dropped": [{"sheet": "Sheet1", "cell": "B1", "heading": "환자명"}],
        "problems": [],
    }
    assert "홍길동" not in report.read_text("utf-8")
    assert "stays here: Sheet1 B1 환자명" in capsys.readouterr().out


def test_a_filled_template_needs_no_other(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(template()))
    book.active.append([CODE, 52])
    book.create_sheet("secret").sheet_state = "hidden"
    (place / "in.xlsx").write_bytes(make.saved(book))
    assert run(place) == 0
    assert "left out: hidden_sheet" in capsys.readouterr().out


def test_many_problems_are_cut_short(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = [[CODE, "=1"] for _ in range(60)]
    (place / "in.xlsx").write_bytes(make.sheet(["Subject ID", "Age"], *many))
    assert run(place, "--template", place / "template.xlsx") == 1
    assert "… and 10 more" in capsys.readouterr().out


def test_usage_errors(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place) == 2
    assert "--template: IN is not a template" in capsys.readouterr().err
    form, own = place / "template.xlsx", place / "in.xlsx"
    given = ["--template", form, "--number-column", "등록번호", "--new", place / "new.csv"]
    assert main([str(part) for part in ("sheet", own, place / "no" / "out.xlsx", *given)]) == 1
    assert "Cannot read or write" in capsys.readouterr().err
    assert run(place, "--template", place / "codes.csv") == 1
    assert "Download it from the registry again" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["sheet", str(place / "in.xlsx"), str(place / "in.xlsx")])
    assert stop.value.code == 2
    (place / "codes.csv").write_text("77\n")
    assert run(place, "--codes", place / "codes.csv") == 2
    (place / "codes.csv").write_text(f"77,{CODE}\n78\n")
    assert run(place, "--codes", place / "codes.csv") == 1
    assert "Line 2 of the list of codes" in capsys.readouterr().err


def test_a_list_of_codes() -> None:
    assert read_codes(b"") == {}
    assert read_codes(f"\ufeff007;{CODE}\r\n".encode()) == {"007": CODE, "7": CODE}
    assert read_codes(f"number\tcode\n7\t{CODE}\n7\t{CODE}".encode()) == {"7": CODE}
    with pytest.raises(SheetRefused) as caught:
        read_codes(f"7,{CODE}\n07,S03-0002-E".encode())
    assert (caught.value.code, caught.value.values) == ("code_list_twice", {"line": 2})


def test_a_template_must_list_its_fields() -> None:
    assert catalogue_of(template()) == make.CATALOGUE
    with pytest.raises(SheetRefused, match="template_lacks_columns"):
        catalogue_of(template(fields=False))
    book = Workbook()
    for row in list(rows(make.CATALOGUE))[:2]:
        book.active.append(row)
    with pytest.raises(SheetRefused, match="template_lacks_columns"):
        catalogue_of(make.saved(book))


def test_the_page_calls_the_same_step(place: Path) -> None:
    data = (place / "in.xlsx").read_bytes()
    form = template()
    assert browser.headings(data, form) == ["등록번호", "환자명"]
    assert browser.headings(b"", form) == []
    refused = browser.answer(data, form, "", "", b"", False, "ko")
    assert refused["code"] == "no_code_column"
    assert "환자 코드 열이 없습니다" in refused["message"]
    told = browser.answer(data, form, "", "등록번호", f"00123456,{CODE}".encode(), True, "en")
    assert (told["called"], told["dates"], told["problems"]) == ([("77", "new 1")], 2, [])
    assert open_book(told["data"]).sheets[0].rows[2][5] == -3


def test_a_browser_without_memory(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(browser, "strip_sheet", none_left)
    told = browser.answer(b"", template(), "", "", b"", False, "en")
    assert told["code"] == "sheet_too_large"
