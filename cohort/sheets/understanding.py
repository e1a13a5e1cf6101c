"""What a cell means for an item, before the form's own rules judge it: labels and words become codes."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from cohort.items import CHOSEN, Dictionary, Item, Label
from cohort.sheets.catalogue import words_of
from cohort.values import JOINED, Finding
from deid.sheet import plain
from deid.sheet.opening import Unread, Value
from deid.sheet.values import as_text

CLEAR = ("[clear]", "[지움]")
SEVERAL = re.compile(r"[|;\n]")
MARKED = re.compile(r"([^\w\s.+-]+)\s*([\d.,]+)")
FOLLOWED = re.compile(r"([\d.,]+)\s*(\D+)")


class Meaning:
    """Reads the cells of one dictionary's workbooks."""

    def __init__(self, known: Dictionary) -> None:
        self.known = known
        words = words_of(known.id)
        self.limits: dict[str, str] = {
            plain(mark): code for code, marks in words.get("limits", {}).items() for mark in marks
        }
        self.words: Mapping[str, list[str]] = words.get("words", {})
        self.codes = {item.name: self._codes(item) for item in known.items.values() if item.choices}

    def of(self, item: Item, value: Value, *, status_given: bool) -> dict[str, Any]:
        """What the cell changes, by item: mostly its own; of a number that was not measured, the status.

        `status_given`: the row says the status in a column of its own, so the cell holds the number alone.
        """
        if isinstance(value, Unread):
            raise ValueError("a formula or an error is no value")
        text = as_text(value)
        if plain(text) in CLEAR:
            return {item.name: ""}
        if item.choices:
            return {item.name: self._chosen(item, value)}
        status = self.known.items.get(item.pair) if item.pair and not item.is_status else None
        if status is not None and isinstance(value, str) and not status_given:
            if code := self.codes[status.name].get(plain(text)):
                return {status.name: code, item.name: ""}
            code, number = self._limited(unicodedata.normalize("NFKC", text))
            if code in status.codes:
                return {status.name: code, item.name: number}
        return {item.name: value if isinstance(value, str | int | float | bool) else text}

    def refusal(self, item: Item) -> Finding:
        """What to choose from, in words."""
        choices = Label(
            *(
                ", ".join(f"{choice.code} {choice.label.of(language)}" for choice in item.choices)
                for language in ("en", "ko")
            )
        )
        return Finding("no_such_choice", "error", (item.name,), {"label": item.label, "choices": choices})

    def _limited(self, text: str) -> tuple[str, str]:
        """The status and the number of `<0.05` or `0.05 미만`."""
        for pattern, mark, number in ((MARKED, 1, 2), (FOLLOWED, 2, 1)):
            found = pattern.fullmatch(text)
            if found and (code := self.limits.get(plain(found[mark]))):
                return code, found[number]
        return "", ""

    def _chosen(self, item: Item, value: Value) -> str:
        known = self.codes[item.name]
        text = ("1" if value else "0") if isinstance(value, bool) else as_text(value)
        if item.type != "checkbox" or plain(text) in known:
            return known.get(plain(text), text)
        parts = [part for part in SEVERAL.split(text) if part.strip()]
        if len(parts) == 1:
            parts = [part for part in text.split(",") if part.strip()]
        return JOINED.join(known.get(plain(part), part.strip()) for part in parts)

    def _codes(self, item: Item) -> dict[str, str]:
        """Every way to write a choice: its code, its labels, both together, other words."""
        found: dict[str, str] = {}
        for choice in item.choices:
            labels = dict.fromkeys([choice.label.en, choice.label.ko])
            both = [
                f"{choice.code}{mark}{label}" for label in labels for mark in ("", ".", ",", "=", ":", ")")
            ]
            words = self.words.get(choice.label.en, []) if item.type in CHOSEN else []
            for text in (choice.code, *labels, *both, *words):
                found.setdefault(plain(text), choice.code)
        return found
