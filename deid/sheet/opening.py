"""A workbook as rows of plain values, within the limits of ``scan``."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from deid.sheet.refusals import SheetRefused
from deid.sheet.scan import MAX_CELLS, MAX_MB, MAX_ROWS, SheetPart, is_text, scan

MAX_COLUMNS = 1000
STAMP = "KICC dictionary"
NUMBERED = re.compile(r"(?:Sheet|시트) ?(\d+)")


class Unread:
    """A cell whose content is no value: a formula, or an error that Excel shows in it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


FORMULA: Final = Unread("formula")
BROKEN: Final = Unread("error")
Value = str | int | float | bool | date | datetime | time | timedelta | Unread
Row = dict[int, Value]


@dataclass(frozen=True)
class Sheet:
    """A worksheet: `rows` by number, each a mapping of column numbers to values; blank cells are not in it.

    `number` counts from 1 as the tabs stand. `merged` are (first column, first row, last column, last row).
    """

    number: int
    title: str
    rows: dict[int, Row]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    named: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """How messages call it in English and Korean: by number, since a title may name somebody; by its
        title where it is `named`, at the hospital or for a section of the form.
        """
        if self.named:
            return self.title, self.title
        found = NUMBERED.fullmatch(self.title)
        number = int(found[1]) if found else self.number
        return _numbered(number)


@dataclass(frozen=True)
class Book:
    """A workbook: its sheets, the stamp of the template that it was made from ('' when it has none), what was
    left out of it (codes of `scan`, and "hidden_sheet").
    """

    sheets: tuple[Sheet, ...]
    stamp: str = ""
    left_out: tuple[str, ...] = ()


def open_book(data: bytes, *, at_hospital: bool = False) -> Book:
    """Read a workbook. Raises SheetRefused.

    At the hospital, macros, links and hidden sheets are left out and told; elsewhere they refuse the file,
    since what nobody sees should not have left. A text with commas, semicolons or tabs is a workbook of one
    sheet.
    """
    if is_text(data):
        return Book((read_csv(data, named=at_hospital),))
    scanned = scan(data)
    left_out = list(scanned.besides)
    if left_out and not at_hospital:
        raise SheetRefused(left_out[0])
    hidden = [number for number, part in enumerate(scanned.sheets, start=1) if part.hidden]
    if hidden and not at_hospital:
        raise SheetRefused("hidden_sheet", number=hidden[0])
    if hidden:
        left_out.append("hidden_sheet")
    for number, part in enumerate(scanned.sheets, start=1):
        if number not in hidden:
            _check_size(number, part)
    return _read(data, scanned.sheets, tuple(left_out), at_hospital)


def read_csv(data: bytes, *, named: bool) -> Sheet:
    """A text as a sheet: every cell is text. UTF-8, UTF-16 with its mark, or CP949. Raises SheetRefused."""
    if len(data) > MAX_MB << 20:
        raise SheetRefused("sheet_too_large", limit=MAX_MB)
    text = as_lines(data)
    mark = max(",;\t", key=text.split("\n", 1)[0].count)
    found: dict[int, Row] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=mark), start=1):
            row: Row = {place: cell.strip() for place, cell in enumerate(cells, start=1) if cell.strip()}
            if row:
                found[number] = row
    except csv.Error as error:
        raise SheetRefused("text_file") from error
    last, widest = max(found, default=0), max((max(row) for row in found.values()), default=0)
    _check_size(1, SheetPart("CSV", "", False, last, sum(map(len, found.values()))))
    if widest > MAX_COLUMNS:
        raise SheetRefused("too_wide", sheet=_numbered(1), column=letters(MAX_COLUMNS))
    return Sheet(1, "CSV", found, named=named)


def as_lines(data: bytes) -> str:
    """The text of a CSV, however Excel saved it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp949", errors="replace")


def _numbered(number: int) -> tuple[str, str]:
    return f"Sheet {number}", f"시트 {number}"


def _check_size(number: int, part: SheetPart) -> None:
    name = _numbered(number)
    if part.last_row > MAX_ROWS:
        raise SheetRefused("too_many_rows", sheet=name, row=part.last_row, limit=MAX_ROWS)
    if part.values > MAX_CELLS:
        raise SheetRefused("too_many_cells", sheet=name, limit=MAX_CELLS)


def _read(data: bytes, parts: list[SheetPart], left_out: tuple[str, ...], at_hospital: bool) -> Book:
    from openpyxl import load_workbook

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = tuple(_sheets(book, parts, at_hospital))
        stamp = str(next((p.value for p in book.custom_doc_props if p.name == STAMP), "") or "")
        book.close()
    except SheetRefused:
        raise
    except Exception as error:
        raise SheetRefused("damaged_workbook") from error
    return Book(sheets, stamp, left_out)


def _sheets(book: Any, parts: list[SheetPart], named: bool) -> Iterator[Sheet]:
    by_title = {sheet.title: sheet for sheet in book.worksheets}
    for number, part in enumerate(parts, start=1):
        sheet = by_title.get(part.title)
        if sheet is not None and not part.hidden:
            rows = _rows(number, sheet, part.last_row)
            yield Sheet(number, part.title, rows, _ranges(part.merged), named)


def _rows(number: int, sheet: Any, last: int) -> dict[int, Row]:
    if not last:
        return {}
    sheet.reset_dimensions()
    found: dict[int, Row] = {}
    for cells in sheet.iter_rows(min_row=1, max_row=last):
        row: Row = {}
        for cell in cells:
            if cell.value is None:
                continue
            value = _value(cell)
            if value == "":
                continue
            if cell.column > MAX_COLUMNS:
                raise SheetRefused("too_wide", sheet=_numbered(number), column=letters(MAX_COLUMNS))
            row[cell.column] = value
        if row:
            found[cell.row] = row
    return found


def _value(cell: Any) -> Value:
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return BROKEN
    value: Value = cell.value
    return value.strip() if isinstance(value, str) else value


def _ranges(merged: list[str]) -> tuple[tuple[int, int, int, int], ...]:
    from openpyxl.utils import range_boundaries

    return tuple(range_boundaries(text) for text in merged if ":" in text)


def letters(column: int) -> str:
    """A column's letters: 1 is A, 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_name(row: int, column: int) -> str:
    return f"{letters(column)}{row}"
