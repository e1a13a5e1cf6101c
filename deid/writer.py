"""Writes a data set (PS3.5 chapter 7) with its file meta group (PS3.10 7.1); pixels are spliced in."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from deid.bounds import MAX_SHORT
from deid.codes import Refused
from deid.model import ENGINE_VERSION
from deid.stream import LONG_VRS, path_of
from deid.syntax import Syntax

IMPLEMENTATION = b"2.25.208744611365041029283346192027415338613"
LONG = frozenset(vr.decode() for vr in LONG_VRS)
# Center and Width need each other (PS3.3 C.11.2.1.2).
WINDOW = frozenset({0x00281050, 0x00281051})
PAD_NULL = frozenset({"UI", "OB", "UN"})
_OPENING = bytes(128) + b"DICM" + b"\x02\0\0\0UL\x04\0"
_INSTANCE = b"\x02\0\x03\0UI"


@dataclass(slots=True)
class Node:
    """One element to write: ``value`` bytes, or the ``items`` of a sequence. ``type`` is that of the
    attribute: 1 must have a value, 1C is not written without one (PS3.5 7.4).
    """

    tag: int
    vr: str
    value: bytes = b""
    items: list[list[Node]] | None = None
    path: str = ""
    type: str = ""

    @property
    def missing(self) -> bool:
        """Whether it lost the value without which it may not stand."""
        return self.type == "1C" and not self.value.strip(b" \0\\")


def without_missing(nodes: Sequence[Node | None]) -> list[Node | None]:
    """The nodes, with None for those that may not be written; a window is left out whole."""
    gone = {node.tag for node in nodes if node is not None and node.missing}
    if gone & WINDOW:
        gone |= WINDOW
    return [None if node is None or node.tag in gone else node for node in nodes] if gone else list(nodes)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished header: everything before the element Pixel Data, and where its data set begins."""

    data: bytes
    dataset: int
    syntax: Syntax


class Writer:
    def __init__(self, *, explicit: bool, little: bool) -> None:
        self.explicit = explicit
        order = "<" if little else ">"
        self._short = struct.Struct(order + "HH2sH").pack
        self._long = struct.Struct(order + "HH2sHI").pack
        self._implicit = struct.Struct(order + "HHI").pack

    def elements(self, nodes: list[Node]) -> bytes:
        return b"".join(self.element(node) for node in without_missing(nodes) if node is not None)

    def element(self, node: Node) -> bytes:
        value = node.value if node.items is None else self._sequence(node.items)
        if len(value) % 2:
            value += b"\0" if node.vr in PAD_NULL else b" "
        return self.head(node.tag, node.vr, len(value)) + value

    def head(self, tag: int, vr: str, length: int) -> bytes:
        if not self.explicit:
            return self._implicit(tag >> 16, tag & 0xFFFF, length)
        if vr in LONG:
            return self._long(tag >> 16, tag & 0xFFFF, vr.encode(), 0, length)
        if length > MAX_SHORT:
            raise Refused("too_large", path_of(tag))
        return self._short(tag >> 16, tag & 0xFFFF, vr.encode(), length)

    def _sequence(self, items: list[list[Node]]) -> bytes:
        out: list[bytes] = []
        for item in items:
            body = self.elements(item)
            out.append(self._implicit(0xFFFE, 0xE000, len(body)))
            out.append(body)
        return b"".join(out)


class FileMeta:
    """Preamble of zeros, the DICM mark and a file meta group that says nothing of where the file was."""

    def __init__(self, sop_class: str, syntax: str) -> None:
        writer = Writer(explicit=True, little=True)
        version = f"KICC_DEID_{ENGINE_VERSION}".encode()[:16]
        self._before = writer.elements(
            [Node(0x00020001, "OB", b"\0\1"), Node(0x00020002, "UI", sop_class.encode())]
        )
        self._after = writer.elements(
            [
                Node(0x00020010, "UI", syntax.encode()),
                Node(0x00020012, "UI", IMPLEMENTATION),
                Node(0x00020013, "SH", version),
            ]
        )

    def of(self, instance: bytes) -> bytes:
        """The bytes for one instance, from offset 0 to the first element of the data set."""
        named = instance + b"\0" * (len(instance) % 2)
        length = len(self._before) + 8 + len(named) + len(self._after)
        return b"".join(
            (
                _OPENING,
                length.to_bytes(4, "little"),
                self._before,
                _INSTANCE,
                len(named).to_bytes(2, "little"),
                named,
                self._after,
            )
        )


@lru_cache(maxsize=64)
def file_meta(sop_class: str, syntax: str) -> FileMeta:
    return FileMeta(sop_class, syntax)
