"""Free text cleaned word by word, and text of devices and codes kept by its form: what is not known, goes."""

from __future__ import annotations

import re
from functools import lru_cache

from deid import days, device
from deid.shapes import LOOSE, PATTERNS
from deid.spelling import without_initials
from deid.terms import Terms
from deid.vocabulary import allowed

LONGEST = 128
# What is left of a text is cleaned again until nothing has to go; people's text takes two rounds or three.
ROUNDS = 8
RATIO = re.compile(r"\d{1,2}\.\d{1,4}:\d{1,2}")
PIECES = re.compile(r"[^\W_]+(?:\.\d+)*")
SEPARATED = re.compile(r"(?<!\d)\d+(?:[-/.:]\d+){2,}")


def keep(text: str, form: str, terms: Terms) -> str:
    """What of a text that stays as it is has the form that it must have (see ``device.kept``) and repeats no
    identifier; unchanged where nothing had to go. Keeping it again changes nothing.
    """
    key = f"{form}\0{text}"
    known = terms.stayed.get(key)
    return terms.stayed.keep(key, _keep(text, form, terms)) if known is None else known


def _keep(text: str, form: str, terms: Terms) -> str:
    for _ in range(ROUNDS):
        left = _kept_once(text, form, terms)
        if left == text:
            return text
        text = left
    return ""


def _kept_once(text: str, form: str, terms: Terms) -> str:
    left = device.kept(text, form)
    if form in {"", "meaning"}:
        dated = days.cut(text, terms.days)
        if dated != text or PATTERNS.search(text):
            left = device.kept(" ".join(PATTERNS.sub(" ", dated).split()), form)
    if not terms.identifies(left):
        return left
    if form not in {"", "meaning"}:
        return ""
    words = terms.without(left).split()
    left = " ".join(word for word in words if not terms.identifies(word))
    return "" if terms.identifies(left) else left


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
    known_all = not terms.identifies(text) and all(_known(chunk) == chunk for chunk in text.split())
    if known_all and _loose(text) == text:
        return text
    chunks = (_known(chunk) for chunk in terms.without(_loose(text)).split())
    known = (chunk for chunk in chunks if chunk and not terms.identifies(chunk))
    result = " ".join(known).strip(" ,;:-_/")
    return "" if result == text and terms.identifies(result) else result


def _loose(text: str) -> str:
    return without_initials(LOOSE.sub(" ", days.cut(PATTERNS.sub(" ", text))))


def _known(chunk: str) -> str:
    return _chunk(chunk) if len(chunk) <= LONGEST else ""


@lru_cache(maxsize=16384)
def _chunk(chunk: str) -> str:
    """The pieces of one group of words that the vocabulary knows, with what stood between them."""
    if not chunk.isprintable():
        return ""
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
        return "" if PIECES.search(chunk) else chunk
    return "".join(out) + (chunk[last:] if not dropped else "")
