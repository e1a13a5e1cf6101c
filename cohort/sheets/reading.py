"""From a workbook to its patients: who has which cells, and what is wrong with rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cohort import dictionary
from cohort.items import Dictionary, DictionaryError, Item, Label
from cohort.sheets.catalogue import boxes, catalogue, stamp
from cohort.values import JOINED, Finding
from cohort.wording import language
from deid.sheet import Catalogue, Layout, Sheet, SheetRefused, lay_out, message, open_book, plain
from deid.sheet.columns import HEADINGS_WITHIN, needs_code
from deid.sheet.opening import Book, Row, Unread, Value, cell_name
from deid.sheet.values import Key, as_key, as_text, holds_calendar
from registry.errors import Problem

SHOWN_CELLS = 8
FIRST_ROW = 4
TICKED, NOT_TICKED = ("1", "true", "checked", "yes"), ("0", "false", "unchecked", "no")


@dataclass(frozen=True)
class Place:
    """A cell of the workbook. `sheet` is its number, `sheet_name` what messages call it (English, Korean)."""

    sheet: int
    sheet_name: tuple[str, str]
    row: int
    column: int

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)

    def named(self, language: str) -> str:
        return f"{self.sheet_name[language.startswith('ko')]} {self.cell}"


@dataclass(frozen=True)
class Told:
    """Something to say about a cell. Severity "error" stops the import, "warning" does not."""

    place: Place
    finding: Finding
    item: Item | None = None

    @property
    def error(self) -> bool:
        return self.finding.severity == "error"


@dataclass
class Person:
    """One patient of the workbook: its key, where that stands, and its cells by item."""

    key: Key
    place: Place
    cells: dict[str, tuple[Value, Place]] = field(default_factory=dict)


@dataclass
class Read:
    """What a workbook holds: its patients in order, what is wrong with cells, fields that were not read."""

    dictionary: Dictionary
    people: list[Person] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    not_read: list[Item] = field(default_factory=list)
    other_stamp: bool = False


def read(data: bytes) -> Read:
    """Read a workbook. Raises Problem for one that is refused as a whole."""
    try:
        book = open_book(data)
        known = _dictionary(book)
        fields = catalogue(known)
        layouts, others = lay_out(book, fields)
        if others:
            raise SheetRefused("no_headings", sheet=others[0].name, rows=HEADINGS_WITHIN)
        _refuse_calendar([layout.sheet for layout in layouts])
        _refuse_unknown(layouts)
        needs_code(layouts, fields)
        found = Read(known, other_stamp=bool(book.stamp) and book.stamp != stamp(known))
        _Reader(found, layouts, fields).run()
        if not found.people and not found.told:
            raise SheetRefused("no_rows", row=FIRST_ROW)
    except SheetRefused as refused:
        raise Problem(refused.code, what=message(refused.code, refused.values, language())) from refused
    return found


def _dictionary(book: Book) -> Dictionary:
    """The dictionary whose template the workbook was; the current one when it carries no stamp."""
    if not book.stamp:
        return dictionary.get()
    try:
        return dictionary.get(book.stamp.split(" ")[0])
    except DictionaryError:
        raise Problem("other_template", current=dictionary.CURRENT) from None


def _refuse_calendar(sheets: list[Sheet]) -> None:
    cells = [
        Place(sheet.number, sheet.name, number, column).named(language())
        for sheet in sheets
        for number, row in sheet.rows.items()
        for column, value in row.items()
        if holds_calendar(value)
    ]
    if cells:
        raise Problem("sheet_has_dates", count=len(cells), cells=_some(cells))


def _refuse_unknown(layouts: list[Layout]) -> None:
    columns = [
        Place(layout.sheet.number, layout.sheet.name, layout.heading_row, number).named(language())
        for layout in layouts
        for number in layout.unknown
    ]
    columns += [
        Place(layout.sheet.number, layout.sheet.name, layout.heading_row, number).named(language())
        for layout in layouts
        for number, column in layout.columns.items()
        if column.kind == "admission" and any(number in row for row in layout.rows.values())
    ]
    if columns:
        raise Problem("sheet_has_unknown_columns", count=len(columns), cells=_some(columns))


def _some(cells: list[str]) -> str:
    more = len(cells) - SHOWN_CELLS
    shown = ", ".join(cells[:SHOWN_CELLS])
    return shown if more <= 0 else _("%(cells)s and %(more)d more") % {"cells": shown, "more": more}


class _Reader:
    """Goes through the rows of all sheets once."""

    def __init__(self, found: Read, layouts: list[Layout], fields: Catalogue) -> None:
        self.found = found
        self.layouts = layouts
        self.items = found.dictionary.items
        self.code = fields.column("code").name
        self.boxes = boxes(found.dictionary)
        self.people: dict[Any, Person] = {}
        self.seen: dict[tuple[int, Any], int] = {}

    def run(self) -> None:
        several = sum(
            any(self._answers(layout, row) for row in layout.rows.values()) for layout in self.layouts
        )
        for layout in self.layouts:
            for column in layout.columns.values():
                item = self.items.get(column.name)
                if column.kind == "not_read" and item and item not in self.found.not_read:
                    self.found.not_read.append(item)
            for number in sorted(layout.rows):
                self.row(layout, number, layout.rows[number], several > 1)
        self.found.people = [person for person in self.people.values() if person.cells]

    def row(self, layout: Layout, number: int, row: Row, several: bool) -> None:
        answers = self._answers(layout, row)
        place = Place(layout.sheet.number, layout.sheet.name, number, layout.code_column)
        value = row.get(layout.code_column)
        if value is None:
            if answers:
                self.tell(place, "no_code")
            return
        key = None if isinstance(value, Unread) else as_key(value)
        if key is None:
            self.tell(place, _unread(value) if isinstance(value, Unread) else "not_a_code")
            return
        if not answers:
            return
        if key.new and not key.number and several:
            self.tell(place, "new_needs_number")
            return
        who = key if key.code or key.number else (layout.sheet.number, number)
        before = self.seen.setdefault((layout.sheet.number, who), number)
        if before != number:
            first = Place(place.sheet, place.sheet_name, before, place.column)
            self.tell(place, "row_twice", other=Label(first.named("en"), first.named("ko")))
            return
        self.answers(self.people.setdefault(who, Person(key, place)), layout, number, answers)

    def answers(self, person: Person, layout: Layout, number: int, cells: Mapping[int, Value]) -> None:
        """Note the cells of one row; columns of single choices are joined to the answer that they make."""
        ticked: dict[str, list[tuple[str, Place]]] = {}
        for column, cell in cells.items():
            name = layout.columns[column].name
            place = Place(layout.sheet.number, layout.sheet.name, number, column)
            if name not in self.boxes:
                self.cell(person, self.items[name], place, cell)
                continue
            item, code = self.boxes[name]
            if isinstance(cell, Unread) or plain(as_text(cell)) not in (*TICKED, *NOT_TICKED):
                self.tell(place, "not_a_box", item, label=item.label)
            elif plain(as_text(cell)) in TICKED:
                ticked.setdefault(item.name, []).append((code, place))
        for name, found in ticked.items():
            self.cell(person, self.items[name], found[0][1], JOINED.join(code for code, _ in found))

    def cell(self, person: Person, item: Item, place: Place, value: Value) -> None:
        if isinstance(value, Unread):
            self.tell(place, _unread(value), item)
        elif item.name in person.cells and person.cells[item.name][0] != value:
            other = person.cells[item.name][1].named(language())
            self.tell(place, "two_values", item, label=item.label, other=other)
        else:
            person.cells.setdefault(item.name, (value, place))

    def tell(self, place: Place, code: str, item: Item | None = None, /, **values: Any) -> None:
        names = (item.name,) if item else ()
        self.found.told.append(Told(place, Finding(code, "error", names, values), item))

    def _answers(self, layout: Layout, row: Row) -> dict[int, Value]:
        return dict(_read_cells(layout, row))


def _read_cells(layout: Layout, row: Row) -> Iterator[tuple[int, Value]]:
    for column, value in row.items():
        known = layout.columns.get(column)
        if known is not None and known.kind in ("day", "answer", "text"):
            yield column, value


def _unread(value: Unread) -> str:
    return "formula" if value.kind == "formula" else "excel_error"
