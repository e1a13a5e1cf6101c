"""The columns of one level, and the cell of a record in each. Pure: frame and records in, values out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cohort.exports.columns import AGE, NUMBER, OLDEST_TOLD, RARE, RARE_BELOW, TOP_CODE, Value
from releases.frozen import Record
from releases.layouts import DROP, SAFE_HARBOR
from releases.layouts import RARE as IF_NOT_RARE
from releases.layouts import TOP as TOP_CODED

WHOLE_NUMBER, NUMBER_TYPE, TEXT = "integer", "decimal", "text"
NUMBERED = {
    "name": "person",
    "section": {"en": "Record", "ko": "기록"},
    "label": {"en": "Number of the person in this release", "ko": "이 릴리스의 대상자 번호"},
    "type": "integer",
    "unit": "",
    "choices": [],
    "answered_when": "",
    "from": "number",
    "quasi": False,
    "limited": DROP,
    "safe_harbor": "keep",
}
FROM_RECORD = {"subject_id": "code", "site_code": "site", "site_level": "site_level"}


@dataclass(frozen=True)
class Column:
    """`told` are the column's words (see releases.frozen); `treatment` is what becomes of a value."""

    told: Mapping[str, Any]
    treatment: str

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def kind(self) -> str:
        """What a typed file holds: whole numbers, numbers, or text."""
        if self.told["choices"] or self.treatment != "keep":
            return TEXT
        if self.told["type"] == "integer":
            return WHOLE_NUMBER
        calculated = self.told["type"] == "calc" and self.told["unit"]
        return NUMBER_TYPE if self.told["type"] == "decimal" or calculated else TEXT

    @property
    def note(self) -> str:
        if self.treatment == TOP_CODED:
            return f"Ages above {OLDEST_TOLD} are {TOP_CODE}."
        if self.treatment == IF_NOT_RARE:
            return f"{RARE}: fewer than {RARE_BELOW} people of the release have this answer."
        return ""


def columns(frame: Mapping[str, Any], level: str) -> list[Column]:
    """The columns that leave at `level`, in the release's order."""
    which = "safe_harbor" if level == SAFE_HARBOR else "limited"
    told = [NUMBERED, *frame["columns"]]
    return [Column(one, one[which]) for one in told if one[which] != DROP]


def raw(record: Record, told: Mapping[str, Any]) -> Value:
    """The value before any treatment: text, a number, or None."""
    data = record.data
    if told["from"] == "number":
        return record.number
    if told["from"] == "imaging":
        value: Value = data["imaging"].get(told["name"])
        return value
    name = told["name"]
    text: str = data[FROM_RECORD[name]] if name in FROM_RECORD else data["answers"].get(name, "")
    if not text:
        return None
    if told["choices"] or told["type"] not in ("integer", "decimal", "calc") or not NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


class Table:
    """Rows of one level. `records()` gives every record of the release; `keep` says which become rows.

    What is rare is counted over the whole release, whatever is kept: two exports treat a place alike.
    """

    def __init__(
        self,
        frame: Mapping[str, Any],
        level: str,
        records: Callable[[str], Iterator[Record]],
        keep: Callable[[Record], bool] = lambda record: True,
    ) -> None:
        self.columns = columns(frame, level)
        self._order = "number" if level == SAFE_HARBOR else "code"
        self._records, self._keep = records, keep
        self._rare: Mapping[str, frozenset[Value]] | None = None

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def rows(self) -> Iterator[list[Value]]:
        """A row per kept record: by code, or by number where codes do not leave."""
        for record in self._records(self._order):
            if self._keep(record):
                yield [self.cell(record, column) for column in self.columns]

    def cell(self, record: Record, column: Column) -> Value:
        value = raw(record, column.told)
        if value is None:
            return None
        if column.treatment == TOP_CODED:
            oldest = column.name == AGE and isinstance(value, int | float) and value > OLDEST_TOLD
            return TOP_CODE if oldest else value
        if column.treatment == IF_NOT_RARE and value in self.rare.get(column.name, frozenset()):
            return RARE
        return value

    @property
    def rare(self) -> Mapping[str, frozenset[Value]]:
        """Answers that fewer than five people of the release have, by column."""
        if self._rare is None:
            watched = [column for column in self.columns if column.treatment == IF_NOT_RARE]
            self._rare = _rare(watched, self._records(self._order)) if watched else {}
        return self._rare


def _rare(watched: Iterable[Column], records: Iterable[Record]) -> dict[str, frozenset[Value]]:
    columns = list(watched)
    counts: dict[str, Counter[Value]] = {column.name: Counter() for column in columns}
    for record in records:
        for column in columns:
            counts[column.name][raw(record, column.told)] += 1
    return {
        name: frozenset(value for value, n in found.items() if value is not None and n < RARE_BELOW)
        for name, found in counts.items()
    }
