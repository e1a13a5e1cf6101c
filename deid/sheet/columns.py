"""Which column is which field: headings in English and Korean, names, other names, units.

A heading fits when it is the same text but for case, width and spaces; what stands behind it in brackets is
then compared with the field's unit. A heading that fits nothing is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from deid.sheet.opening import Book, Row, Sheet, cell_name, letters
from deid.sheet.refusals import SheetRefused

HEADINGS_WITHIN = 20
Kind = Literal["code", "admission", "day", "answer", "text", "not_read"]
BRACKETS = re.compile(r"(.+?)[(\[]([^()\[\]]*)[)\]]", re.DOTALL)


def plain(text: str) -> str:
    """A heading for comparison: no spaces, one width, small letters."""
    return re.sub(r"[\s*※]+", "", unicodedata.normalize("NFKC", text)).casefold()


def plain_unit(text: str) -> str:
    """A unit for comparison; the micro sign, however it was typed, is `u`."""
    return plain(text).replace("μ", "u").replace("·", "").replace("^", "")


@dataclass(frozen=True)
class Column:
    """A field of the form as a column.

    `label` and `unit` are (English, Korean); `headings` and `units` other names of both; `sheets` the titles
    under which its section goes; `period` the first and last admission for which its answer is yes.
    Kinds: the patient's code; the admission date, which never leaves; a day from admission; an answer; an
    answer in free text; a field that is computed or comes from elsewhere and is not read.
    """

    name: str
    kind: Kind
    label: tuple[str, str]
    unit: tuple[str, str] = ("", "")
    headings: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    period: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """The fields that a workbook may bring; `helpers` are titles of sheets that hold no answers."""

    columns: tuple[Column, ...]
    helpers: tuple[str, ...] = ()
    stamp: str = ""

    @cached_property
    def by_heading(self) -> Mapping[str, list[Column]]:
        found: dict[str, list[Column]] = defaultdict(list)
        for column in self.columns:
            for text in dict.fromkeys(plain(t) for t in (column.name, *column.label, *column.headings)):
                found[text].append(column)
        return found

    @cached_property
    def sections(self) -> frozenset[str]:
        """Titles of the form's sections, for comparison."""
        return frozenset(plain(title) for column in self.columns for title in column.sheets)

    def column(self, kind: Kind) -> Column:
        return next(column for column in self.columns if column.kind == kind)

    def find(self, heading: str, sheet: str) -> tuple[Column | None, bool]:
        """The field of a heading, and whether the unit behind it is that field's."""
        if column := self._of(plain(heading), sheet):
            return column, True
        found = BRACKETS.fullmatch(unicodedata.normalize("NFKC", heading).strip())
        column = self._of(plain(found[1]), sheet) if found else None
        if found is None or column is None:
            return None, True
        units = {plain_unit(unit) for unit in (*column.unit, *column.units) if unit}
        return column, not units or plain_unit(found[2]) in units or not found[2].strip()

    def _of(self, text: str, sheet: str) -> Column | None:
        """Of several fields called alike, that of the sheet's section; else the first that is read."""
        found = self.by_heading.get(text, [])
        here = [column for column in found if plain(sheet) in map(plain, column.sheets)]
        read = [column for column in found if column.kind != "not_read"]
        return next(iter(here or read or found), None)


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out: the headings that fit, by row and column; fields by column; unknown columns
    that hold values, with their heading; the rows under the headings.
    """

    sheet: Sheet
    headings: Mapping[int, Mapping[int, str]]
    columns: Mapping[int, Column]
    unknown: Mapping[int, str]
    rows: Mapping[int, Row] = field(default_factory=dict)

    @property
    def heading_row(self) -> int:
        """The last row of headings."""
        return max(self.headings)

    @property
    def code_column(self) -> int:
        return next(number for number, column in self.columns.items() if column.kind == "code")


def lay_out(
    book: Book, catalogue: Catalogue, *, also: Mapping[str, Column] | None = None
) -> tuple[list[Layout], list[Sheet]]:
    """The layout of every sheet with answers, and the sheets that hold something else.

    `also` maps further headings (as `plain` makes them) to fields. Sheets without values and the template's
    own are passed over. Raises SheetRefused.
    """
    helpers = {plain(title) for title in catalogue.helpers}
    layouts, others = [], []
    for sheet in book.sheets:
        if not sheet.rows or plain(sheet.title) in helpers:
            continue
        sheet = replace(sheet, named=sheet.named or plain(sheet.title) in catalogue.sections)
        layout = _layout(sheet, catalogue, also or {})
        if layout is None:
            others.append(sheet)
        else:
            layouts.append(layout)
    return layouts, others


def _layout(sheet: Sheet, catalogue: Catalogue, also: Mapping[str, Column]) -> Layout | None:
    top = _unmerged(sheet)
    fits = {number: _fits(row, sheet, catalogue, also) for number, row in top.items()}
    best = max(fits, key=lambda number: (len(fits[number]), number), default=0)
    if not best or not fits[best]:
        return None
    block = _block(best, fits, top)
    columns: dict[int, Column] = {}
    for row in block:
        for number, (column, same_unit) in fits[row].items():
            if not same_unit:
                raise SheetRefused(
                    "other_unit",
                    sheet=sheet.name, cells=cell_name(row, number), field=column.label, unit=column.unit,
                )  # fmt: skip
            columns[number] = column
    _check_once(sheet, best, columns)
    last = max(block)
    rows = {number: row for number, row in sheet.rows.items() if number > last}
    _check_merged(sheet, last)
    unknown = {
        number: next(
            (str(top[r][number]) for r in sorted(top, reverse=True) if r <= last and number in top[r]), ""
        )
        for number in sorted({number for row in rows.values() for number in row} - set(columns))
    }
    headings = {row: {number: _heading(top[row][number], also) for number in fits[row]} for row in block}
    return Layout(sheet, headings, columns, unknown, rows)


def _heading(text: object, also: Mapping[str, Column]) -> str:
    """A heading as it stands; one that a person pointed at by the field's own name."""
    column = also.get(plain(str(text)))
    return column.name if column else str(text)


