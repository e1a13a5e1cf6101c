"""The three files of a dictionary, written from what was read elsewhere."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cohort.dictionary import COLUMNS
from cohort.redcap.writing import Source


def write_files(source: Source, stem: Path) -> None:
    """Write `stem`.csv, `stem`.ko.csv and `stem`.toml; existing files are replaced."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    _csv(stem.with_name(f"{stem.name}.csv"), COLUMNS, source.rows)
    korean = [{"en": english, "ko": korean} for english, korean in source.korean.items()]
    _csv(stem.with_name(f"{stem.name}.ko.csv"), ["en", "ko"], korean)
    stem.with_name(f"{stem.name}.toml").write_text(as_toml(source.settings), encoding="utf-8")


def as_toml(settings: Mapping[str, Any]) -> str:
    """Settings as TOML: plain values first, then tables and lists of tables."""
    return "\n".join(_table(settings, "")) + "\n"


def _table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    nested = {key: value for key, value in table.items() if _is_nested(value)}
    for key, value in table.items():
        if key not in nested:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in nested.items():
        full = f"{name}.{_key(key)}" if name else _key(key)
        for part in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{full}]]" if isinstance(value, list) else f"[{full}]"
            yield from _table(part, full)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _csv(path: Path, columns: list[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
