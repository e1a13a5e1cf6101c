"""Which columns leave at which level: a CSV per dictionary, `dictionary-id.csv`, one row per column.

Deny by default: a column that no row names stays. `quasi`: known outside the registry about a person, so the
risk of being recognised is counted over it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
COLUMNS = ["column", "limited", "safe_harbor", "quasi", "why"]
SUMMARY, SAFE_HARBOR, LIMITED, IMAGES = "summary", "safe-harbor", "limited", "images"
LEVELS = (SUMMARY, SAFE_HARBOR, LIMITED, IMAGES)
KEEP, TOP, RARE, DROP = "keep", "top", "rare", "drop"
TREATMENTS = (KEEP, TOP, RARE, DROP)


class LayoutError(ValueError):
    """The layout's file is missing or not as it should be; says which row and why."""


@dataclass(frozen=True)
class Place:
    """What becomes of one column at each level of rows."""

    limited: str
    safe_harbor: str
    quasi: bool
    why: str


@cache
def get(dictionary: str) -> Mapping[str, Place]:
    """The layout for that dictionary, by column. Raises LayoutError."""
    path = FOLDER / f"{dictionary}.csv"
    if not path.exists():
        raise LayoutError(f"there is no layout for dictionary {dictionary!r} in {FOLDER.name}/")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise LayoutError(f"the columns must be {', '.join(COLUMNS)}")
        return {row["column"]: _place(row) for row in reader}


def _place(row: Mapping[str, str]) -> Place:
    for level in ("limited", "safe_harbor"):
        if row[level] not in TREATMENTS:
            raise LayoutError(f"{row['column']}: {row[level]!r} is none of {', '.join(TREATMENTS)}")
    if DROP in (row["limited"], row["safe_harbor"]) and not row["why"]:
        raise LayoutError(f"{row['column']}: say why it stays")
    return Place(row["limited"], row["safe_harbor"], row["quasi"] == "yes", row["why"])
