"""What can be told to identify by its form: resident registration and telephone numbers, mail, UIDs; and
numbers however they are set apart.
"""

from __future__ import annotations

import re
from collections.abc import Set

_ANY = r"[\W_]{0,3}"
_APART = "[-\\s./_·~\u2010-\u2015\u2212]{1,3}"
_DASH = "[-_/\u2010-\u2015\u2212]"
_BIRTH = r"(?<!\d)\d{2}%s(?:0\d|1[0-2])%s(?:[0-2]\d|3[01])"
PATTERNS = re.compile(
    rf"(?P<resident>{_BIRTH % ('', '')}{_ANY}[0-9]{_ANY}\d{{6}}(?!\d))"
    rf"|(?P<resident2>{_BIRTH % (_APART, _APART)}{_ANY}[0-9]{_ANY}\d{{6}}(?!\d))"
    rf"|(?P<masked>{_BIRTH % ('', '')}{_DASH}[0-9](?:[*xX]+|(?![\w.])))"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<phone>(?<![\d.])(?:(?:\+\d{{1,3}}|82){_ANY})?\(?0\d{{1,2}}\)?{_ANY}\d{{3,4}}{_APART}\d{{2,4}}(?!\d))"
    rf"|(?P<mobile>(?<!\d)(?:82{_ANY}0?|0)1[016-9]{_ANY}\d{{3,4}}{_ANY}\d{{4}}(?!\d))"
    r"|(?P<line>(?<!\d)0(?:2|[3-6]\d|70|80)\d{7,8}(?!\d))"
    rf"|(?P<shared>(?<![\d.])1[568]\d\d{_DASH}\d{{4}}(?!\d))"
    rf"|(?P<abroad>\+\d{{1,3}}{_ANY}\(?\d{{1,3}}\)?{_ANY}\d{{3,4}}{_ANY}\d{{4}}(?!\d))"
    rf"|(?P<phone2>(?<![\d.])(?:\+?\d{{1,3}}[-\s])?(?:\d{{3}}[-\s])?\d{{3}}{_DASH}\d{{4}}(?!\d))"
    rf"|(?P<spelled>(?<![^\W_])\d(?:[\W_]{{1,3}}\d(?![^\W_])){{5,}})"
    r"|(?P<uid>(?<![\d.])[0-2](?:\.\d+){4,}(?!\d))"
)
LOOSE = re.compile(r"\d{2,4}\s*년|(?:\d{2,}[\s\-./]+){2,}\d{2,}|\d{6,}")
ROW = re.compile(r"\d(?:[\W_]{0,3}\d)*")


def digits_of(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def repeats(text: str, numbers: Set[str]) -> bool:
    """Whether one of the numbers (digits alone) stands in the text, whatever is between its digits."""
    return any(_holds(row[0], numbers) for row in ROW.finditer(text))


def without(text: str, numbers: Set[str]) -> str:
    """The text without the rows of digits that hold one of the numbers."""
    return ROW.sub(lambda row: " " if _holds(row[0], numbers) else row[0], text)


def _holds(row: str, numbers: Set[str]) -> bool:
    digits = digits_of(row)
    return any(number in digits for number in numbers)
