"""A guarded parser of data set bytes (PS3.5 chapter 7): bounded depth, bounded number of elements, no copies
of pixels.

It yields positions into the buffer instead of values, so that a 500 MB object costs no more than its header.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

from deid.bounds import MAX_TOP
from deid.codes import Refused
from deid.profile import vr_of

MAX_DEPTH = 32
MAX_ELEMENTS = 500_000
UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
_TAG = {True: struct.Struct("<HH").unpack_from, False: struct.Struct(">HH").unpack_from}
_U16 = {True: struct.Struct("<H").unpack_from, False: struct.Struct(">H").unpack_from}
_U32 = {True: struct.Struct("<I").unpack_from, False: struct.Struct(">I").unpack_from}
SHORT_VRS = frozenset(
    v.encode()
    for v in [
        "AE",
        "AS",
        "AT",
        "CS",
        "DA",
        "DS",
        "DT",
        "FL",
        "FD",
        "IS",
        "LO",
        "LT",
        "PN",
        "SH",
        "SL",
        "SS",
        "ST",
        "TM",
        "UI",
        "UL",
        "US",
    ]
)
LONG_VRS = frozenset(
    v.encode() for v in ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]
)


@dataclass(slots=True)
class Element:
    """One element: ``start`` is where its header begins, ``begin``:``end`` its value.

    ``items`` holds the parsed items of a sequence; None for other values, and for a sequence that could not
    be read. ``little`` is the byte order of its value.
    """

    tag: int
    vr: str
    start: int
    begin: int
    end: int
    items: list[list[Element]] | None = None
    little: bool = True
    encapsulated: bool = False


@lru_cache(maxsize=8192)
def path_of(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class Parser:
    """Parses one buffer. One instance per file, so that the limit of elements holds for the whole file."""

    def __init__(self, buffer: bytes, *, explicit: bool, little: bool) -> None:
        self.buffer = buffer
        self.explicit = explicit
        self.little = little
        self.left = MAX_ELEMENTS

    def dataset(self, position: int) -> tuple[list[Element], int]:
        """Elements up to and with Pixel Data, and where they end. Raises Refused."""
        return self.elements(position, len(self.buffer), 0, False, self.explicit, self.little)

    def after(self, position: int) -> tuple[list[Element], int]:
        """What can be read of the bytes after Pixel Data, and where that ends; none of it is ever kept."""
        found: list[Element] = []
        try:
            while position < len(self.buffer):
                element, position = self.element(position, len(self.buffer), 1, self.explicit, self.little)
                found.append(element)
        except Refused:
            pass
        return found, position

    def elements(
        self, position: int, end: int, depth: int, delimited: bool, explicit: bool, little: bool
    ) -> tuple[list[Element], int]:
        out: list[Element] = []
        while position < end:
            if delimited and self.buffer[position : position + 4] == (
                b"\xfe\xff\x0d\xe0" if little else b"\xff\xfe\xe0\x0d"
            ):
                return out, position + 8
            element, position = self.element(position, end, depth, explicit, little)
            out.append(element)
            if depth == 0:
                if element.tag == PIXEL_DATA:
                    return out, position
                if len(out) > MAX_TOP:
                    raise Refused("too_deep", f"{path_of(element.tag)} at offset {element.start}")
        if delimited:
            raise Refused("truncated", f"offset {position}: item without its end")
        return out, position

    def element(
        self, position: int, end: int, depth: int, explicit: bool, little: bool
    ) -> tuple[Element, int]:
        self.left -= 1
        if self.left < 0:
            raise Refused("too_deep", f"offset {position}: more than {MAX_ELEMENTS} elements")
        if position + 8 > end:
            raise Refused("truncated", f"offset {position}")
        group, number = _TAG[little](self.buffer, position)
        tag = group << 16 | number
        if group == 0xFFFE:
            raise Refused("corrupt", f"{path_of(tag)} at offset {position}")
        if explicit:
            raw = self.buffer[position + 4 : position + 6]
            if raw in SHORT_VRS:
                length, begin = _U16[little](self.buffer, position + 6)[0], position + 8
            elif raw in LONG_VRS:
                if position + 12 > end:
                    raise Refused("truncated", path_of(tag))
                length, begin = _U32[little](self.buffer, position + 8)[0], position + 12
            else:
                raise Refused("bad_header", f"{path_of(tag)} at offset {position}: unknown VR")
            vr = raw.decode("ascii")
        else:
            vr = vr_of(tag)
            length, begin = _U32[little](self.buffer, position + 4)[0], position + 8
        if length == UNDEFINED:
            return self._undefined(tag, vr, position, begin, end, depth, explicit, little)
        stop = begin + length
        if stop > end:
            raise Refused("truncated", path_of(tag))
        element = Element(tag, vr, position, begin, stop, None, little)
        hidden = vr == "UN" and explicit and vr_of(tag) == "SQ"
        if (vr == "SQ" and not group % 2) or hidden:
            inner_explicit, inner_little = (False, True) if hidden else (explicit, little)
            try:
                element.items, _ = self._items(begin, stop, depth + 1, False, inner_explicit, inner_little)
            except Refused as error:
                if error.code in {"too_deep", "too_large"}:
                    raise
            if hidden:
                element.vr = "SQ"
        return element, stop

    def _undefined(
        self, tag: int, vr: str, start: int, begin: int, end: int, depth: int, explicit: bool, little: bool
    ) -> tuple[Element, int]:
        if tag == PIXEL_DATA and depth == 0:
            stop = self._fragments(begin, end)
            return Element(tag, vr, start, begin, stop, None, little, True), stop + 8
        if vr not in {"SQ", "UN"}:
            raise Refused("corrupt", f"{path_of(tag)}: undefined length")
        inner = (False, True) if vr == "UN" else (explicit, little)
        items, stop = self._items(begin, end, depth + 1, True, *inner)
        return Element(tag, "SQ", start, begin, stop, items, little), stop

    def _items(
        self, position: int, end: int, depth: int, delimited: bool, explicit: bool, little: bool
    ) -> tuple[list[list[Element]], int]:
        if depth > MAX_DEPTH:
            raise Refused("too_deep", f"offset {position}: more than {MAX_DEPTH} levels")
        items: list[list[Element]] = []
        while position < end:
            if position + 8 > end:
                raise Refused("truncated", f"offset {position}")
            group, number = _TAG[little](self.buffer, position)
            length = _U32[little](self.buffer, position + 4)[0]
            tag = group << 16 | number
            position += 8
            if tag == SEQUENCE_END and delimited:
                return items, position
            if tag != ITEM:
                raise Refused("corrupt", f"{path_of(tag)} at offset {position - 8}: no item")
            self.left -= 1
            if length == UNDEFINED:
                elements, position = self.elements(position, end, depth, True, explicit, little)
            else:
                if position + length > end:
                    raise Refused("truncated", f"offset {position}: item")
                elements, position = self.elements(
                    position, position + length, depth, False, explicit, little
                )
            items.append(elements)
        if delimited:
            raise Refused("truncated", f"offset {position}: sequence without its end")
        return items, position

    def _fragments(self, position: int, end: int) -> int:
        """Where the sequence of fragments ends (its delimiter follows). PS3.5 A.4."""
        unpack = struct.Struct("<HHI").unpack_from
        while position + 8 <= end:
            group, number, length = unpack(self.buffer, position)
            tag = group << 16 | number
            if tag == SEQUENCE_END:
                return position
            self.left -= 1
            if tag != ITEM or length == UNDEFINED or self.left < 0:
                raise Refused("corrupt", "(7FE0,0010): no fragment")
            position += 8 + length
        raise Refused("truncated", "(7FE0,0010): fragments without their end")
