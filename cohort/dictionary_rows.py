"""From the rows of a dictionary's files to its items, checked before a form is shown."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cohort import expressions, units
from cohort.expressions import ExpressionError, Node
from cohort.items import (
    CHOSEN,
    NAME,
    SITES,
    STATUS,
    TYPES,
    Choice,
    Dictionary,
    DictionaryError,
    Item,
    Label,
    OtherUnit,
    Range,
    Rule,
    Section,
    number,
    tree,
)

CODED = re.compile(r"(\w+), (.+)")
SEVERITIES = ("error", "warning")


class Builder:
    def __init__(self, settings: dict[str, Any], rows: list[dict[str, str]], korean: dict[str, str]) -> None:
        self.settings = settings
        self.rows = rows
        self.korean = korean
        self.names = {row["name"] for row in rows}
        self.sections = {part["source"]: self.section(part) for part in settings["section"]}

    def dictionary(self, digest: str) -> Dictionary:
        items: dict[str, Item] = {}
        for line, row in enumerate(self.rows, start=2):
            if row["name"] in items:
                raise DictionaryError(f"row {line}: {row['name']} stands twice")
            try:
                items[row["name"]] = self.item(row)
            except (DictionaryError, ExpressionError) as error:
                raise DictionaryError(f"row {line} ({row['name']}): {error}") from error
        dictionary = Dictionary(
            id=self.settings["id"],
            title=Label(**self.settings["title"]),
            source=self.settings["source"],
            digest=digest,
            sections=tuple(self.sections.values()),
            items=items,
            rules=tuple(self.rule(part) for part in self.settings.get("rule", ())),
            settings=self.settings.get("settings", {}),
            facts=tuple(self.settings.get("facts", ())),
            study_period=tuple(self.settings.get("study_period", ())),
            study_period_item=self.settings.get("study_period_item", ""),
            order=tuple(self.order(items)),
        )
        self.check(dictionary)
        return dictionary

    def section(self, part: dict[str, Any]) -> Section:
        return Section(
            slug=part["slug"],
            label=Label(part["en"], part["ko"]),
            kind=part.get("kind", "form"),
            optional=part.get("optional", False),
        )

    def item(self, row: dict[str, str]) -> Item:
        name, kind = row["name"], row["type"]
        if not NAME.fullmatch(name):
            raise DictionaryError("a name is small letters, digits and _")
        if kind not in TYPES:
            raise DictionaryError(f"type {kind!r} is unknown; there are {', '.join(TYPES)}")
        if row["section"] not in self.sections:
            raise DictionaryError(f"section {row['section']!r} has no title in the settings")
        if row["required"] not in ("Y", "C", "N"):
            raise DictionaryError(f"required is Y, C or N, not {row['required']!r}")
        if not (row["label_en"] and row["label_ko"]):
            raise DictionaryError("a label is needed in English and in Korean")
        choices = self.choices(row["choices"])
        if kind in CHOSEN and not choices:
            raise DictionaryError(f"a {kind} item needs choices")
        plausible = Range(number(row["min_plausible"]), number(row["max_plausible"]))
        hard = Range(number(row["min_hard"]), number(row["max_hard"]))
        for edge in (plausible.low, plausible.high):
            if edge is not None and not hard.holds(edge):
                raise DictionaryError("the plausible range reaches outside the hard range")
        decimals = self.settings.get("decimals", {})
        return Item(
            name=name,
            section=self.sections[row["section"]],
            label=Label(row["label_en"], row["label_ko"]),
            type=kind,
            unit=row["unit"],
            choices=choices,
            plausible=plausible,
            hard=hard,
            required=row["required"],  # type: ignore[arg-type]
            branching=tree(row["branching"]),
            branching_text=row["branching"],
            note=row["source_note"],
            computed=tree(self.settings.get("computed", {}).get(name, "")),
            waived=tree(self.settings.get("waived", {}).get(name, "")),
            decimals=decimals.get(name, decimals.get("default", 2)) if kind == "decimal" else 0,
            pair=self.pair(name),
            from_sites=bool(SITES.fullmatch(row["choices"])),
            unit_label=self.unit(name, row["unit"]),
            shows=self.settings.get("shows", {}).get(name, ""),
            range_source=self.range_source(name),
            other_units=tuple(
                self.other_unit(part) for part in self.settings.get("other_unit", ()) if name in part["items"]
            ),
        )

    def other_unit(self, part: dict[str, Any]) -> OtherUnit:
        times, over = (Decimal(str(part.get(key, 1))) for key in ("times", "over"))
        if not (times > 0 and over > 0):
            raise DictionaryError(f"the unit {part['unit']!r} needs a factor above zero")
        spelt = [part["unit"], *part.get("written", ())]
        low, high = (number(str(edge)) for edge in part.get("suspect", ("", "")))
        return OtherUnit(
            label=part["unit"],
            keys=tuple(dict.fromkeys(units.key_of(one) for one in spelt)),
            times=times,
            over=over,
            suspect=Range(low, high),
            belongs=part.get("belongs", ""),
        )

    def range_source(self, name: str) -> Label:
        sources = self.settings.get("range_source", {})
        found = next((part for part in sources.values() if name in part.get("items", ())), None)
        part = found or sources.get("protocol")
        return Label(part["en"], part["ko"]) if part else Label("", "")

    def unit(self, name: str, text: str) -> Label:
        units = self.settings.get("units", {})
        words = units.get(name) or units.get(text)
        return Label(**words) if words else Label(text, text)

    def pair(self, name: str) -> str:
        other = name.removesuffix(STATUS) if name.endswith(STATUS) else name + STATUS
        return other if other in self.names else ""

    def choices(self, text: str) -> tuple[Choice, ...]:
        """`1, Yes | 0, No, waiver asked`; a bare label is its own code; S01..S17 is a row of sites."""
        if not text:
            return ()
        if sites := SITES.fullmatch(text):
            codes = [f"S{place:02d}" for place in range(int(sites[1]), int(sites[2]) + 1)]
            return tuple(Choice(code, Label(code, code)) for code in codes)
        choices = []
        for part in text.split(" | "):
            coded = CODED.fullmatch(part.strip())
            code, label = (coded[1], coded[2]) if coded else (part.strip(), part.strip())
            if label not in self.korean:
                raise DictionaryError(f"the choice {label!r} has no Korean label")
            choices.append(Choice(code, Label(label, self.korean[label])))
        if len({choice.code for choice in choices}) != len(choices):
            raise DictionaryError("two choices have the same code")
        return tuple(choices)

    def rule(self, part: dict[str, Any]) -> Rule:
        if part["severity"] not in SEVERITIES:
            raise DictionaryError(f"rule {part['code']}: severity is error or warning")
        return Rule(
            code=part["code"],
            severity=part["severity"],
            items=tuple(part["items"]),
            when=expressions.parse(part["when"]),
            text=Label(part["en"], part["ko"]),
        )

    def order(self, items: dict[str, Item]) -> Iterator[str]:
        """Computed items, each after those that it is computed from."""
        done: set[str] = set()

        def visit(name: str, above: tuple[str, ...]) -> Iterator[str]:
            if name in above:
                raise DictionaryError(f"{name} is computed from itself: {' → '.join((*above, name))}")
            item = items.get(name)
            if item is None or item.computed is None or name in done:
                return
            for needed, _ in expressions.items_of(item.computed):
                yield from visit(needed, (*above, name))
            done.add(name)
            yield name

        for name in items:
            yield from visit(name, ())

    def check(self, dictionary: Dictionary) -> None:
        if dictionary.study_period_item not in ("", *dictionary.items):
            raise DictionaryError(f"study_period_item names {dictionary.study_period_item}, which is no item")
        listed = {"range_source": self.sourced(), "other_unit": self.converted()}
        for part in ("computed", "waived", "shows", "range_source", "other_unit"):
            for name in listed.get(part, self.settings.get(part, {})):
                if name not in dictionary.items:
                    raise DictionaryError(f"[{part}] names {name}, which is no item")
        for item in dictionary.items.values():
            if item.type == "calc" and item.section.kind == "form" and item.computed is None:
                raise DictionaryError(f"{item.name} is a calc item, but [computed] does not say how")
            for node in filter(None, (item.branching, item.computed, item.waived)):
                self.check_names(node, dictionary, item.name)
        codes = [rule.code for rule in dictionary.rules]
        for rule in dictionary.rules:
            if codes.count(rule.code) > 1:
                raise DictionaryError(f"two rules are called {rule.code}")
            self.check_names(rule.when, dictionary, f"rule {rule.code}")
            for name in rule.items:
                if name not in dictionary.items:
                    raise DictionaryError(f"rule {rule.code} names {name}, which is no item")

    def converted(self) -> list[str]:
        parts = self.settings.get("other_unit", ())
        return [name for part in parts for name in (*part["items"], part.get("belongs", "")) if name]

    def sourced(self) -> list[str]:
        parts = self.settings.get("range_source", {}).values()
        return [name for part in parts for name in part.get("items", ())]

    def check_names(self, node: Node, dictionary: Dictionary, where: str) -> None:
        for name, code in expressions.items_of(node):
            if name not in dictionary.items:
                raise DictionaryError(f"{where}: [{name}] is no item")
            if code is not None and code not in dictionary.items[name].codes:
                raise DictionaryError(f"{where}: [{name}] has no choice {code}")
        for fact in expressions.facts_of(node):
            if fact not in dictionary.settings and fact not in dictionary.facts:
                raise DictionaryError(f"{where}: {{{fact}}} is neither a setting nor a fact")
