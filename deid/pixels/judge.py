"""Which of the text in a picture may stay: side, view and position markers. Anything else is text.

The words are data (`markers.csv`). A compact sign with one character, or with two Latin letters (a
radiographer's initials under the lead marker, often mirrored), names nobody and is a marker as well; so is a
compact sign that cannot be read at all. A name, a number or a date is always longer than that.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deid.pixels.boxes import Box

FILE = Path(__file__).with_name("markers.csv")
KINDS = frozenset({"side", "view", "position", "breath", "mobile", "part"})
COMPACT = 1.75
LATIN_INITIALS = re.compile(r"[A-Z]{2}")
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Judged:
    """The boxes of one frame: markers may stay, texts need a person."""

    markers: tuple[Box, ...]
    texts: tuple[Box, ...]


def judge(boxes: Iterable[Box]) -> Judged:
    """Tell markers from text. What was not read counts as text, unless it is one compact sign."""
    sorted_out: dict[bool, list[Box]] = {True: [], False: []}
    for box in boxes:
        sorted_out[is_marker(box)].append(box)
    return Judged(tuple(sorted_out[True]), tuple(sorted_out[False]))


def is_marker(box: Box) -> bool:
    words = WORDS.findall(unicodedata.normalize("NFKC", box.text).upper())
    if words and all(word in markers() for word in words):
        return True
    if box.region.compact > COMPACT:
        return False
    sign = "".join(words)
    return len(sign) <= 1 or bool(LATIN_INITIALS.fullmatch(sign))


@cache
def markers() -> frozenset[str]:
    """The words, upper case. ValueError names the line of `markers.csv` that is not as it should be."""
    found = set()
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            word = (row["word"] or "").strip()
            if not WORDS.fullmatch(word) or word != word.upper() or row["kind"] not in KINDS:
                raise ValueError(f"{FILE.name}: {word!r} is not one upper-case word of a known kind")
            found.add(word)
    return frozenset(found)
