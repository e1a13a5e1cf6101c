"""The last look: no identifier of the input may stand anywhere in the header that is about to leave.

It works on the written bytes, apart from the engine's own bookkeeping. Stated rule for chance hits: a term
counts where no letter or digit touches it (a term of six letters or more counts anywhere, a number of six
digits or more where no digit touches it), inside the value of an element that can hold text. Values that were
checked to be numbers, ages, times, offsets, character sets or computed dates and UIDs, and the markers
written by this engine, are not text. A binary value counts from six bytes on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Set

from deid import syntax, uids
from deid.bounds import check_search
from deid.codes import Refused
from deid.markers import TAGS as MARKERS
from deid.stream import PIXEL_DATA, Element, Parser, path_of
from deid.terms import Terms
from deid.writer import Written

CHECKED = frozenset(["AS", "DS", "IS", "DA", "DT", "TM"])
# Character set and offset from UTC, written as one of few forms.
FORMS = frozenset([0x00080005, 0x00080201])
BINARY = frozenset(["US", "SS", "UL", "SL", "FL", "FD", "AT", "OV", "UV", "SV", "OB", "OW", "OF", "OD", "OL"])
_LONG = 6
_UID = re.compile(rb"(?<![0-9])[0-9]+(?:\.[0-9]+){2,}")


def check(written: Written, terms: Terms, old_uids: Set[str], subject: str) -> None:
    """Raises Refused("residue", path) where an identifier survived before Pixel Data."""
    head = written.data
    check_search(len(head), len(terms.needles))
    old = {uid.encode("latin-1", "replace") for uid in old_uids}
    spots = [m.start() for m in _UID.finditer(head) if m[0] in old] if old else []
    hits = [*((spot, b"") for spot in spots), *found(head.lower(), terms.needles)]
    if hits:
        _judge(head, written.dataset, written.syntax, hits, subject)


def check_coded(value: memoryview | bytes, terms: Terms, old_uids: Set[str]) -> None:
    """The same for a compressed image. Coded pixels may be any bytes: a term counts from six on, as people
    write it, and where it would count in a binary value. By chance that is once in ten million images.
    """
    coded = bytes(value)
    low = coded.lower()
    needles = [needle for needle in terms.needles if len(needle) >= _LONG]
    check_search(len(coded), len(needles) + len(old_uids))
    for spot, needle in found(low, needles):
        there = coded[spot : spot + len(needle)]
        if len(needle) > 7 or there in {needle, needle.upper(), needle.title(), needle.capitalize()}:
            raise Refused("residue", path_of(PIXEL_DATA))
    if any(len(uid) >= _LONG and uid.encode("latin-1", "replace") in coded for uid in old_uids):
        raise Refused("residue", path_of(PIXEL_DATA))


def found(low: bytes, needles: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Where a needle stands in lower-case bytes so that it counts."""
    for needle in needles:
        spot = low.find(needle)
        while spot >= 0:
            if _counts(low, spot, needle):
                yield spot, needle
            spot = low.find(needle, spot + 1)


def _counts(low: bytes, spot: int, needle: bytes) -> bool:
    if not needle.isascii() or b"\0" in needle:
        return True
    before = low[spot - 1 : spot] if spot else b""
    after = low[spot + len(needle) : spot + len(needle) + 1]
    if len(needle) >= 6:
        if needle.isalpha():
            return True
        if needle[:1].isdigit() and needle[-1:].isdigit():
            return not (before.isdigit() or after.isdigit())
    return not (before.isalnum() or after.isalnum())


def _judge(
    head: bytes, start: int, chosen: syntax.Syntax, hits: list[tuple[int, bytes]], subject: str
) -> None:
    for spot, needle in hits:
        if spot < start and not needle:
            raise Refused("residue", "file meta group")
    parser = Parser(head, explicit=chosen.explicit, little=chosen.little)
    leaves: list[tuple[Element, str]] = []
    _leaves(parser.elements(start, len(head), 0, False, chosen.explicit, chosen.little)[0], "", leaves)
    for spot, needle in hits:
        at = bisect_right(leaves, spot, key=lambda leaf: leaf[0].begin) - 1
        element, path = leaves[max(at, 0)]
        if element.begin <= spot and spot + len(needle) <= element.end:
            value = head[element.begin : element.end].strip(b" \0")
            if not _spared(element, path, value, needle, subject):
                raise Refused("residue", path)


def _spared(element: Element, path: str, value: bytes, needle: bytes, subject: str) -> bool:
    """Whether the value cannot be text of the input."""
    if element.tag in MARKERS or path.startswith("(0012,0064)") or (subject and value == subject.encode()):
        return True
    if not needle:
        return False
    if element.tag in FORMS:
        return True
    if element.vr == "UI":
        return value.startswith(b"2.25.") or uids.of_standard(value.decode("latin-1"))
    return element.vr in CHECKED or (element.vr in BINARY and len(needle) < 6)


def _leaves(elements: list[Element], prefix: str, out: list[tuple[Element, str]]) -> None:
    for element in elements:
        path = prefix + path_of(element.tag)
        if element.items is None:
            out.append((element, path))
        else:
            for i, item in enumerate(element.items):
                _leaves(item, f"{path}[{i}]>", out)
