"""Published tables as data: what a cohort is laid beside, each with its source.

A table is a TOML file in this folder. `counts` and `means` go by the row ids of the summary
(`cohort/summary/shares.py`, `means.py`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cohort.items import Label

FOLDER = Path(__file__).parent


class ReferenceTableError(ValueError):
    """A table's file is not as it should be; says which row and why."""


@dataclass(frozen=True)
class Count:
    """`n` of `of` people or exams; `printed` are percentages as printed, in the places `where`."""

    n: int
    of: int
    printed: tuple[float, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mean:
    """A printed mean. What the table does not print is None; `decimals` are those of the print."""

    mean: float
    sd: float | None = None
    min: float | None = None
    max: float | None = None
    n: int | None = None
    decimals: int = 1


@dataclass(frozen=True)
class Reference:
    """`shares` are percentages of `people` that are printed without a count; `remarks` are words by row."""

    id: str
    title: Label
    source: str
    counts: Mapping[str, Count]
    means: Mapping[str, Mean]
    totals: Mapping[str, int]
    shares: Mapping[str, float]
    people: int
    remarks: Mapping[str, Label]


def names() -> list[str]:
    """The ids of the tables that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def get(identifier: str) -> Reference:
    """The table of that id. Raises ReferenceTableError."""
    path = FOLDER / f"{identifier}.toml"
    if not identifier.isidentifier() or not path.exists():
        raise ReferenceTableError(f"there is no reference table {identifier!r}")
    return build(path.read_text())


def build(text: str) -> Reference:
    """A table from the text of its file. Raises ReferenceTableError."""
    try:
        told = tomllib.loads(text)
        return Reference(
            id=told["id"],
            title=Label(**told["title"]),
            source=told["source"],
            counts={row: _count(row, facts) for row, facts in told.get("counts", {}).items()},
            means={row: Mean(**facts) for row, facts in told.get("means", {}).items()},
            totals=told.get("totals", {}),
            shares={row: float(percent) for row, percent in told.get("shares", {}).items()},
            people=told.get("people", 0),
            remarks={one["row"]: Label(one["en"], one["ko"]) for one in told.get("remarks", ())},
        )
    except ReferenceTableError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReferenceTableError(f"the reference table cannot be read: {error}") from error


def _count(row: str, facts: Mapping[str, Any]) -> Count:
    printed, where = tuple(facts.get("printed", ())), tuple(facts.get("where", ()))
    if len(printed) != len(where):
        raise ReferenceTableError(f"{row}: each printed percentage needs its place")
    if not 0 <= facts["n"] <= facts["of"]:
        raise ReferenceTableError(f"{row}: {facts['n']} of {facts['of']} is no share")
    return Count(facts["n"], facts["of"], printed, where)
