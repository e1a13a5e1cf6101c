"""The rules as data: `rules.toml`, read once. What judges by them is in `rules`, `belonging` and `exams`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEVERITIES = ("refuse", "error", "waiver", "warning", "info")
"""What a rule's find means, the heaviest first."""
DECIDED = frozenset({"error", "waiver"})
"""Severities that a curator has to decide about before a case is accepted."""
SCOPES = ("file", "series", "exam", "subject", "records")


@dataclass(frozen=True)
class Rule:
    """One rule. `limits` are numbers in the unit that their name says; `words` are texts it looks for."""

    code: str
    severity: str
    applies_to: str
    kinds: tuple[str, ...]
    en: str
    ko: str
    remedy_en: str
    remedy_ko: str
    limits: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[str, str]:
        """What, why and what to do, in English and Korean."""
        return f"{self.en} {self.remedy_en}", f"{self.ko} {self.remedy_ko}"


def read(path: Path) -> tuple[str, float, dict[str, Rule]]:
    """(version, hours that "near a CT" allows, rules by code). ValueError when the file is not sound."""
    data = tomllib.loads(path.read_text("utf-8"))
    rules: dict[str, Rule] = {}
    for row in data["rule"]:
        rule = _rule(row)
        if rule.code in rules:
            raise ValueError(f"rule {rule.code} is there twice")
        rules[rule.code] = rule
    return str(data["version"]), float(data["slots"]["near_hours"]), rules


def _rule(row: Mapping[str, Any]) -> Rule:
    rule = Rule(
        **{name: value for name, value in row.items() if name not in ("kinds", "words")},
        kinds=tuple(row["kinds"]),
        words={name: tuple(words) for name, words in row.get("words", {}).items()},
    )
    if rule.severity not in SEVERITIES or rule.applies_to not in SCOPES:
        raise ValueError(f"rule {rule.code}: severity {rule.severity}, applies to {rule.applies_to}")
    if not all((rule.en, rule.ko, rule.remedy_en, rule.remedy_ko)):
        raise ValueError(f"rule {rule.code} lacks a text")
    return rule


VERSION, NEAR_HOURS, RULES = read(Path(__file__).with_name("rules.toml"))


def limit(code: str, name: str) -> float:
    """The limit of a rule."""
    return RULES[code].limits[name]


def words(code: str, name: str) -> tuple[str, ...]:
    """The words that a rule looks for."""
    return RULES[code].words[name]
