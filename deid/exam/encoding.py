"""A writer of its own for the exam (PS3.5 chapters 6 and 7): it also writes what no honest writer would.

Elements written as UN, undefined lengths, lengths that do not fit the value's type, bytes of another
character set than the declared one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydicom.datadict import dictionary_has_tag, dictionary_keyword, dictionary_VR, tag_for_keyword

LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
NUMBERS = {
    "US": "H",
    "SS": "h",
    "UL": "I",
    "SL": "i",
    "FL": "f",
    "FD": "d",
    "OW": "H",
    "AT": "HH",
    "OV": "Q",
    "UV": "Q",
    "SV": "q",
}
NULL_PADDED = frozenset({"UI", "OB", "UN"})
CHARACTER_SETS = {
    "latin": "ISO_IR 100",
    "ir149": "\\ISO 2022 IR 149",
    "ir149 alone": "ISO 2022 IR 149",
    "utf8": "ISO_IR 192",
    "euc-kr undeclared": "",
    "cp949 undeclared": "ISO_IR 100",
    "utf-8 undeclared": "ISO_IR 100",
    "wrong term": "ISO_IR 149",
    "utf-8 as Cyrillic": "ISO_IR 144",
    "cp949 as Thai": "ISO_IR 166",
    "utf-8 as extended": "ISO 2022 IR 100",
    "cp949 as Japanese": "ISO 2022 IR 6\\ISO 2022 IR 87",
}
"""How text is written, and what Specific Character Set says of it; some of them lie, as real archives do."""
_BREAKS = re.compile(r"([\\^=\r\n\f\t])")

Value = bytes | str | Sequence[int] | Sequence[float]


@dataclass(slots=True)
class Piece:
    """One element to write: a value, or the items of a sequence.

    ``written_as`` is the VR in the file where it is not ``vr``; ``undefined`` gives a sequence and its items
    undefined lengths. Numbers are given as numbers, so that they follow the byte order of the file.
    """

    tag: int
    vr: str
    value: Value = b""
    items: list[list[Piece]] | None = None
    written_as: str = ""
    undefined: bool = False


@dataclass(slots=True)
class Encoder:
    """Writes pieces in one transfer syntax and one way of writing text."""

    explicit: bool = True
    little: bool = True
    charset: str = "latin"
    scopes: list[str] = field(default_factory=list)

    def dataset(self, pieces: Sequence[Piece]) -> bytes:
        return b"".join(self.element(piece) for piece in sorted(pieces, key=lambda piece: piece.tag))

    def element(self, piece: Piece) -> bytes:
        if piece.written_as == "UN" and piece.items is not None:
            inner = Encoder(explicit=False, little=True, charset=self.charset)
            return self._framed(piece, "UN", inner.items(piece))
        if piece.items is not None:
            return self._framed(piece, piece.written_as or piece.vr, self.items(piece))
        value = self.value(piece)
        vr = piece.written_as or piece.vr
        value += b"" if len(value) % 2 == 0 else b"\0" if vr in NULL_PADDED else b" "
        return self.head(piece.tag, vr, len(value)) + value

    def value(self, piece: Piece) -> bytes:
        """The value's bytes without padding."""
        if isinstance(piece.value, bytes):
            return piece.value
        if isinstance(piece.value, str):
            return self.text(piece.value, piece.vr)
        little = self.little or piece.written_as == "UN"
        shape = ("<" if little else ">") + NUMBERS[piece.vr] * (len(piece.value) // len(NUMBERS[piece.vr]))
        return struct.pack(shape, *piece.value)

    def text(self, value: str, vr: str = "LO") -> bytes:
        if value.isascii():
            return value.encode("ascii")
        if self.charset == "latin":
            return value.encode("latin-1", "replace")
        if self.charset.startswith(("utf8", "utf-8")):
            return value.encode("utf-8")
        if self.charset.startswith(("euc-kr", "cp949")):
            return value.encode("cp949")
        parts = _BREAKS.split(value)
        return b"".join(
            part.encode("ascii") if part.isascii() else b"\x1b$)C" + part.encode("cp949") for part in parts
        )

    def items(self, piece: Piece) -> bytes:
        out: list[bytes] = []
        for item in piece.items or []:
            body = self._inside(item).dataset(item)
            length = 0xFFFFFFFF if piece.undefined else len(body)
            out.append(self._plain(0xFFFEE000, length) + body)
            if piece.undefined:
                out.append(self._plain(0xFFFEE00D, 0))
        return b"".join(out)

    def _inside(self, item: Sequence[Piece]) -> Encoder:
        """An item that declares its own character set is written in it."""
        declared = next((piece.value for piece in item if piece.tag == 0x00080005), None)
        found = next((name for name, term in CHARACTER_SETS.items() if term == declared), self.charset)
        return Encoder(explicit=self.explicit, little=self.little, charset=found)

    def _framed(self, piece: Piece, vr: str, body: bytes) -> bytes:
        if not piece.undefined:
            return self.head(piece.tag, vr, len(body)) + body
        little = self.little if vr != "UN" else True
        end = struct.pack(("<" if little else ">") + "HHI", 0xFFFE, 0xE0DD, 0)
        return self.head(piece.tag, vr, 0xFFFFFFFF) + body + end

    def head(self, tag: int, vr: str, length: int) -> bytes:
        if not self.explicit:
            return self._plain(tag, length)
        order = "<" if self.little else ">"
        if vr in LONG:
            return struct.pack(order + "HH2sHI", tag >> 16, tag & 0xFFFF, vr.encode(), 0, length)
        return struct.pack(order + "HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), length)

    def _plain(self, tag: int, length: int) -> bytes:
        return struct.pack(("<" if self.little else ">") + "HHI", tag >> 16, tag & 0xFFFF, length)


def tag_of(keyword: str) -> int:
    """The tag of a keyword of the dictionary."""
    found = tag_for_keyword(keyword)
    assert found is not None, keyword
    return found


def piece(keyword: str, value: Value = b"", *, vr: str = "", written_as: str = "") -> Piece:
    """A piece by keyword; of several VRs of the dictionary the first is taken."""
    tag = tag_of(keyword)
    return Piece(tag, vr or dictionary_VR(tag).split(" or ")[0], value, written_as=written_as)


def sequence(keyword: str, *items: list[Piece], undefined: bool = False, written_as: str = "") -> Piece:
    return Piece(tag_of(keyword), "SQ", items=list(items), undefined=undefined, written_as=written_as)


def name_of(tag: int) -> str:
    """Keyword, or (gggg,eeee) where the dictionary has none."""
    if dictionary_has_tag(tag):
        return dictionary_keyword(tag)
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
