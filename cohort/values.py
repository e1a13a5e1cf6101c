"""From what a person or a program sends to what the form keeps, one item at a time.

Kept values are text: whole numbers and decimals without thousands signs or trailing zeros, codes of
choices, several codes joined by `|` in the dictionary's order, '' for no answer.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from cohort import messages
from cohort.items import SINGLE, Item, Label, Range
from registry.identifying import identifying

LENGTH = 200
WHOLE = re.compile(r"[-+]?(\d{1,9}|\d{1,3}(,\d{3}){1,2})")
DECIMAL = re.compile(r"[-+]?\d{1,9}(\.\d*)?|[-+]?\.\d+")
COMMA = re.compile(r"([-+]?0?|[-+]?\d{1,9}(?=,(?:\d{1,2}|\d{4,})$)),(\d+)")
DATE = re.compile(r"\d{2,4}\s*[-./년]\s*\d{1,2}\s*[-./월]\s*\d{1,4}\s*[.일]?(\D.*)?|(19|20)\d{6}")
JOINED = "|"


@dataclass(frozen=True)
class Finding:
    """What is to be said about items: a stable code, how much it weighs, and the values its text needs."""

    code: str
    severity: Literal["error", "warning", "missing"]
    items: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)

    def message(self, language: str) -> str:
        own = self.values.get("text")
        if own is not None:
            return str(own.of(language))
        shown = {
            key: value.of(language) if hasattr(value, "of") else value for key, value in self.values.items()
        }
        return messages.say(self.code, language, shown)


class Refused(Exception):
    """A value that cannot be kept."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def parse(item: Item, raw: Any) -> str:
    """The kept text of `raw` (text, number, truth, list of codes, None). Raises Refused."""
    if item.type == "checkbox":
        return _several(item, raw)
    text = _text(item, raw)
    if not text:
        return ""
    if item.type in SINGLE:
        return _chosen(item, text)
    if item.type == "integer":
        return _whole(item, text)
    if item.type == "decimal":
        return _decimal(item, text)
    if len(text) > LENGTH:
        raise _refusal(item, "too_long", length=LENGTH)
    if what := identifying(text):
        raise _refusal(item, "identifying_text", what=what)
    return text


def unusual(item: Item, value: str) -> Finding | None:
    """A warning when a kept number lies outside its plausible range."""
    if not value or not item.plausible or item.type not in ("integer", "decimal", "calc"):
        return None
    span = item.plausible
    if span.holds(Decimal(value)):
        return None
    code = "unusual_computed" if item.computed is not None else "unusual"
    return Finding(code, "warning", (item.name,), _about(item, **_edges(span), value=value))


def storable(text: str) -> bool:
    """Whether every database keeps the text as it is: no control characters, no half of a surrogate pair."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def _text(item: Item, raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, int):
        text = str(raw) if abs(raw) < 10**12 else "9" * 12
    elif isinstance(raw, float):
        text = format(Decimal(repr(raw)), "f") if raw == raw and abs(raw) < 1e12 else "not a number"
        text = text.removesuffix(".0")
    elif isinstance(raw, str):
        text = unicodedata.normalize("NFC" if item.type == "text" else "NFKC", raw[: 10 * LENGTH]).strip()
    else:
        raise _refusal(item, "wrong_shape")
    if not storable(text):
        raise _refusal(item, "not_text")
    return text


def _several(item: Item, raw: Any) -> str:
    parts = raw if isinstance(raw, list) else _text(item, raw).split(JOINED)
    chosen = {_chosen(item, text) for part in parts if (text := _text(item, part))}
    return JOINED.join(code for code in item.codes if code in chosen)


def _chosen(item: Item, text: str) -> str:
    if text in item.codes:
        return text
    raise _refusal(item, "not_a_choice", codes=", ".join(item.codes))


def _whole(item: Item, text: str) -> str:
    if item.is_day and DATE.fullmatch(text):
        raise _refusal(item, "date_not_allowed")
    text = text.replace("−", "-")
    if WHOLE.fullmatch(text):
        return _within(item, Decimal(text.replace(",", "")))
    if DECIMAL.fullmatch(text) and (value := Decimal(text)) == value.to_integral_value():
        return _within(item, value)
    raise _refusal(item, "not_a_whole_number")


def _decimal(item: Item, text: str) -> str:
    text = text.replace("−", "-")
    if comma := COMMA.fullmatch(text):
        text = f"{comma[1]}.{comma[2]}"
    if not DECIMAL.fullmatch(text):
        raise _refusal(item, "not_a_number")
    value = Decimal(text)
    if value != round(value, item.decimals):
        _within(item, value)
        raise _refusal(item, "too_many_decimals", decimals=item.decimals)
    return _within(item, value)


def _within(item: Item, value: Decimal) -> str:
    if not item.hard.holds(value):
        raise _refusal(item, "out_of_range", **_edges(item.hard))
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def _edges(span: Range) -> dict[str, str]:
    return {
        "low": "−∞" if span.low is None else format(span.low, "f"),
        "high": "∞" if span.high is None else format(span.high, "f"),
    }


def _about(item: Item, **values: Any) -> dict[str, Any]:
    unit = item.unit_label
    spaced = Label(f" {unit.en}", f" {unit.ko}") if item.unit else ""
    return {"label": item.label, "unit": spaced, **values}


def _refusal(item: Item, code: str, **values: Any) -> Refused:
    return Refused(Finding(code, "error", (item.name,), _about(item, **values)))
