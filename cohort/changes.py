"""What a call would change in a form, judged before anything is written; one for page, program and workbook.

All functions are pure: `kept` are the answers as they are, computed ones included; `facts` is what the
registry knows (site, approval).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cohort import checks, units, values
from cohort.checks import Settled
from cohort.items import MEASURED, Dictionary, Item, Label, OtherUnit
from cohort.values import Finding, Refused

NAME_LENGTH = 40


@dataclass(frozen=True)
class Prepared:
    """What would be written: answers that change (`wanted`), answers that a closed branch takes away
    (`cleared`), the whole form after that (`settled`); what was typed in another unit (`originals`); and what
    cannot be kept, by item (`refused`).
    """

    wanted: dict[str, str]
    cleared: tuple[str, ...]
    settled: Settled
    refused: dict[str, Finding] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        return bool(self.wanted or self.cleared)


def prepare(
    known: Dictionary, facts: Mapping[str, Any], kept: Mapping[str, str], changes: Mapping[str, Any]
) -> Prepared:
    """Judge `changes` (item → what was typed; '' or None takes an answer back) against a form.

    A number typed without its status sets the status to "measured". What is refused is left out of the rest.
    """
    typed = typed_of(known, kept)
    parsed, refused, originals = _parse(known, changes)
    wanted = {name: text for name, text in parsed.items() if text != typed.get(name, "")}
    wanted |= _measured(known, wanted, typed, changes)
    settled = checks.settle(known, typed | wanted, facts)
    refused |= _closed(known, settled, wanted)
    cleared = tuple(name for name in settled.cleared if name in typed)
    return Prepared(wanted, cleared, settled, refused, originals)


def typed_of(known: Dictionary, kept: Mapping[str, str]) -> dict[str, str]:
    """The answers that a person gave, without the computed ones."""
    return {name: value for name, value in kept.items() if name in known.items and known.items[name].typed}


def _parse(
    known: Dictionary, changes: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, Finding], dict[str, str]]:
    parsed, refused, originals = {}, {}, {}
    for name, raw in changes.items():
        item = known.items.get(name)
        try:
            if item is None:
                raise Refused(Finding("unknown_item", "error", (name,)))
            if not item.typed:
                code = "computed_item" if item.computed is not None else "not_in_form"
                raise Refused(Finding(code, "error", (name,), {"label": item.label}))
            value, original = units.read(item, raw)
            parsed[name] = _in_own_unit(known, item, value)
            if original:
                originals[name] = original
        except Refused as error:
            refused[name[:NAME_LENGTH]] = error.finding
    return parsed, refused, originals


def _in_own_unit(known: Dictionary, item: Item, value: Any) -> str:
    """The kept text; a refusal says which other unit the number seems to be in. Raises Refused."""
    try:
        return values.parse(item, value)
    except Refused as error:
        other = units.suspected(item, value)
        if other is None:
            raise
        raise Refused(_other_unit(known, item, str(value), other)) from error


def _other_unit(known: Dictionary, item: Item, typed: str, other: OtherUnit) -> Finding:
    about = {"label": item.label, "typed": typed[: units.LENGTH], "other": other.label}
    if other.belongs:
        about["belongs"] = known.items[other.belongs].label
        return Finding("unit_of_another", "error", (item.name,), about)
    own = item.unit_label
    about["value"] = units.converted(item, other, typed)
    about["unit"] = Label(f" {own.en}", f" {own.ko}")
    return Finding("unit_suspected", "error", (item.name,), about)


def _measured(
    known: Dictionary, wanted: Mapping[str, str], typed: Mapping[str, str], changes: Mapping[str, Any]
) -> dict[str, str]:
    """Statuses that follow from a number typed before its status was chosen."""
    return {
        status.name: MEASURED
        for name, text in wanted.items()
        if text and (pair := known.items[name].pair)
        for status in [known.items[pair]]
        if status.is_status and MEASURED in status.codes and not typed.get(pair) and not changes.get(pair)
    }


def _closed(known: Dictionary, settled: Settled, wanted: Mapping[str, str]) -> dict[str, Finding]:
    return {
        name: Finding("closed_item", "error", (name,), {"label": known.items[name].label})
        for name, text in wanted.items()
        if text and name not in settled.open
    }
