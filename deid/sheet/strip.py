"""The local step: a hospital's sheet becomes one that may leave.

Columns that the form does not have stay here. Dates become days counted from the admission date, which stays
too, and hospital numbers become codes of the registry by a list that stays. Sheets, rows and columns keep
their places, so that what the registry says of a cell is found in the hospital's sheet. When one cell cannot
be made safe, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

from deid.sheet.columns import Catalogue, Column, Layout, lay_out, needs_code, plain
from deid.sheet.opening import STAMP, Row, Unread, Value, cell_name, open_book
from deid.sheet.refusals import SheetRefused, message
from deid.sheet.values import Key, as_date, as_key, as_text, holds_calendar

FARTHEST_DAY = 3700
SHORTEST_ECHO = 2
FIRST_ROW = 3


@dataclass(frozen=True)
class Wishes:
    """What the person says of a sheet that is not the template.

    `admission`, `number`: headings of the columns with the admission date and the hospital number. `codes`:
    hospital number → registry code. `new`: a number that is not in `codes` is a new patient.
    """

    admission: str = ""
    number: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    new: bool = False


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be made safe."""

    code: str
    values: Mapping[str, Any]

    def message(self, language: str = "en") -> str:
        return message(self.code, self.values, language)


@dataclass(frozen=True)
class Dropped:
    """A column that stays here: its sheet (English, Korean), its first cell, its heading."""

    sheet: tuple[str, str]
    cell: str
    heading: str


@dataclass
class Stripped:
    """The new workbook (`data` is empty when there are problems) and what was done.

    `new`: hospital number → how the new patient is called in the workbook.
    """

    data: bytes = b""
    rows: int = 0
    dates: int = 0
    problems: list[Problem] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    new: dict[str, str] = field(default_factory=dict)


def strip_sheet(data: bytes, catalogue: Catalogue, wishes: Wishes | None = None) -> Stripped:
    """Make a workbook of what may leave. Raises SheetRefused for one that cannot be read at all."""
    wishes = wishes or Wishes()
    book = open_book(data, at_hospital=True)
    also = {}
    if wishes.admission:
        also[plain(wishes.admission)] = catalogue.column("admission")
    if wishes.number:
        also[plain(wishes.number)] = catalogue.column("code")
    layouts, others = lay_out(book, catalogue, also=also)
    if not layouts:
        raise SheetRefused("no_rows", row=FIRST_ROW)
    needs_code(layouts, catalogue)
    step = _Step(wishes, Stripped(left_out=book.left_out), _typed_new(layouts))
    for sheet in others:
        step.done.dropped.append(Dropped(sheet.name, "", ""))
    for layout in layouts:
        step.admissions_of(layout)
    sheets = {layout.sheet.number: step.rows_of(layout) for layout in layouts}
    if not step.done.rows and not step.done.problems:
        raise SheetRefused("no_rows", row=FIRST_ROW)
    if not step.done.problems:
        step.done.data = _workbook(layouts, sheets, catalogue)
    return step.done


