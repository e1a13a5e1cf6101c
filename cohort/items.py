"""What a dictionary is made of: labels, choices, ranges, sections, items, rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from cohort import expressions
from cohort.expressions import Node

TYPES = ("text", "integer", "decimal", "radio", "dropdown", "yesno", "checkbox", "calc", "signature")
SINGLE = ("radio", "dropdown", "yesno")
CHOSEN = (*SINGLE, "checkbox")
STATUS = "_st"
MEASURED = "DONE"
SITES = re.compile(r"S(\d\d)\.\.S(\d\d)(?: \(.*\))?")
NAME = re.compile(r"[a-z][a-z0-9_]*")


class DictionaryError(ValueError):
    """The dictionary's files are not as they should be; says which row and why."""


@dataclass(frozen=True)
class Label:
    en: str
    ko: str

    def of(self, language: str) -> str:
        return self.ko if language.startswith("ko") else self.en


@dataclass(frozen=True)
class Choice:
    code: str
    label: Label


@dataclass(frozen=True)
class Range:
    low: Decimal | None = None
    high: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True)
class OtherUnit:
    """A unit in which an item's number is given elsewhere: value × `times` / `over` is in the item's own.

    `keys` are its spellings as `units.key_of` compares them. A bare number within `suspect` is asked about.
    With `belongs` the number is no answer to this item at all, but to that one.
    """

    label: str
    keys: tuple[str, ...]
    times: Decimal
    over: Decimal
    suspect: Range
    belongs: str = ""


@dataclass(frozen=True)
class Section:
    slug: str
    label: Label
    kind: Literal["form", "exam", "state"] = "form"
    optional: bool = False


@dataclass(frozen=True)
class Item:
    """One question. `pair` is the status item of a number, or the reverse."""

    name: str
    section: Section
    label: Label
    type: str
    unit: str
    choices: tuple[Choice, ...]
    plausible: Range
    hard: Range
    required: Literal["Y", "C", "N"]
    branching: Node | None
    branching_text: str
    note: str
    computed: Node | None = None
    waived: Node | None = None
    decimals: int = 0
    pair: str = ""
    from_sites: bool = False
    shows: str = ""
    unit_label: Label = Label("", "")
    range_source: Label = Label("", "")
    other_units: tuple[OtherUnit, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether a person answers it in the form."""
        return self.section.kind == "form" and self.computed is None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(choice.code for choice in self.choices)

    @property
    def is_status(self) -> bool:
        return bool(self.pair) and self.name.endswith(STATUS)

    @property
    def is_day(self) -> bool:
        """A day counted from admission: the one kind that the page takes as a date."""
        return self.type == "integer" and self.unit == "day"

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True)
class Rule:
    """A rule between items: it speaks when `when` is true."""

    code: str
    severity: Literal["error", "warning"]
    items: tuple[str, ...]
    when: Node
    text: Label


@dataclass(frozen=True)
class Dictionary:
    id: str
    title: Label
    source: str
    digest: str
    sections: tuple[Section, ...]
    items: Mapping[str, Item]
    rules: tuple[Rule, ...]
    settings: Mapping[str, Mapping[str, Any]]
    facts: tuple[str, ...]
    study_period: tuple[str, ...] = ()
    study_period_item: str = ""
    order: tuple[str, ...] = field(default=())

    @property
    def setting_values(self) -> dict[str, Any]:
        return {name: setting["value"] for name, setting in self.settings.items()}

    @property
    def form_sections(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.kind == "form")

    def section(self, slug: str) -> Section | None:
        return next((section for section in self.sections if section.slug == slug), None)

    def of_section(self, section: Section) -> list[Item]:
        return [item for item in self.items.values() if item.section == section]


def tree(text: str) -> Node | None:
    """The tree of an expression, None for an empty text."""
    return expressions.parse(text) if text.strip() else None


def number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise DictionaryError(f"{text!r} is not a number") from error
