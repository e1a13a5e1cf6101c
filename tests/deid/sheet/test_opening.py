"""Files that somebody may choose: read within limits, or refused with a code and a sentence."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.packaging.custom import StringProperty

from deid.sheet import REFUSALS, SheetRefused, message, open_book
from deid.sheet.opening import BROKEN, FORMULA, MAX_COLUMNS, STAMP, cell_name, letters
from deid.sheet.refusals import PROBLEMS
from deid.sheet.scan import MAX_CELLS, MAX_MB, MAX_PARTS, MAX_ROWS, PIECE
from tests.deid.sheet import make

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = make.sheet(["Subject ID", "Age"], ["S03-0001-U", 52])


def refused(data: bytes, **options: bool) -> str:
    with pytest.raises(SheetRefused) as caught:
        open_book(data, **options)
    assert message(caught.value.code, caught.value.values).endswith(".")
    assert message(caught.value.code, caught.value.values, "ko").endswith(".")
    return caught.value.code


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


def with_flag(data: bytes) -> bytes:
    """Every entry of the archive marked as encrypted."""
    found = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + place] |= 1
            at = found.find(mark, at + 1)
    return bytes(found)


def hidden(state: str) -> bytes:
    book = Workbook()
    book.active.append(["Subject ID", "Age"])
    book.create_sheet("raw").append(["홍길동"])
    book["raw"].sheet_state = state
    return make.saved(book)


def bent_in(part: str, before: bytes, after: bytes) -> bytes:
    return make.bent(GOOD, change={part: (before, after)})


def under(rows: bytes) -> bytes:
    """The good sheet with more rows under its own."""
    return bent_in(make.PART, b"</sheetData>", rows + b"</sheetData>")


def bomb() -> bytes:
    """Half a gigabyte of blanks in one part."""
    return make.bent(GOOD, add={"xl/media/image1.xml": b" " * (1 << 20) * 100}, without=())


def lying_bomb() -> bytes:
    """A part whose size in the archive's directory is less than what comes out of it."""
    data = bytearray(make.bent(GOOD, add={"xl/extra.xml": b"<a>" + b" " * 5_000_000}))
    at = data.rfind(b"xl/extra.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 10)
    return bytes(data)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty_file"),
    "text in one cell": (lambda: b"code,age\n" + b"a" * 200_000, "text_file"),
    "long text": (lambda: b"code,age\n" + b"1,2\n" * (MAX_ROWS + 1), "too_many_rows"),
    "wide text": (lambda: b"code" + b",1" * MAX_COLUMNS, "too_wide"),
    "large text": (lambda: b"1,2\n" * (MAX_MB << 18) + b"1", "sheet_too_large"),
    "page": (lambda: b"<html><table></table></html>", "other_format"),
    "old XML": (lambda: b'<?xml version="1.0"?><Workbook/>', "other_format"),
    "PDF": (lambda: b"%PDF-1.7", "other_format"),
    "image": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "other_format"),
    "xls": (lambda: OLE + b"\0" * 600, "old_workbook"),
    "password": (lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked_workbook"),
    "encrypted archive": (lambda: with_flag(GOOD), "locked_workbook"),
    "xlsb": (lambda: archive({"xl/workbook.bin": b""}), "binary_workbook"),
    "docx": (lambda: archive({"word/document.xml": b"<a/>"}), "other_format"),
    "ods": (lambda: archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "other_format"),
    "cut": (lambda: GOOD[:-200], "damaged_workbook"),
    "only a beginning": (lambda: b"PK\x03\x04rest", "damaged_workbook"),
    "no relations": (lambda: make.bent(GOOD, without=["xl/_rels/workbook.xml.rels"]), "damaged_workbook"),
    "no sheet part": (lambda: make.bent(GOOD, without=[make.PART]), "damaged_workbook"),
    "no types": (lambda: make.bent(GOOD, without=["[Content_Types].xml"]), "damaged_workbook"),
    "broken XML": (lambda: make.bent(GOOD, change={make.PART: (b"</row>", b"</rwo>")}), "damaged_workbook"),
    "broken workbook": (lambda: bent_in("xl/workbook.xml", b"<sheets>", b""), "damaged_workbook"),
    "entities": (
        lambda: bent_in(make.PART, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
        "damaged_workbook",
    ),
    "entities in the workbook": (
        lambda: bent_in("xl/workbook.xml", b"<workbook", b"<!DOCTYPE a><workbook"),
        "damaged_workbook",
    ),
    "entities in the relations": (
        lambda: bent_in("xl/_rels/workbook.xml.rels", b"<Relationships", b"<!DOCTYPE a><Relationships"),
        "damaged_workbook",
    ),
    "XML in UTF-16": (
        lambda: make.bent(GOOD, add={"xl/odd.xml": "<a/>".encode("utf-16")}),
        "damaged_workbook",
    ),
    "strict": (
        lambda: make.bent(
            GOOD,
            change={
                "xl/workbook.xml": (
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            },
        ),
        "strict_workbook",
    ),
    "bomb": (bomb, "swollen_workbook"),
    "lying bomb": (lying_bomb, "damaged_workbook"),
    "two hundred megabytes": (
        lambda: make.bent(GOOD, add={f"xl/{n}.xml": bytes(range(256)) * (1 << 14) for n in range(40)}),
        "swollen_workbook",
    ),
    "too many parts": (
        lambda: make.bent(GOOD, add={f"xl/{n}.xml": b"<a/>" for n in range(MAX_PARTS)}),
        "swollen_workbook",
    ),
    "macros": (lambda: make.bent(GOOD, add={"xl/vbaProject.bin": b"x"}), "macros"),
    "macros by type": (
        lambda: bent_in("[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "links": (lambda: make.bent(GOOD, add={"xl/externalLinks/externalLink1.xml": b"<a/>"}), "external_links"),
    "embedded file": (lambda: make.bent(GOOD, add={"xl/embeddings/oleObject1.bin": b"x"}), "embedded"),
    "connection": (lambda: make.bent(GOOD, add={"xl/connections.xml": b"<a/>"}), "embedded"),
    "hidden sheet": (lambda: hidden("hidden"), "hidden_sheet"),
    "very hidden sheet": (lambda: hidden("veryHidden"), "hidden_sheet"),
    "a value far below": (
        lambda: under(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        "too_many_rows",
    ),
    "a value far right": (lambda: under(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'), "too_wide"),
}


@pytest.mark.parametrize("name", FILES)
def test_odd_files_are_refused_with_a_sentence(name: str) -> None:
    build, code = FILES[name]
    data = build()
    started = time.monotonic()
    assert refused(data) == code
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "data",
    [
        "코드,나이\nS03-0001-U,52\n".encode(),
        "코드;나이\r\nS03-0001-U; 52\r\n".encode("utf-8-sig"),
        "코드\t나이\n\nS03-0001-U\t52\n".encode("utf-16"),
        '코드,나이\n"S03-0001-U","52",,\n'.encode("cp949"),
    ],
)
def test_a_text_is_a_workbook_of_one_sheet(data: bytes) -> None:
    (sheet,) = open_book(data).sheets
    assert list(sheet.rows.values()) == [{1: "코드", 2: "나이"}, {1: "S03-0001-U", 2: "52"}]
    assert sheet.name == ("Sheet 1", "시트 1")
    assert open_book(data, at_hospital=True).sheets[0].name == ("CSV", "CSV")


def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as target:
        target.writestr(make.PART, b"<a/>")
    assert refused(out.getvalue()) == "damaged_workbook"


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    assert refused(b"PK\x03\x04" + b"\0" * (MAX_MB << 20)) == "sheet_too_large"


def test_too_many_cells() -> None:
    cells = [b"<c><v>%d</v></c>" % (n * 7919 % 100_003) for n in range(MAX_CELLS + 1)]
    rows = b'<row r="3">' + b"".join(cells) + b"</row>"
    assert refused(under(rows)) == "too_many_cells"


def test_a_million_empty_rows_cost_nothing() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 1_000_003))
    data = under(rows)
    started = time.monotonic()
    book = open_book(data)
    assert list(book.sheets[0].rows) == [1, 2]
    assert time.monotonic() - started < 20


def test_rows_without_numbers_and_marks_across_pieces() -> None:
    filler = b" " * 300
    rows = b"".join(b"<row%s><c><v>%d</v></c></row>" % (filler, n) for n in range(MAX_ROWS - 4))
    assert len(rows) > PIECE
    data = under(rows)
    rows_read = open_book(data).sheets[0].rows
    assert rows_read[MAX_ROWS - 2][1] == MAX_ROWS - 5


def test_at_the_hospital_what_is_besides_cells_is_left_out_and_told() -> None:
    data = make.bent(hidden("hidden"), add={"xl/vbaProject.bin": b"x", "xl/externalLinks/a.xml": b"<a/>"})
    book = open_book(data, at_hospital=True)
    assert book.left_out == ("macros", "external_links", "hidden_sheet")
    assert [sheet.title for sheet in book.sheets] == ["Sheet"]


def test_values_as_they_are() -> None:
    day = datetime(2020, 3, 5)
    book = Workbook()
    book.active.append([" text ", 1, 1.5, True, day, "=A1", "#N/A", "  ", None])
    book.active["G1"].data_type = "e"
    book.active.merge_cells("A3:B4")
    book.custom_doc_props.append(StringProperty(name=STAMP, value="test-1 abc"))
    opened = open_book(make.saved(book))
    assert opened.stamp == "test-1 abc"
    assert opened.sheets[0].rows == {1: {1: "text", 2: 1, 3: 1.5, 4: True, 5: day, 6: FORMULA, 7: BROKEN}}
    assert opened.sheets[0].merged == ((1, 3, 2, 4),)
    assert (repr(FORMULA), repr(BROKEN)) == ("<formula>", "<error>")


def test_a_sheet_without_cells_and_a_chart_sheet() -> None:
    book = Workbook()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=3))
    book.create_chartsheet("chart").add_chart(chart)
    assert [sheet.rows for sheet in open_book(make.saved(book)).sheets] == [{}]


def test_sheets_are_named_by_number_unless_they_are_known() -> None:
    book = Workbook()
    book.active.title = "홍길동"
    book.create_sheet("Sheet 7")
    data = make.saved(book)
    assert [sheet.name for sheet in open_book(data).sheets] == [("Sheet 1", "시트 1"), ("Sheet 7", "시트 7")]
    assert open_book(data, at_hospital=True).sheets[0].name == ("홍길동", "홍길동")


def test_cells_have_letters() -> None:
    assert [letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
    assert cell_name(4, 28) == "AB4"


def test_every_refusal_has_both_languages() -> None:
    for code, texts in {**REFUSALS, **PROBLEMS}.items():
        assert set(texts) == {"en", "ko"}, code
        assert any("가" <= letter <= "힣" for letter in texts["ko"]), code
        assert not any("가" <= letter <= "힣" for letter in texts["en"]), code
    with pytest.raises(ValueError, match="unknown"):
        SheetRefused("made_up")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_ends_in_a_workbook_or_a_refusal(data: st.DataObject) -> None:
    bytes_ = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        bytes_[data.draw(st.integers(0, len(bytes_) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(bytes_)))
    with suppress(SheetRefused):
        open_book(bytes(bytes_[:cut] if data.draw(st.booleans()) else bytes_))


def test_deid_is_imported_without_openpyxl(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys; sys.modules['openpyxl'] = None; import deid, deid.cli, deid.sheet, deid.sheet.strip"
    subprocess.run([sys.executable, "-c", code], check=True)
