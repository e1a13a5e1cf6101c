"""The workbook that goes back: what was sent, with the cells that need a person coloured and explained."""

from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from cohort.sheets.catalogue import HELPERS, catalogue
from cohort.sheets.plan import Plan
from cohort.sheets.reading import Told
from deid.sheet import open_book, plain
from deid.sheet.opening import STAMP, Unread, Value

BAD = PatternFill("solid", fgColor="F6C26B")
LOOK = PatternFill("solid", fgColor="DCE6F2")
BOLD = Font(bold=True)
WIDTHS = (12, 9, 26, 14, 90)
LIST = HELPERS[-1]


def error_workbook(data: bytes, plan: Plan, language: str) -> bytes:
    """The workbook `data`, sheet by sheet in the same places, and first a list of everything to look at."""
    with override(language):
        book = Workbook()
        listed = book.active
        listed.title = LIST[language.startswith("ko")]
        sent = open_book(data)
        book.custom_doc_props.append(StringProperty(name=STAMP, value=sent.stamp))
        helpers = {plain(title) for title in catalogue(plan.read.dictionary).helpers}
        told = _by_cell(plan.told)
        titles: dict[int, str] = {}
        for sheet in sent.sheets:
            if plain(sheet.title) in helpers:
                continue
            made = book.create_sheet(sheet.title)
            titles[sheet.number] = made.title
            for number, row in sheet.rows.items():
                for column, value in row.items():
                    _put(made, number, column, value)
            for (row_number, column), there in told[sheet.number].items():
                _mark(made, row_number, column, there, language)
        _list(listed, plan, titles, language)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _by_cell(told: Iterable[Told]) -> dict[int, dict[tuple[int, int], list[Told]]]:
    found: dict[int, dict[tuple[int, int], list[Told]]] = defaultdict(dict)
    for one in told:
        found[one.place.sheet].setdefault((one.place.row, one.place.column), []).append(one)
    return found


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Any:
    """A value as it was; text stays text, so that no spreadsheet runs what it begins with."""
    if isinstance(value, Unread):
        value = ""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _mark(sheet: Worksheet, row: int, column: int, told: list[Told], language: str) -> None:
    cell = sheet.cell(row, column)
    cell.fill = BAD if any(one.error for one in told) else LOOK
    text = "\n".join(one.finding.message(language) for one in told)
    cell.comment = Comment(text, "KICC", width=360, height=160)


def _list(sheet: Worksheet, plan: Plan, titles: dict[int, str], language: str) -> None:
    heads = (_("Sheet"), _("Cell"), _("Field"), _("Weight"), _("What is wrong, and what to do"))
    for number, text in enumerate(heads, start=1):
        sheet.cell(1, number, text).font = BOLD
        sheet.column_dimensions["ABCDE"[number - 1]].width = WIDTHS[number - 1]
    for row, one in enumerate([*plan.errors, *plan.notes], start=2):
        place, title = one.place, titles.get(one.place.sheet, "")
        weight = _("error") if one.error else _("to look at")
        field = one.item.label.of(language) if one.item else ""
        texts = (title, place.cell, field, weight, one.finding.message(language))
        for number, text in enumerate(texts, start=1):
            cell = _put(sheet, row, number, text)
            cell.alignment = Alignment(wrap_text=number == len(texts), vertical="top")
        if title:
            escaped = title.replace("'", "''")
            link = Hyperlink(ref=f"B{row}", location=f"'{escaped}'!{place.cell}")
            sheet.cell(row, 2).hyperlink = link
        sheet.cell(row, 4).fill = BAD if one.error else LOOK
    sheet.freeze_panes = "A2"
