"""What a compressed image says beside its pixels: comments, application segments, boxes, bytes after its end.

JPEG and JPEG-LS: ITU-T T.81 B.1.1, T.87 C.1 (in coded data no marker of a segment can occur). JPEG 2000:
ITU-T T.800 A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deid import syntax

_SEGMENT = re.compile(rb"\xff[\xe0-\xef\xfe]")
_CODESTREAM = b"\xff\x4f\xff\x51"
_COMMENT, _TILE, _DATA, _END = b"\xff\x64", b"\xff\x90", b"\xff\x93", b"\xff\xd9"


def texts(data: bytes, start: int, chosen: syntax.Syntax) -> Iterator[bytes]:
    """Bytes beside the coded pixels of the fragments from ``start`` on; every byte at most once."""
    walk = {syntax.JPEG: _jpeg, syntax.JPEG2000: _jpeg2000}.get(chosen.opening)
    if walk is not None:
        for begin, end in _fragments(data, start):
            yield from walk(data, begin, end)


def _fragments(data: bytes, position: int) -> Iterator[tuple[int, int]]:
    while data[position : position + 4] == b"\xfe\xff\x00\xe0":
        begin = position + 8
        position = begin + int.from_bytes(data[position + 4 : begin], "little")
        yield begin, min(position, len(data))


def _jpeg(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    position = begin
    while found := _SEGMENT.search(data, position, end):
        position = min(end, found.end() + max(2, int.from_bytes(data[found.end() : found.end() + 2], "big")))
        yield data[found.end() + 2 : position]
    last = data.rfind(_END, position, end)
    if last >= 0:
        yield data[last + 2 : end]


def _jpeg2000(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    position = data.find(_CODESTREAM, begin, end)
    if position < 0:
        return
    yield data[begin:position]
    position, tile_end = position + 2, end
    while position + 2 <= end and data[position] == 0xFF:
        marker, length = (
            data[position : position + 2],
            int.from_bytes(data[position + 2 : position + 4], "big"),
        )
        if marker == _END:
            yield data[position + 2 : end]
            return
        if marker == _TILE:
            size = int.from_bytes(data[position + 6 : position + 10], "big")
            tile_end = position + size if size else end
        if marker == _COMMENT:
            yield data[position + 4 : min(end, position + 2 + length)]
        position = max(tile_end, position + 2) if marker == _DATA else position + 2 + max(2, length)
