"""Spreadsheets between a hospital and the registry: opened within limits, headings understood, dates as days.

The same code runs at the hospital (``python -m deid sheet``, or in its browser) and at the registry, so what
one side calls a heading or a date the other side does too. openpyxl is imported when a workbook is opened.
"""

from deid.sheet.columns import Catalogue, Column, Layout, lay_out, plain
from deid.sheet.opening import Book, Sheet, open_book
from deid.sheet.refusals import REFUSALS, SheetRefused, message

__all__ = [
    "REFUSALS",
    "Book",
    "Catalogue",
    "Column",
    "Layout",
    "Sheet",
    "SheetRefused",
    "lay_out",
    "message",
    "open_book",
    "plain",
]
