"""Dates as people write them into text, in any order of day, month and year that can be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
Reading = tuple[int, int, int]
"""Year of the century, month, day."""
_MARK = "[-./_·\u2010-\u2015\u2212]{1,2}"
_TIME = r"(?:\.(?!\d))?(?:[T\s,_-]{0,3}\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|T\d{4,6})?"
_NUMBERS = r"(?<!\d)(?<!\d\.)'?(?P<a>\d{4}|\d{1,2})%s(?P<b>\d{1,2})%s(?P<c>\d{4}|\d{1,2})(?!\d)(?!\.\d)"
_NAME = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS) + r"|sept)(?![a-z])\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?![\da-z])"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[\W_]{1,3})?"
_ANY = r"[\W_]{0,3}"
MARKED = re.compile(_NUMBERS % (rf"\s{{0,2}}(?P<mark>{_MARK})\s{{0,2}}", r"\s{0,2}(?P=mark)\s{0,2}") + _TIME)
BLANK = re.compile(_NUMBERS % (r"(?P<mark>\s{1,3})", r"\s{1,3}") + _TIME)
_YEAR = rf"(?:{_ANY}'?(?:\d{{4}}|\d{{2}})(?![\d:]))?"
NAMED = re.compile(
    rf"{_WEEKDAY}(?:(?<!\d)\d{{4}}{_ANY}{_NAME}{_ANY}{_DAY}"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?{_ANY}(?:of\s)?{_NAME}{_YEAR}"
    rf"|(?<![a-z]){_NAME}{_ANY}(?:{_DAY}{_YEAR}|\d{{4}}(?!\d))){_TIME}",
    re.IGNORECASE,
)
ASIAN = re.compile(
    r"\d{2,4}\s*[년年]\s*생?(?:\s*\d{1,2}\s*[월月])?(?:\s*\d{1,2}\s*[일日])?생?"
    r"|\d{1,2}\s*[월月](?:\s*\d{1,2}\s*[일日])?"
)
OF_A_YEAR = re.compile(
    rf"(?<![\d.])(?:(?:19|20)\d\d\s?{_MARK}\s?\d{{1,2}}|\d{{1,2}}\s?{_MARK}\s?(?:19|20)\d\d)(?![\d.])"
)


@dataclass(frozen=True, slots=True)
class Day:
    """Where a date may stand in a text. ``sure`` where it can hardly be a version number."""

    start: int
    end: int
    sure: bool
    readings: frozenset[Reading] = frozenset()


def found(text: str) -> Iterator[Day]:
    """Every date in the text; they may overlap."""
    if not any(map(str.isdigit, text)):
        return
    for pattern in (MARKED, BLANK):
        at = 0
        while match := pattern.search(text, at):
            day = _numeric(match)
            at = match.end() if day else match.start() + 1
            if day:
                yield day
    for pattern in (NAMED, ASIAN):
        for match in pattern.finditer(text):
            yield Day(match.start(), match.end(), True)


def cut(text: str, own: Set[Reading] | None = None) -> str:
    """The text with blanks in place of each date. Given ``own``, what may be a version number and is none of
    these dates stays.
    """
    left = list(text)
    for day in found(text):
        if own is None or day.sure or not own.isdisjoint(day.readings):
            left[day.start : day.end] = " " * (day.end - day.start)
    text = "".join(left)
    return text if own is not None else OF_A_YEAR.sub(" ", text)


def _numeric(match: re.Match[str]) -> Day | None:
    a, b, c, mark = match["a"], match["b"], match["c"], match["mark"]
    readings = frozenset(_readings(a, b, c))
    sizes = {len(a), len(b), len(c)}
    if not readings or (not mark.strip() and not (4 in sizes or sizes == {2})):
        return None
    before = match.string[match.start() - 1 : match.start()]
    sure = 4 in sizes or not (mark == "." and (sizes != {2} or before.isalpha()))
    return Day(match.start(), match.end(), sure, readings)


def _readings(a: str, b: str, c: str) -> Iterator[Reading]:
    orders = ((c, a, b), (c, b, a)) if len(a) != 4 else ()
    for year, month, day in (*orders, *(((a, b, c),) if len(c) != 4 else ())):
        dated = len(year) == 2 or 1850 <= int(year) < 2100
        if dated and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield int(year) % 100, int(month), int(day)
