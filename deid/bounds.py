"""Limits that hold for any input, so that no file takes more memory or time than its size explains.

They lie far beyond what scanners write. What is over a limit is refused as ``too_large`` or ``too_deep``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from deid.codes import Refused

# Bytes before Pixel Data, inflated.
MAX_HEADER = 64 * 1024 * 1024
# Elements at the top of a data set, outside sequences.
MAX_TOP = 20_000
# What a value may hold that the explicit encodings give a length of 16 bits (PS3.5 7.1.2).
MAX_SHORT = 0xFFFE
# Characters of all identifiers of a file together, and how many they may be.
MAX_IDENTIFYING = 256 * 1024
MAX_TERMS = 10_000
# Characters of text times identifiers looked for in it; bytes of a header times needles.
MAX_JUDGED = 1_000_000_000
MAX_SEARCHED = 20_000_000_000
# What is spent on a text without any identifier to look for, in the same unit, and on one of no length.
_BASE, _SHORTEST = 200, 16

V = TypeVar("V")


class Memory(dict[str, V]):
    """What was made of short texts; it forgets everything when it holds ``most``."""

    LONGEST = 256

    def __init__(self, most: int) -> None:
        self.most = most

    def keep(self, text: str, made: V) -> V:
        if len(text) <= self.LONGEST:
            if len(self) >= self.most:
                self.clear()
            self[text] = made
        return made


def check_judging(texts: Iterable[bytes], terms: int) -> None:
    """Raises Refused where looking for the terms in the texts (each counted once) would take too long."""
    parts = sum(len(text) + _SHORTEST * (1 + text.count(b"\\")) for text in set(texts))
    if parts * (terms + _BASE) > MAX_JUDGED:
        raise Refused("too_large", "more text and identifiers than can be compared")


def check_search(length: int, needles: int) -> None:
    """Raises Refused where a search for the needles in that many bytes would take too long."""
    if length * needles > MAX_SEARCHED:
        raise Refused("too_large", "more header and identifiers than can be compared")
