"""Rules that say where a device always writes text: maker, model, modality, matrix → region to black out.

A rule file is a CSV with the columns of `COLUMNS`. Maker and model are patterns (`SIEMENS*`, `*`; case does
not matter); `modality` is CT, CR or DX; `rows` and `columns` are the matrix for which the region holds;
`reason` says who saw it and where. `devices.csv` beside this module is the one that is shipped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydicom.dataset import Dataset

from deid.pixels.boxes import Region

SHIPPED = Path(__file__).with_name("devices.csv")
NUMBERS = ("rows", "columns", "x", "y", "width", "height")
COLUMNS = ("manufacturer", "model", "modality", *NUMBERS, "reason")
MODALITIES = frozenset({"CT", "CR", "DX"})


class RuleError(ValueError):
    """A rule file is not as it should be; says the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class DeviceRule:
    """One line of a rule file; `line` counts from 2, as an editor shows it."""

    line: int
    manufacturer: str
    model: str
    modality: str
    rows: int
    columns: int
    region: Region
    reason: str

    @property
    def name(self) -> str:
        """How receipts call it."""
        return f"{self.manufacturer} / {self.model} / {self.modality} {self.columns} × {self.rows}"


def load_rules(path: Path = SHIPPED) -> tuple[DeviceRule, ...]:
    """The rules of a file, in its order. Raises RuleError; OSError when it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise RuleError(f"{path.name}: the first line must be {','.join(COLUMNS)}")
            return tuple(_rule(path.name, reader.line_num, row) for row in reader)
    except UnicodeDecodeError:
        raise RuleError(f"{path.name}: is not UTF-8") from None


def matching(rules: Iterable[DeviceRule], dataset: Dataset) -> list[DeviceRule]:
    """Those that hold for a data set."""
    maker, model = (_plain(dataset.get(k)) for k in ("Manufacturer", "ManufacturerModelName"))
    return [
        rule
        for rule in rules
        if (rule.rows, rule.columns) == (dataset.get("Rows"), dataset.get("Columns"))
        and rule.modality == dataset.get("Modality")
        and fnmatchcase(maker, _plain(rule.manufacturer))
        and fnmatchcase(model, _plain(rule.model))
    ]


def _rule(file: str, line: int, row: dict[str, str]) -> DeviceRule:
    def wrong(what: str) -> RuleError:
        return RuleError(f"{file}, line {line}: {what}")

    if None in row or None in row.values():
        raise wrong(f"must have {len(COLUMNS)} cells")
    cells = {name: value.strip() for name, value in row.items()}
    for name in ("manufacturer", "model", "reason"):
        if not cells[name]:
            raise wrong(f"{name} is empty")
    if cells["modality"] not in MODALITIES:
        raise wrong("modality must be CT, CR or DX")
    for name in NUMBERS:
        if not cells[name].isascii() or not cells[name].isdigit():
            raise wrong(f"{name} must be a whole number")
    rows, columns, x, y, width, height = (int(cells[name]) for name in NUMBERS)
    region = Region(x, y, width, height)
    if not region.area or region.within(rows=rows, columns=columns) != region:
        raise wrong("the region must lie inside the matrix and not be empty")
    return DeviceRule(
        line, cells["manufacturer"], cells["model"], cells["modality"], rows, columns, region, cells["reason"]
    )


def _plain(text: object) -> str:
    return " ".join(str(text or "").split()).upper()
