"""Patients' keys and calendar dates in cells: told apart the same way at the hospital and at the registry."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deid.sheet.opening import Value

CODE = re.compile(r"S\d{2}-\d{4}-[A-Z]")
NEW = re.compile(r"(?:new|신규)(?:\s*-?\s*(\d{1,4}))?", re.IGNORECASE)
WRITTEN = re.compile(r"((?:19|20)\d{2})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?")
DIGITS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
WITH_TIME = re.compile(r"(.+?)[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
MONTH, DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
CALENDAR = re.compile(
    rf"(?<!\d)(?:(?:19|20)\d{{2}}\s*[-./년]\s*{MONTH}(?:\s*[-./월]\s*{DAY})?(?!\d)"
    rf"|(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|{MONTH}\s*월\s*{DAY}\s*일|\d{{1,2}}[-./]\d{{1,2}}[-./](?:19|20)\d{{2}}(?!\d)"
    rf"|(?<![\d.])\d{{2}}([-./]){MONTH}\1{DAY}(?![\d.]))"
)
EARLIEST_YEAR = 1900


@dataclass(frozen=True)
class Key:
    """Who a row is about: a registry code, or a new patient, told from other new ones by `number`."""

    code: str = ""
    number: str = ""

    @property
    def new(self) -> bool:
        return not self.code


def as_text(value: Value | None) -> str:
    """A cell's value as one would read it; whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def as_key(value: Value | None) -> Key | None:
    """The key in a cell of the code column; None when it is neither a code nor a word for a new patient."""
    text = unicodedata.normalize("NFKC", as_text(value)).strip()
    if CODE.fullmatch(text.upper()):
        return Key(code=text.upper())
    found = NEW.fullmatch(text)
    return Key(number=(found[1] or "").lstrip("0")) if found else None


def as_date(value: Value | None) -> date | None:
    """The calendar date in a cell, also typed as text with the year first; None when there is none."""
    if isinstance(value, datetime):
        return value.date() if value.year >= EARLIEST_YEAR else None
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", as_text(value))
    if timed := WITH_TIME.fullmatch(text):
        text = timed[1]
    found = WRITTEN.fullmatch(text) or DIGITS.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def holds_calendar(value: Value | None) -> bool:
    """Whether a cell holds, or its text somewhere names, a day of the calendar."""
    if isinstance(value, date | time | timedelta):
        return True
    if isinstance(value, str):
        return bool(CALENDAR.search(unicodedata.normalize("NFKC", value)))
    return (
        isinstance(value, int | float)
        and bool(DIGITS.fullmatch(as_text(value)))
        and as_date(value) is not None
    )
