"""What a whole form says: which questions are open, what is computed, what contradicts, how far each
section is.

All functions are pure: `values` maps item names to kept texts, `facts` holds what the registry knows
(site, approval).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cohort import expressions
from cohort.items import Dictionary, Item, Section
from cohort.values import Finding, unusual


@dataclass(frozen=True)
class Settled:
    """A form in its final shape: kept and computed values, what a closed branch cleared, what is open."""

    values: dict[str, str]
    cleared: tuple[str, ...]
    open: frozenset[str]


@dataclass(frozen=True)
class Meter:
    """How far a section is: answered of those that this branch requires; `given` counts all answers."""

    section: Section
    answered: int
    required: int
    errors: int
    warnings: int
    given: int

    @property
    def complete(self) -> bool:
        return self.answered == self.required and not self.errors

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.required if self.required else 100


def settle(dictionary: Dictionary, values: Mapping[str, str], facts: Mapping[str, Any]) -> Settled:
    """Compute what is computed and clear what a closed branch may not hold, until nothing moves any more."""
    known = {**dictionary.setting_values, **facts}
    kept = {name: value for name, value in values.items() if value and dictionary.items[name].typed}
    cleared: list[str] = []
    while True:
        shown = kept | _computed(dictionary, kept, known)
        opened = frozenset(item.name for item in _in_form(dictionary) if is_open(item, shown, known))
        closed = [name for name in kept if name not in opened]
        if not closed:
            return Settled(shown, tuple(cleared), opened)
        cleared += closed
        kept = {name: value for name, value in kept.items() if name in opened}


def is_open(item: Item, values: Mapping[str, str], facts: Mapping[str, Any]) -> bool:
    """Whether the question is asked with the other answers as they are."""
    return (
        item.branching is None
        or expressions.truth(expressions.evaluate(item.branching, values, facts)) is True
    )


def is_required(dictionary: Dictionary, item: Item, settled: Settled, facts: Mapping[str, Any]) -> bool:
    """Whether a person has to answer the item in this branch."""
    if not item.typed or item.name not in settled.open or item.required == "N":
        return False
    if item.waived is None:
        return True
    known = {**dictionary.setting_values, **facts}
    return expressions.truth(expressions.evaluate(item.waived, settled.values, known)) is not True


def missing(dictionary: Dictionary, settled: Settled, facts: Mapping[str, Any]) -> list[Item]:
    """Required items of this branch without an answer, in the form's order."""
    return [
        item
        for item in dictionary.items.values()
        if is_required(dictionary, item, settled, facts) and not settled.values.get(item.name)
    ]


def findings(dictionary: Dictionary, values: Mapping[str, str], facts: Mapping[str, Any]) -> list[Finding]:
    """Unusual values and contradictions, in the form's order."""
    known = {**dictionary.setting_values, **facts}
    found = [
        finding
        for name, value in values.items()
        if name in dictionary.items and (finding := unusual(dictionary.items[name], value))
    ]
    for rule in dictionary.rules:
        if expressions.truth(expressions.evaluate(rule.when, values, known)) is True:
            found.append(Finding(rule.code, rule.severity, rule.items, {"text": rule.text}))
    places = {name: place for place, name in enumerate(dictionary.items)}
    return sorted(found, key=lambda finding: places[finding.items[0]])


def meters(
    dictionary: Dictionary,
    settled: Settled,
    facts: Mapping[str, Any],
    found: list[Finding] | None = None,
) -> list[Meter]:
    """One meter for each section that is answered in the form; `found` spares judging it anew."""
    found = findings(dictionary, settled.values, facts) if found is None else found
    return [
        Meter(
            section=section,
            answered=sum(1 for item in required if settled.values.get(item.name)),
            required=len(required),
            errors=_count(dictionary, found, section, "error"),
            warnings=_count(dictionary, found, section, "warning"),
            given=sum(
                1 for item in dictionary.of_section(section) if item.typed and item.name in settled.values
            ),
        )
        for section in dictionary.form_sections
        for required in [
            [item for item in dictionary.of_section(section) if is_required(dictionary, item, settled, facts)]
        ]
    ]


def states(dictionary: Dictionary, settled: Settled, facts: Mapping[str, Any]) -> dict[str, str]:
    """Where each item stands: answered, computed, missing, optional (may stay empty) or closed."""
    return {item.name: _state(dictionary, item, settled, facts) for item in _in_form(dictionary)}


def _state(dictionary: Dictionary, item: Item, settled: Settled, facts: Mapping[str, Any]) -> str:
    if item.name not in settled.open:
        return "closed"
    if not item.typed:
        return "computed"
    if settled.values.get(item.name):
        return "answered"
    return "missing" if is_required(dictionary, item, settled, facts) else "optional"


def _count(dictionary: Dictionary, found: list[Finding], section: Section, severity: str) -> int:
    return sum(
        1
        for finding in found
        if finding.severity == severity and dictionary.items[finding.items[0]].section == section
    )


def _in_form(dictionary: Dictionary) -> Iterator[Item]:
    return (item for item in dictionary.items.values() if item.section.kind == "form")


def _computed(dictionary: Dictionary, kept: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, str]:
    shown = dict(kept)
    for name in dictionary.order:
        item = dictionary.items[name]
        if item.computed is not None and is_open(item, shown, known):
            text = expressions.as_text(expressions.evaluate(item.computed, shown, known))
            if text:
                shown[name] = text
    return {name: value for name, value in shown.items() if name not in kept}
