"""For the import page in the hospital's browser: the same local step as the command's."""

from __future__ import annotations

from typing import Any

from deid.sheet.cli import as_report
from deid.sheet.codes import read_codes
from deid.sheet.columns import lay_out
from deid.sheet.opening import open_book
from deid.sheet.refusals import SheetRefused, message
from deid.sheet.scan import MAX_MB
from deid.sheet.strip import Wishes, strip_sheet
from deid.sheet.template import catalogue_of


def answer(
    data: bytes, template: bytes, admission: str, number: str, codes: bytes, new: bool, language: str
) -> dict[str, Any]:
    """The new workbook as `data` with the fields of the report, or `code` and `message` of a refusal.

    `codes` is the hospital's list as CSV, empty without one. `called`: hospital numbers and how the workbook
    calls these new patients; both stay in the page.
    """
    try:
        wishes = Wishes(admission, number, read_codes(codes), new)
        done = strip_sheet(data, catalogue_of(template), wishes)
    except SheetRefused as refused:
        return {"code": refused.code, "message": message(refused.code, refused.values, language)}
    except MemoryError:
        return {"code": "sheet_too_large", "message": message("sheet_too_large", {"limit": MAX_MB}, language)}
    return {"data": done.data, "called": list(done.new.items()), **as_report(done, language)}


def headings(data: bytes, template: bytes) -> list[str]:
    """Headings that the form does not know, for a person to point at; none of a workbook that is refused."""
    try:
        layouts, _ = lay_out(open_book(data, at_hospital=True), catalogue_of(template))
    except SheetRefused:
        return []
    return list(dict.fromkeys(text for layout in layouts for text in layout.unknown.values() if text))
