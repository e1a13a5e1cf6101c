"""For the import page in the hospital's browser: the same local step as the command's."""

from __future__ import annotations

from typing import Any

from deid.sheet.cli import as_report
from deid.sheet.refusals import SheetRefused, message
from deid.sheet.strip import Wishes, strip_sheet
from deid.sheet.template import catalogue_of


def answer(data: bytes, template: bytes, admission: str, number: str, language: str) -> dict[str, Any]:
    """The new workbook as `data` with the fields of the report, or `code` and `message` of a refusal."""
    try:
        done = strip_sheet(data, catalogue_of(template), Wishes(admission, number))
    except SheetRefused as refused:
        return {"code": refused.code, "message": message(refused.code, refused.values, language)}
    except MemoryError:
        return {"code": "sheet_too_large", "message": message("sheet_too_large", {"limit": 8}, language)}
    return {"data": done.data, **as_report(done, language)}
