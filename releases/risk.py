"""How easily a person could be recognised in a table: equal groups over what others may know (k-anonymity).

After Sweeney 2002: k is the size of the smallest group of rows that agree in all quasi-identifiers.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from releases.layouts import SUMMARY
from releases.tables import Table

SAFE_GROUP = 5


@dataclass(frozen=True)
class Risk:
    """`k`: smallest group, 0 without rows; `unique`: rows alone in theirs; `few`: rows in groups below 5.

    `columns` are the quasi-identifiers over which rows are grouped, as they leave.
    """

    rows: int = 0
    k: int = 0
    unique: int = 0
    few: int = 0
    columns: tuple[str, ...] = field(default=())

    @property
    def to_answer(self) -> bool:
        """Whether somebody has to say why it may leave all the same."""
        return self.few > 0

    def worse_than(self, other: "Risk") -> bool:
        """Whether it is more than what was answered."""
        return self.unique > other.unique or self.few > other.few or (self.rows > 0 and self.k < other.k)

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "columns": list(self.columns)}


def from_data(data: Mapping[str, Any]) -> Risk:
    return Risk(**{**data, "columns": tuple(data.get("columns", ()))})


def risk(table: Table, level: str) -> Risk:
    """The risk of the rows of a table; a summary has none, its small cells are hidden."""
    if level == SUMMARY:
        return Risk()
    at = [place for place, column in enumerate(table.columns) if column.told["quasi"]]
    groups = Counter(tuple(row[place] for place in at) for row in table.rows())
    return Risk(
        rows=sum(groups.values()),
        k=min(groups.values(), default=0),
        unique=sum(n == 1 for n in groups.values()),
        few=sum(n for n in groups.values() if n < SAFE_GROUP),
        columns=tuple(table.columns[place].name for place in at),
    )
