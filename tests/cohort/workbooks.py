"""Workbooks as coordinators fill them in: the real template, opened and saved again by openpyxl."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from cohort import dictionary
from cohort.sheets.reading import FIRST_ROW
from cohort.sheets.template import NAMES, template
from tests.cohort.filled import COMPLETE

template_of = cache(lambda language: template(dictionary.get(), language))
Rows = Sequence[tuple[str, Mapping[str, Any]]]


def book_of(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def filled(
    rows: Rows, *, language: str = "en", admissions: Mapping[str, datetime.date] | None = None
) -> bytes:
    """The template with one row a patient on every sheet: (key, answers by item)."""
    book = book_of(template_of(language))
    for sheet in book.worksheets:
        columns = {cell.value: cell.column for cell in sheet[NAMES]} if sheet.max_row == NAMES else {}
        if "subject_id" not in columns:
            continue
        for number, (key, answers) in enumerate(rows, start=FIRST_ROW):
            own = {name: value for name, value in answers.items() if name in columns}
            if own:
                sheet.cell(number, 1, key)
            for name, value in own.items():
                sheet.cell(number, columns[name], value)
            if "admission_date" in columns and admissions and key in admissions:
                sheet.cell(number, 1, key)
                sheet.cell(number, columns["admission_date"], admissions[key])
    return saved(book)


def complete(*keys: str, **answers: Any) -> bytes:
    """Complete forms of these patients."""
    return filled([(key, {**COMPLETE, **answers}) for key in keys])


def plain_sheet(*rows: Sequence[Any], title: str = "Sheet1") -> bytes:
    """A sheet of a hospital's own: headings, then rows."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return saved(book)
