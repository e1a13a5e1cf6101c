"""Numbers and times that are an identifier of the file, however they are written: 123456 as 1.23456E5, as
123456.0, as 123\\\\456; a date as 200304; a time of day that is a hospital number.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Six digits of a birth date and seven more, or nine digits and more, are no measurement.
_RESIDENT = re.compile(rb"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}")
BINARY = frozenset({"SL", "UL"})
LISTED = 64
_MOST = 8
_LARGEST = 16
_NUMBER = re.compile(rb"[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?")
_MAY_TELL = re.compile(rb"(?<![.\d])\d{5}|[eE]|\A[\d ]*\\[\d \\]*\Z")


def whole(part: bytes) -> bytes:
    """The digits of a number's integer part, zeros in front as they are written; empty where it has none."""
    found = _NUMBER.fullmatch(part.strip(b" \0"))
    before, after, power = found.groups(b"") if found else (b"", b"", b"")
    if not power:
        return before
    point = len(before) + int(power)
    return (before + after)[: max(0, point)].ljust(point, b"0") if point <= _LARGEST else before


def too_long(part: bytes) -> bool:
    """Whether a decimal or integer has more digits before its point than anything that is measured, or has
    the form of a resident registration number.
    """
    digits = whole(part)
    if digits.startswith(b"0") and len(digits) > 6:
        return True
    if len(digits.rstrip(b"0") if b"e" in part.lower() else digits) > _MOST:
        return True
    found = _NUMBER.fullmatch(part)
    return len(digits) >= 5 and found is not None and bool(_RESIDENT.fullmatch(found[1] + found[2]))


@dataclass(frozen=True, slots=True)
class Known:
    """A file's identifiers of five digits and more, without zeros in front, and its dates as they are written
    in six and in eight.
    """

    ids: frozenset[bytes]
    days: frozenset[bytes]


def known(digits: Iterable[str]) -> Known:
    """``digits``: the identifiers, dates among them with eight digits and the year first."""
    days: set[str] = set()
    for number in digits:
        year, month, day = number[:4], number[4:6], number[6:]
        if len(number) == 8 and _is_day(year, month, day):
            days |= {number, number[2:], day + month + year, month + day + year}
    return Known(frozenset(map(str.encode, digits)), frozenset(map(str.encode, days)))


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def tells(value: bytes, vr: str, known: Known) -> bool:
    """Whether a value of VR DS, IS, TM, SL or UL is an identifier of the file, in part or as a whole."""
    if vr in BINARY:
        return not known.ids.isdisjoint(_binary(value))
    if vr != "TM" and not _MAY_TELL.search(value):
        return False
    parts = value.split(b"\\")
    for part in parts:
        if not harmless(part, vr, known):
            return True
    return len(parts) > 1 and b"".join(parts).strip(b" \0").lstrip(b"0") in known.ids


def _binary(value: bytes) -> Iterable[bytes]:
    """The numbers of a short value, in both orders of bytes. Long lists are measured, and meet any number."""
    for at in range(0, len(value) if len(value) <= LISTED else 0, 4):
        for order in ("<i", ">i"):
            yield b"%d" % abs(struct.unpack_from(order, value, at)[0])


def harmless(part: bytes, vr: str, known: Known) -> bool:
    """Whether one part of a value of VR DS, IS or TM is no identifier."""
    if vr == "TM":
        clock, _, fraction = part.partition(b".")
        if clock.lstrip(b"0") in known.ids:
            return False
        return fraction.lstrip(b"0") not in known.ids and fraction not in known.days
    digits = whole(part)
    return digits.lstrip(b"0") not in known.ids and digits not in known.days
