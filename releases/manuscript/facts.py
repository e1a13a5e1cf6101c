"""What a release says, as the check needs it: rows with their numbers and the phrases that name them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cohort.summary.arithmetic import half_up

WORDS = Path(__file__).with_name("words.toml")


@dataclass(frozen=True)
class ShareFact:
    """`n` of `of`; hidden where the reader may not know."""

    id: str
    label: Mapping[str, str]
    phrases: tuple[str, ...]
    n: int
    of: int
    hidden: bool = False


@dataclass(frozen=True)
class MeanFact:
    id: str
    label: Mapping[str, str]
    phrases: tuple[str, ...]
    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    whole: bool


@dataclass(frozen=True)
class TotalFact:
    """A number that stands alone: a denominator, or how many hospitals there are."""

    id: str
    label: Mapping[str, str]
    phrases: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class Facts:
    shares: tuple[ShareFact, ...]
    means: tuple[MeanFact, ...]
    totals: tuple[TotalFact, ...]


@cache
def words() -> Mapping[str, Any]:
    return tomllib.loads(WORDS.read_text("utf-8"))


def facts(rows: Iterable[Mapping[str, Any]], denominators: Mapping[str, int | None], sites: int) -> Facts:
    """From the rows of a release's frame, and its denominators (None: not told)."""
    told = list(rows)
    labels = {row["of"]: row["of_label"] for row in told}
    labels["sites"] = {"en": "hospitals", "ko": "병원"}
    totals = {**denominators, "sites": sites}
    return Facts(
        shares=tuple(_share(row) for row in told if row["kind"] == "share"),
        means=tuple(_mean(row) for row in told if row["kind"] == "mean" and row["mean"] is not None),
        totals=tuple(
            TotalFact(name, labels[name], tuple(phrases), n)
            for name, phrases in words()["totals"].items()
            if (n := totals.get(name)) and name in labels
        ),
    )


def _share(row: Mapping[str, Any]) -> ShareFact:
    hidden = bool(row["hidden"])
    n, of = (0, 0) if hidden else (row["n"], row["denominator"])
    return ShareFact(row["id"], _label(row), _phrases(row), n, of, hidden)


def _mean(row: Mapping[str, Any]) -> MeanFact:
    spread = (row["mean"], row["sd"], row["min"], row["max"])
    return MeanFact(row["id"], _label(row), _phrases(row), row["n"], *spread, row["id"] in words()["whole"])


def _label(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Section and label: a label alone, such as "Unknown", may stand twice."""
    return {language: f"{row['section'][language]}: {row['label'][language]}" for language in ("en", "ko")}


def _phrases(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (*words()["phrases"].get(row["id"], ()), row["label"]["en"].lower(), row["label"]["ko"])


def rounded(value: float | None, decimals: int) -> Decimal | None:
    return None if value is None else half_up(value, decimals)
