"""The list of fields that every template carries on a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from deid.sheet.columns import Catalogue, Column, Kind
from deid.sheet.opening import open_book
from deid.sheet.refusals import SheetRefused
from deid.sheet.values import as_text

KEYS = (
    *("name", "kind", "label_en", "label_ko", "unit_en", "unit_ko"),
    *("other_headings", "other_units", "sheets", "period"),
)
HELPER = "helper"
JOINED = " | "


def rows(catalogue: Catalogue) -> Iterator[list[str]]:
    """The rows of the sheet, the keys first."""
    yield list(KEYS)
    for column in catalogue.columns:
        lists = (column.headings, column.units, column.sheets, column.period)
        yield [column.name, column.kind, *column.label, *column.unit, *(JOINED.join(part) for part in lists)]
    for title in catalogue.helpers:
        yield [title, HELPER]


def catalogue_of(data: bytes) -> Catalogue:
    """The fields that a template lists. Raises SheetRefused."""
    book = open_book(data, at_hospital=True)
    for sheet in book.sheets:
        numbers = {as_text(value): number for number, value in sheet.rows.get(1, {}).items()}
        if set(KEYS) <= set(numbers):
            cells = [
                {key: as_text(row.get(numbers[key])) for key in KEYS}
                for number, row in sorted(sheet.rows.items())
                if number > 1
            ]
            helpers = tuple(row["name"] for row in cells if row["kind"] == HELPER)
            columns = tuple(_column(row) for row in cells if row["kind"] in get_args(Kind))
            kinds = [column.kind for column in columns]
            if kinds.count("code") == 1 and kinds.count("admission") == 1:
                return Catalogue(columns, helpers, book.stamp)
    raise SheetRefused("template_lacks_columns")


def _column(row: dict[str, str]) -> Column:
    def several(key: str) -> tuple[str, ...]:
        return tuple(part for part in row[key].split(JOINED) if part)

    return Column(
        name=row["name"],
        kind=row["kind"],  # type: ignore[arg-type]
        label=(row["label_en"], row["label_ko"]),
        unit=(row["unit_en"], row["unit_ko"]),
        headings=several("other_headings"),
        units=several("other_units"),
        sheets=several("sheets"),
        period=several("period"),
    )
