"""Scores a corpus made by others against its key: file, path, vr, planted_value, kind, lang, action.

``path`` is a keyword path, ``(gggg,eeee)`` or ``(gggg,xxee,CREATOR)``, perhaps with words behind it;
``action`` is ``remove_or_replace``, ``replace_uid``, ``clean`` or ``drop``. What is drawn into pixels is
not judged here.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from deid.exam.answers import Answer, Demand
from deid.exam.scoring import Output

NEEDED = {"file", "path", "planted_value", "kind", "action"}
ACTIONS = {"remove_or_replace", "replace_uid", "clean", "drop"}
IN_PIXELS = "PixelData"
_NUMBER = re.compile(r"[\d-]{6,}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_WORD = re.compile(r"[^\W_]+")


class KeyFault(ValueError):
    """The key cannot be read; the text says why and where."""


def read_key(path: Path) -> list[Answer]:
    """Answers of a key. Rows about drawn text in Pixel Data are left out. Raises KeyFault."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KeyFault(f"KEY cannot be read ({type(error).__name__}); give a CSV file in UTF-8") from error
    if not rows or not set(rows[0]) >= NEEDED:
        raise KeyFault(f"KEY has no rows, or lacks one of the columns {', '.join(sorted(NEEDED))}")
    answers: list[Answer] = []
    for line, row in enumerate(rows, start=2):
        if row["action"] not in ACTIONS:
            raise KeyFault(f"KEY line {line}: action is not one of {', '.join(sorted(ACTIONS))}")
        if not row["path"].startswith(IN_PIXELS):
            answers += _answers(row)
    files = dict.fromkeys(row["file"] for row in rows if not row["path"].startswith(IN_PIXELS))
    return [*answers, *(Answer(f, "PixelData", "pixels", Demand.PIXELS_RETAINED) for f in files)]


def _answers(row: dict[str, str]) -> Iterator[Answer]:
    file, kind, value = row["file"], row["kind"], row["planted_value"]
    place = re.sub(r"(?<=[)\]\w]) \(.*\)$", "", row["path"])
    if place.startswith("("):
        place = place[: place.rindex(")") + 1] if "[" not in place else place
    if row["action"] == "drop":
        yield Answer(file, "the file name", kind, Demand.REMOVED, secrets=tuple(_words(Path(value).stem)))
    elif row["action"] == "replace_uid":
        yield Answer(file, place, kind, Demand.UID_CHANGED, secrets=(value,))
    elif row["action"] == "clean":
        yield Answer(file, place, kind, Demand.TEXT_REMOVED, secrets=secrets_of(value, row.get("vr", "")))
    elif "drawn" in row["path"]:
        yield Answer(file, place, kind, Demand.REMOVED)
    else:
        yield Answer(file, place, kind, Demand.REMOVED, secrets=secrets_of(value, row.get("vr", "")))


def secrets_of(value: str, vr: str) -> tuple[str, ...]:
    """What of a planted value may stand nowhere: all of it, the parts of a name, the numbers in a text."""
    if vr == "PN" or "^" in value:
        parts = [part for group in value.split("=") for part in group.split("^")]
        return tuple(part for part in parts if len(part) > 1)
    return (value, *(number for number in _NUMBER.findall(value) if number != value))


def _words(stem: str) -> list[str]:
    """Words of a file name; those that a digest could hold by chance only where they are long."""
    return [
        word
        for word in _WORD.findall(stem.replace("_", " "))
        if len(word) > (5 if _HEX.fullmatch(word) else 2)
    ]


def read_outputs(source: Path, target: Path, files: set[str], report: Path | None) -> dict[str, Output]:
    """Pairs inputs and outputs by the report that ``strip`` wrote, or by the same relative path. Raises
    KeyFault.
    """
    pairs = {name: name for name in files}
    refused: dict[str, str] = {}
    if report is not None:
        try:
            rows = json.loads(report.read_text(encoding="utf-8"))
            pairs = {row["input"]: row["output"] for row in rows if row["output"]}
            refused = {row["input"]: row["code"] for row in rows if not row["output"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeyFault(
                f"--report cannot be read ({type(error).__name__}); give what strip wrote"
            ) from error
    made: dict[str, Output] = {}
    for name in files:
        given, come = source / name, target / pairs.get(name, name)
        if not given.is_file():
            raise KeyFault(f"SRC does not hold {name}, which the key names")
        result = come.read_bytes() if name in pairs and come.is_file() else None
        made[name] = Output(
            given.read_bytes(), result, refused.get(name, "no output"), name=pairs.get(name, "")
        )
    return made
