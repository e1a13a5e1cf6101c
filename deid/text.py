"""Free text cleaned word by word: what the vocabulary does not know, goes."""

from __future__ import annotations

import re
from functools import lru_cache

from deid.terms import LOOSE, VOCABULARY, WORD, Terms, normalise, words_of

CODES = words_of("codes.txt")
LONGEST = 128
# What is left of a text is cleaned again until nothing has to go; people's text takes two rounds or three.
ROUNDS = 8
RATIO = re.compile(r"\d{1,2}\.\d{1,4}:\d{1,2}")

_UNITS = "mm|cm|kv|kvp|ma|mas|s|sec|ms|ml|cc|hu|mgy|th|st|nd|rd|h|hr|x|f|sl|d|v|vw"
_NUMBER = rf"\d{{1,3}}(?:\.\d{{1,4}})?(?:{_UNITS})?"
NUMBER = re.compile(rf"{_NUMBER}(?:x{_NUMBER}){{0,2}}")
KERNEL = re.compile(
    r"(?:b|br|bv|bl|bf|i|h|hr|hf|u|d|fc|fl|t|q|qr|j|l|c|y[a-e]|s|sa|ss|pl|sp|wc)\d{1,3}[a-z]?"
)
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[^\W\d_a-zA-Z]+")
PIECES = re.compile(r"[^\W_]+(?:\.\d+)*")
SEPARATED = re.compile(r"(?<!\d)\d+(?:[-/.:]\d+){2,}")


def clean(text: str, terms: Terms) -> str:
    """``text`` without anything that may name somebody; unchanged where nothing had to go.

    What is left has nothing more that would go: cleaning it again changes nothing.
    """
    known = terms.cleaned.get(text)
    return terms.cleaned.keep(text, _clean(text, terms)) if known is None else known


def _clean(text: str, terms: Terms) -> str:
    """Where a word goes, its neighbours meet, and together they may be a date or a number. Each round leaves
    less; what takes too many was made to.
    """
    for _ in range(ROUNDS):
        left = _once(text, terms)
        if left == text:
            return text
        text = left
    return ""


def _once(text: str, terms: Terms) -> str:
    if not terms.identifies(text) and all(_known(chunk) == chunk for chunk in text.split()):
        shorter = _loose(text)
        if shorter == text:
            return text
    chunks = (_known(chunk) for chunk in _loose(terms.without(text)).split())
    known = (chunk for chunk in chunks if chunk and not terms.identifies(chunk))
    result = " ".join(known).strip(" ,;:-_/")
    return "" if terms.identifies(result) else result


@lru_cache(maxsize=8192)
def coded(value: str) -> bool:
    """Whether a coded value (VR CS) holds only words that codes are made of."""
    return all(word.casefold() in CODES or allowed(word) for word in WORD.findall(value))


def _loose(text: str) -> str:
    return LOOSE.sub(" ", text)


def _known(chunk: str) -> str:
    return _chunk(chunk) if len(chunk) <= LONGEST else ""


@lru_cache(maxsize=16384)
def _chunk(chunk: str) -> str:
    """The pieces of one group of words that the vocabulary knows, with what stood between them."""
    if SEPARATED.search(chunk) and not RATIO.fullmatch(chunk) and sum(c.isdigit() for c in chunk) >= 5:
        return ""
    out: list[str] = []
    last = 0
    dropped = False
    for found in PIECES.finditer(chunk):
        if allowed(found[0]):
            between = chunk[last : found.start()]
            out.append((between[-1:] if dropped and out else between if not dropped else "") + found[0])
            dropped = False
        else:
            dropped = True
        last = found.end()
    if not out:
        return "" if PIECES.search(chunk) else _marks(chunk)
    tail = chunk[last:] if not dropped else ""
    return _marks("".join(out) + tail)


def _marks(chunk: str) -> str:
    return chunk if chunk.isprintable() else ""


def allowed(word: str) -> bool:
    """Whether the vocabulary, a number with a unit, or the form of a kernel name explains the word."""
    flat = normalise(word)
    if flat in VOCABULARY or NUMBER.fullmatch(flat) or KERNEL.fullmatch(flat):
        return True
    if len(flat) == 1 and flat.isascii():
        return True
    pieces = [normalise(piece) for piece in CAMEL.findall(word)]
    return (
        len("".join(pieces)) == len(flat)
        and all(
            piece in VOCABULARY
            or (len(piece) == 1 and len(pieces) <= 4)
            or (len(piece) <= 3 and bool(NUMBER.fullmatch(piece)))
            for piece in pieces
        )
        and any(piece in VOCABULARY for piece in pieces)
    )
