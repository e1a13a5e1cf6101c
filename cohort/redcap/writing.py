"""A dictionary as REDCap's data dictionary."""

import csv
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohort import dictionary
from cohort.items import Dictionary, DictionaryError
from cohort.redcap.columns import (
    ANNOTATION,
    COLUMNS,
    FORM,
    HEADER,
    LABEL,
    NAME,
    READ_ONLY,
    TYPE,
    Row,
    visible,
)
from cohort.sheets.catalogue import form_name

ITEM_TAG, DICTIONARY_TAG = "@KICC-ITEM=", "@KICC-DICTIONARY="
DESCRIPTION = "kicc_dictionary"


@dataclass(frozen=True)
class Source:
    """A dictionary as its three files say it: settings, rows of items, Korean labels of choices."""

    settings: Mapping[str, Any]
    rows: tuple[Mapping[str, str], ...]
    korean: Mapping[str, str]


def source_of(identifier: str) -> Source:
    """The files of a dictionary. Raises DictionaryError when there is none of that id."""
    for path in sorted(dictionary.FOLDER.glob("*.toml")):
        if path.with_suffix(".csv").exists() and dictionary.load(path).id == identifier:
            return _read(path)
    raise DictionaryError(f"there is no dictionary {identifier!r}")


def _read(path: Path) -> Source:
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = tuple(_csv(path.with_suffix(".csv")))
    korean = {row["en"]: row["ko"] for row in _csv(path.with_suffix(".ko.csv"))}
    return Source(settings, rows, korean)


def _csv(path: Path) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))):
        yield {key: (value or "").strip() for key, value in row.items()}


def redcap_rows(source: Source, known: Dictionary) -> Iterator[Row]:
    """The rows of REDCap's data dictionary: items, and after the first one that describes the dictionary."""
    headed = None
    for number, raw in enumerate(source.rows):
        item = known.items[raw["name"]]
        row = visible(
            raw, item.section, computed_of(source, raw["name"]), item.decimals, known.setting_values
        )
        if item.section != headed:
            row[HEADER], headed = item.section.label.en, item.section
        tags = [f"{ITEM_TAG}{json.dumps(dict(raw), ensure_ascii=False)}"]
        if not item.typed:
            tags.insert(0, READ_ONLY)
        row[ANNOTATION] = " ".join(tags)
        yield row
        if number == 0:
            yield _description(source, known)


def computed_of(source: Source, name: str) -> str:
    """The expression of a computed item on one line, '' for the others."""
    return " ".join(str(source.settings.get("computed", {}).get(name, "")).split())


def _description(source: Source, known: Dictionary) -> Row:
    told = {"settings": source.settings, "korean": source.korean}
    row = dict.fromkeys(COLUMNS, "")
    first = next(iter(known.items.values())).section
    row |= {NAME: DESCRIPTION, FORM: form_name(first), TYPE: "descriptive", LABEL: known.title.en}
    row[ANNOTATION] = f"{DICTIONARY_TAG}{json.dumps(told, ensure_ascii=False)}"
    return row


def data_dictionary(identifier: str = dictionary.CURRENT) -> bytes:
    """The CSV that REDCap takes: UTF-8, commas, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(redcap_rows(source_of(identifier), dictionary.get(identifier)))
    return out.getvalue().encode()
