"""Which words a vocabulary explains: its own, numbers with units, kernel names, and words run together."""

from __future__ import annotations

import re
from functools import lru_cache

from deid.spelling import CODES, VOCABULARY, WORD, is_wide, plain

_UNITS = "mm|cm|kv|kvp|ma|mas|s|sec|ms|ml|cc|hu|mgy|th|st|nd|rd|h|hr|x|f|sl|d|v|vw"
_NUMBER = rf"\d{{1,3}}(?:\.\d{{1,4}})?(?:{_UNITS})?"
NUMBER = re.compile(rf"{_NUMBER}(?:x{_NUMBER}){{0,2}}")
KERNEL = re.compile(
    r"(?:b|br|bv|bl|bf|i|h|hr|hf|u|d|fc|fl|t|q|qr|j|l|c|y[a-e]|s|sa|ss|pl|sp|wc)\d{1,3}[a-z]?"
)
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[^\W\d_a-zA-Z]+")
# Hangul, Chinese characters and kana; how long a word of several may be.
_WIDE = re.compile("[\u1100-\U0010ffff]+")
_LONGEST = 24


@lru_cache(maxsize=8192)
def coded(value: str) -> bool:
    """Whether a coded value (VR CS) holds only words that codes are made of."""
    return all(word.casefold() in CODES or allowed(word) for word in WORD.findall(value))


def allowed(word: str) -> bool:
    """Whether the vocabulary, a number with a unit, or the form of a kernel name explains the word."""
    flat = plain(word)
    if is_word(flat) or NUMBER.fullmatch(flat) or KERNEL.fullmatch(flat):
        return True
    if len(flat) == 1 and flat.isascii():
        return True
    pieces = [plain(piece) for piece in CAMEL.findall(word)]
    return (
        len("".join(pieces)) == len(flat)
        and all(
            is_word(piece)
            or (len(piece) == 1 and not is_wide(piece) and len(pieces) <= 4)
            or (len(piece) <= 3 and bool(NUMBER.fullmatch(piece)))
            for piece in pieces
        )
        and any(map(is_word, pieces))
    )


def is_word(word: str) -> bool:
    """Whether it is in the vocabulary, or Korean made of words of two syllables and more that are."""
    if word in VOCABULARY:
        return True
    return len(word) <= _LONGEST and bool(_WIDE.fullmatch(word)) and _is_compound(word)


@lru_cache(maxsize=1024)
def _is_compound(word: str) -> bool:
    cuts = range(2, len(word) - 1)
    return any(word[:at] in VOCABULARY and is_word(word[at:]) for at in cuts)


def knows(word: str) -> bool:
    """Whether the vocabulary has the word, or what of it is Korean, Chinese or Japanese."""
    return word in VOCABULARY or all(map(is_word, _WIDE.findall(word)))
