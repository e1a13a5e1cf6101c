"""Whether a kept value is what its VR says (PS3.5 table 6.2-1); text hidden in numbers or codes does not
pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from deid.numbers import too_long
from deid.profile import vm_of

SIZES = {
    "US": 2,
    "SS": 2,
    "UL": 4,
    "SL": 4,
    "FL": 4,
    "FD": 8,
    "AT": 4,
    "OV": 8,
    "UV": 8,
    "SV": 8,
    "OF": 4,
    "OD": 8,
    "OL": 4,
    "OW": 1,
    "OB": 1,
}
TEXT = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "CS"})
BULK = frozenset({"OB", "OW", "OF", "OD", "OL", "OV"})
LISTED = frozenset({"DS", "IS", "CS", "AS"})
SINGLE_VALUED = frozenset({"ST", "LT", "UT", "UR"})
LONGEST = 64
_STRINGS = TEXT | {"DS", "IS", "AS", "DA", "DT", "TM", "UI", "AE", "PN", "UR"}
_DECIMAL = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
# What most decimals are, and no text can hide in.
_SHORT = re.compile(rb"(?:[+-]?\d{1,4}(?:\.\d*)?)?")
# Twelve bytes that are all letters, digits and signs are no numbers.
_TEXT = re.compile(rb"[ -~]{12,}\0*")
_INTEGER = re.compile(rb"[+-]?\d{1,8}")
_AGE = re.compile(rb"(?:\d{1,2}|0\d\d|1[0-4]\d)[Yy]?|\d{1,3}[DWMdwm]")
_CODE = re.compile(rb"[A-Za-z0-9 _.,+\-/()&<>]{0,32}")
_OFFSET = re.compile(rb"[+-](?:0\d|1[0-4])[0-5]\d")


def agrees(declared: str, expected: str) -> bool:
    """Whether a declared VR can stand for the one the dictionary gives."""
    if declared in expected or declared == "UN":
        return True
    if declared in _STRINGS:
        return any(vr in _STRINGS for vr in expected.split(" or "))
    return declared in {"OB", "OW"} and ("OW" in expected or "OB" in expected)


def is_bulk(vr: str) -> bool:
    """Whether a value of the VR (or of one of several) may be of any length."""
    return not BULK.isdisjoint(vr.split(" or "))


def open_ended(tag: int) -> bool:
    """Whether the attribute takes any number of values, so that one of them can go alone."""
    return vm_of(tag).endswith("n")


def only(value: bytes, keep: Callable[[bytes], bool]) -> bytes:
    """The value with those parts left blank that are not to be kept; nothing where none is."""
    parts = [part if keep(part) else b"" for part in value.split(b"\\")]
    return b"\\".join(parts) if any(part.strip(b" \0") for part in parts) else b""


def fits(value: bytes, vr: str, tag: int) -> bool:
    """Whether the bytes are a value of the VR, with the number of values the dictionary allows."""
    if not value:
        return True
    if vr in SIZES:
        count = len(value) // SIZES[vr]
        return len(value) % SIZES[vr] == 0 and count_fits(tag, count, vr) and not _TEXT.fullmatch(value)
    if vr == "DS":
        return all(len(part) <= LONGEST and _decimal(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr == "IS":
        return all(len(part) <= LONGEST and _integer(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr == "CS":
        return all(_CODE.fullmatch(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr == "AS":
        return all(_AGE.fullmatch(part.strip(b" \0")) for part in value.split(b"\\"))
    return True


@lru_cache(maxsize=16384)
def _decimal(part: bytes) -> bool:
    return bool(_SHORT.fullmatch(part)) or (bool(_DECIMAL.fullmatch(part)) and not too_long(part))


@lru_cache(maxsize=16384)
def _integer(part: bytes) -> bool:
    if _INTEGER.fullmatch(part) or (len(part) <= 12 and b"." in part and _DECIMAL.fullmatch(part)):
        return not too_long(part)
    return not part


def are_counts(value: bytes, size: int, *, little: bool) -> bool:
    """Whether binary integers of ``size`` bytes are numbers of things, of which none has a letter's worth in
    its highest byte.
    """
    return max(value[size - 1 if little else 0 :: size], default=0) < 0x20


def is_offset(value: bytes) -> bool:
    return bool(_OFFSET.fullmatch(value.strip(b" \0")))


@lru_cache(maxsize=4096)
def count_fits(tag: int, count: int, vr: str) -> bool:
    if vr in BULK:
        return True
    vm = vm_of(tag)
    return count == int(vm) if vm.isdigit() else count >= 1
