"""Numbers in another unit: recognised where the unit is written, asked about where only the size tells.

Pure functions; the page does the same (static/js/form/units.js), by the same data.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from cohort.items import Item, OtherUnit

WRITTEN = re.compile(r"([-+]?(?:\d[\d,]*\.?\d*|\.\d+))\s*([^\d\s.,+-].*)")
BARE = re.compile(r"\d{1,9}(\.\d*)?|\.\d+")
LENGTH = 60


def key_of(unit: str) -> str:
    """How a unit is compared: without case, spaces, carets and multiplication signs; micro as u."""
    text = unicodedata.normalize("NFKC", unit).lower().replace("μ", "u").replace("mcl", "ul")
    return re.sub(r"[\s^×*·]|^x(?=10)", "", text)


def read(item: Item, raw: object) -> tuple[object, str]:
    """(value in the item's own unit, what was typed) of a number with a known unit; else (raw, '')."""
    if not isinstance(raw, str) or item.type not in ("integer", "decimal") or not item.unit:
        return raw, ""
    typed = unicodedata.normalize("NFKC", raw).replace("−", "-").strip()[:LENGTH]
    number, unit = _split(typed)
    if not unit:
        return raw, ""
    if key_of(unit) == key_of(item.unit):
        return number, ""
    other = next((one for one in item.other_units if key_of(unit) in one.keys), None)
    if other is None or other.belongs:
        return raw, ""
    return converted(item, other, number), " ".join(raw.split())[:LENGTH]


def suspected(item: Item, raw: object) -> OtherUnit | None:
    """The unit in which a bare number, or one with a unit of another item, seems to be given."""
    typed = unicodedata.normalize("NFKC", str(raw)).strip()[:LENGTH]
    _number, unit = _split(typed)
    if unit:
        found = (one for one in item.other_units if one.belongs and key_of(unit) in one.keys)
        return next(found, None)
    plain = typed.replace(",", "")
    if not BARE.fullmatch(plain):
        return None
    value = Decimal(plain)
    return next((one for one in item.other_units if one.suspect and one.suspect.holds(value)), None)


def converted(item: Item, other: OtherUnit, number: str) -> str:
    """A number of another unit in the item's own, rounded to its decimals."""
    value = Decimal(number.replace(",", "")) * other.times / other.over
    step = Decimal(1).scaleb(-item.decimals)
    text = format(value.quantize(step, ROUND_HALF_UP), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _split(typed: str) -> tuple[str, str]:
    """Number and unit; `5.7 10^3/uL` and `5.7x10^3/uL` are both a number and its unit."""
    spaced = re.fullmatch(r"(\S+?)\s*[x×*]?\s*(10\s*\^?\s*\d\s*/.*)", typed)
    found = spaced if spaced and BARE.fullmatch(spaced[1]) else WRITTEN.fullmatch(typed)
    return (found[1], found[2].strip()) if found else (typed, "")