def _unmerged(sheet: Sheet) -> dict[int, Row]:
    """The first rows, with a merged cell's text in each of its cells."""
    top = {number: dict(row) for number, row in sheet.rows.items() if number <= HEADINGS_WITHIN}
    for left, first, right, last in sheet.merged:
        text = top.get(first, {}).get(left)
        if text is None or last > HEADINGS_WITHIN:
            continue
        for row in range(first, last + 1):
            for number in range(left, right + 1):
                top.setdefault(row, {})[number] = text
    return top


def _fits(
    row: Row, sheet: Sheet, catalogue: Catalogue, also: Mapping[str, Column]
) -> dict[int, tuple[Column, bool]]:
    found = {}
    for number, text in row.items():
        if isinstance(text, str):
            chosen = also.get(plain(text))
            column, same_unit = (chosen, True) if chosen else catalogue.find(text, sheet.title)
            if column is not None:
                found[number] = (column, same_unit)
    return found


def _block(best: int, fits: Mapping[int, Mapping[int, object]], top: Mapping[int, Row]) -> list[int]:
    """The rows of headings: the one that fits most, and its neighbours of which at least half fit."""

    def heads(row: int) -> bool:
        return bool(fits.get(row)) and 2 * len(fits[row]) >= len(top[row])

    first = last = best
    while heads(first - 1):
        first -= 1
    while heads(last + 1):
        last += 1
    return list(range(first, last + 1))


def _check_once(sheet: Sheet, row: int, columns: Mapping[int, Column]) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for number, column in columns.items():
        if column.kind != "not_read":
            places[column.name].append(number)
    for numbers in places.values():
        if len(numbers) > 1:
            raise SheetRefused(
                "column_twice",
                sheet=sheet.name,
                cells=", ".join(cell_name(row, number) for number in numbers),
                field=columns[numbers[0]].label,
            )


def _check_merged(sheet: Sheet, last_heading: int) -> None:
    for left, first, right, last in sheet.merged:
        inside = any(number in sheet.rows.get(first, {}) for number in range(left, right + 1))
        if last > last_heading and inside:
            cells = f"{cell_name(first, left)}:{letters(right)}{last}"
            raise SheetRefused("merged_cells", sheet=sheet.name, cells=cells)


def needs_code(layouts: Iterable[Layout], catalogue: Catalogue) -> None:
    """Raises SheetRefused when a sheet with answers does not say whose they are."""
    for layout in layouts:
        if not any(column.kind == "code" for column in layout.columns.values()):
            raise SheetRefused(
                "no_code_column", sheet=layout.sheet.name, heading=catalogue.column("code").label
            )