class _Step:
    """One run over a workbook's sheets."""

    def __init__(self, wishes: Wishes, done: Stripped, typed_new: int) -> None:
        self.wishes = wishes
        self.done = done
        self.typed_new = typed_new
        self.admissions: dict[Key, date] = {}

    def admissions_of(self, layout: Layout) -> None:
        """Note the admission dates of a sheet, by patient."""
        column = _number(layout, "admission")
        if not column:
            return
        for number, row in layout.rows.items():
            value, key = row.get(column), self.key(layout, row)
            if value is None or key is None:
                continue
            day = as_date(value)
            if day is None:
                self.problem("not_a_date", layout, number, column)
            elif self.admissions.setdefault(_place(key, layout, number), day) != day:
                self.problem("two_admissions", layout, number, column)

    def rows_of(self, layout: Layout) -> dict[int, Row]:
        """The rows of a sheet as they may leave."""
        for number, heading in layout.unknown.items():
            self.done.dropped.append(
                Dropped(layout.sheet.name, cell_name(layout.heading_row, number), heading)
            )
        found = {}
        for number, row in layout.rows.items():
            if not any(column in row for column, kind in layout.columns.items() if kind.kind != "admission"):
                continue
            key = self.key(layout, row)
            if key is None:
                self.no_key(layout, number, row)
                continue
            found[number] = dict(self.cells(layout, number, row, key))
            self.done.rows += 1
        return found

    def key(self, layout: Layout, row: Row) -> Key | None:
        value = row.get(layout.code_column)
        if isinstance(value, Unread) or value is None:
            return None
        text = as_text(value)
        if code := self.wishes.codes.get(text) or self.wishes.codes.get(text.lstrip("0")):
            return as_key(code)
        key = as_key(value)
        if key is None and self.wishes.new:
            label = self.done.new.setdefault(text, f"new {self.typed_new + len(self.done.new) + 1}")
            return as_key(label)
        return key

    def no_key(self, layout: Layout, number: int, row: Row) -> None:
        value = row.get(layout.code_column)
        if value is None:
            if any(layout.columns[column].kind != "not_read" for column in row if column in layout.columns):
                self.problem("no_code", layout, number, layout.code_column)
            return
        code = value.kind if isinstance(value, Unread) else "not_in_list"
        self.problem(code, layout, number, layout.code_column)

    def cells(self, layout: Layout, number: int, row: Row, key: Key) -> Iterator[tuple[int, Value]]:
        """Cells of one row as they may leave; what may not is a problem."""
        admission = self.admissions.get(_place(key, layout, number))
        yield layout.code_column, key.code or f"new {key.number}".strip()
        for place, column in layout.columns.items():
            value = row.get(place)
            if value is None and column.period and admission:
                first, last = (date.fromisoformat(day) for day in column.period)
                yield place, 1 if first <= admission <= last else 0
            if value is None or column.kind in ("code", "admission", "not_read"):
                continue
            if isinstance(value, Unread):
                self.problem(value.kind, layout, number, place)
            elif column.kind == "day":
                if (day := self.day(layout, number, place, value, admission)) is not None:
                    yield place, day
            elif holds_calendar(value):
                self.problem("date_elsewhere", layout, number, place)
            elif column.kind == "text" and _echoes(as_text(value), layout, row):
                self.problem("names_somebody", layout, number, place)
            else:
                yield place, value

    def day(
        self, layout: Layout, number: int, place: int, value: Value, admission: date | None
    ) -> Value | None:
        """A day counted from admission, of a date or of the day itself."""
        if found := as_date(value):
            if admission is None:
                self.problem("no_admission", layout, number, place)
                return None
            self.done.dates += 1
            return (found - admission).days
        far = isinstance(value, int | float) and abs(value) > FARTHEST_DAY
        if far or isinstance(value, date | time | timedelta) or holds_calendar(value):
            self.problem("no_day", layout, number, place)
            return None
        return value

    def problem(self, code: str, layout: Layout, row: int, column: int) -> None:
        field = layout.columns[column].label
        values = {"sheet": layout.sheet.name, "cell": cell_name(row, column), "row": row, "field": field}
        self.done.problems.append(Problem(code, values))


def _place(key: Key, layout: Layout, row: int) -> Key:
    """A key under which the patient is met again; a new one without a number is met in its own row alone."""
    return key if key.code or key.number else Key(number=f"{layout.sheet.number}:{row}")


def _typed_new(layouts: list[Layout]) -> int:
    """The highest number of a new patient that somebody typed."""
    keys = (as_key(row.get(layout.code_column)) for layout in layouts for row in layout.rows.values())
    return max((int(key.number or 0) for key in keys if key and key.new), default=0)


def _number(layout: Layout, kind: str) -> int:
    return next((number for number, column in layout.columns.items() if column.kind == kind), 0)


def _echoes(text: str, layout: Layout, row: Row) -> bool:
    """Whether a free text repeats what a column that stays here holds in the same row."""
    here = (as_text(row[number]) for number in layout.unknown if number in row)
    code = as_text(row.get(layout.code_column))
    words = {
        word for value in (*here, code) for word in (value, *value.split()) if len(word) >= SHORTEST_ECHO
    }
    return any(
        plain(word) in plain(text) for word in words if not word.isdigit() or len(word) > SHORTEST_ECHO
    )


def _workbook(layouts: list[Layout], sheets: Mapping[int, Mapping[int, Row]], catalogue: Catalogue) -> bytes:
    """The workbook, with nothing in it but the cells; titles that are not the template's become numbers."""
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty

    book = Workbook(write_only=True)
    for layout in layouts:
        section = plain(layout.sheet.title) in catalogue.sections
        title = layout.sheet.title if section else f"Sheet {layout.sheet.number}"
        sheet = book.create_sheet(title)
        rows: dict[int, Row] = {
            row: {number: text for number, text in texts.items() if _leaves(layout.columns[number])}
            for row, texts in layout.headings.items()
        }
        rows |= sheets[layout.sheet.number]
        for number in range(1, max(rows) + 1):
            row = rows.get(number, {})
            sheet.append([_cell(sheet, row.get(place)) for place in range(1, max(row, default=0) + 1)])
    book.custom_doc_props.append(StringProperty(name=STAMP, value=catalogue.stamp))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _leaves(column: Column) -> bool:
    return column.kind not in ("admission", "not_read")


def _cell(sheet: Any, value: Value | None) -> Any:
    """Text stays text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value))
    cell.data_type = "s"
    return cell
