"""The dictionary that drives the form, read from files and checked; nothing in the code names an item.

A dictionary is three files in `cohort/dictionaries/`: `x.csv` (the items, one a row), `x.ko.csv`
(Korean labels of the choices) and `x.toml` (sections, settings, computed items, rules between items).
"""

import csv
import hashlib
import io
import tomllib
from functools import cache
from pathlib import Path

from cohort.dictionary_rows import Builder
from cohort.expressions import ExpressionError
from cohort.items import Choice, Dictionary, DictionaryError, Item, Label, Range, Rule, Section

__all__ = [
    "CURRENT",
    "Choice",
    "Dictionary",
    "DictionaryError",
    "Item",
    "Label",
    "Range",
    "Rule",
    "Section",
    "build",
    "get",
    "load",
]

FOLDER = Path(__file__).parent / "dictionaries"
CURRENT = "kicc19-1"
COLUMNS = [
    *("name", "section", "label_en", "label_ko", "type", "unit", "choices"),
    *("min_plausible", "max_plausible", "min_hard", "max_hard", "required", "branching", "source_note"),
]


@cache
def get(identifier: str = CURRENT) -> Dictionary:
    """The dictionary of that id. Raises DictionaryError when there is none or its files are wrong."""
    for path in sorted(FOLDER.glob("*.toml")):
        if path.with_suffix(".csv").exists():
            dictionary = load(path)
            if dictionary.id == identifier:
                return dictionary
    raise DictionaryError(f"there is no dictionary {identifier!r} in {FOLDER.name}/")


@cache
def load(path: Path) -> Dictionary:
    """Read and check the dictionary at `path` (its .toml file)."""
    texts = [path.with_suffix(suffix).read_bytes() for suffix in (".toml", ".csv", ".ko.csv")]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    settings, items, korean = (text.decode("utf-8-sig") for text in texts)
    return build(settings=settings, items=items, korean=korean, digest=digest)


def build(*, settings: str, items: str, korean: str, digest: str = "") -> Dictionary:
    """A dictionary from the text of its three files. Raises DictionaryError."""
    try:
        return Builder(tomllib.loads(settings), _rows(items), _korean(korean)).dictionary(digest)
    except (tomllib.TOMLDecodeError, ExpressionError, KeyError) as error:
        raise DictionaryError(str(error)) from error


def _rows(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames != COLUMNS:
        raise DictionaryError(f"the columns must be {', '.join(COLUMNS)}")
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def _korean(text: str) -> dict[str, str]:
    return {row["en"]: row["ko"] for row in csv.DictReader(io.StringIO(text))}
