"""What a compressed frame holds beside its pixels: comments, application data, boxes, bytes after its end.

RLE: PS3.5 annex G. JPEG and JPEG-LS: ITU-T T.81 B.1.1, T.87 C.1 (in coded data no marker of a segment can
occur). JPEG 2000 and HTJ2K: ITU-T T.800 A and I, T.814.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deid import syntax
from deid.codes import Refused

_ENTROPY_ENDS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
_JPEG_TABLES = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xF7, 0xF8})
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_COLOUR = (
    (0xEE, re.compile(rb"Adobe\0[\x64\x65][\0-\xff]{4}[\0-\2]", re.DOTALL)),
    (0xE8, re.compile(rb"mrfx[\0-\3]", re.DOTALL)),
)
_CODESTREAM = b"\xff\x4f\xff\x51"
_SIZES_TO_PRECISION = frozenset({*range(0x50, 0x5A), *range(0x5C, 0x62), 0x63})
_TILE, _DATA, _END = 0x90, 0x93, 0xD9
_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef"})
_SUPERBOX = b"jp2h"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``begin`` to ``end`` of a frame. ``needless`` ones say nothing of the pixels and may be blanked;
    others are tables that decoding needs.
    """

    begin: int
    end: int
    needless: bool = True


def spans(frame: bytes, opening: tuple[bytes, ...], plane: int) -> Iterator[Span]:
    """Everything in one frame that is not coded pixels, in order, no byte twice.

    ``opening`` is that of the transfer syntax; ``plane`` the number of pixels of a frame, which tells where
    an RLE segment ends. Raises Refused where a code stream is none.
    """
    if opening == syntax.JPEG:
        return _jpeg(frame)
    if opening == syntax.JPEG2000:
        return _jpeg2000(frame)
    return _rle(frame, plane)


def _jpeg(frame: bytes) -> Iterator[Span]:
    position, end = 2, len(frame)
    while position < end:
        start = frame.find(b"\xff", position)
        if start != position:
            yield Span(position, start if start >= 0 else end)
        if start < 0:
            return
        position = start + 1
        while position < end and frame[position] == 0xFF:
            position += 1
        if position >= end:
            return
        marker = frame[position]
        position += 1
        if marker == _END:
            yield Span(position, end)
            return
        if marker in _JPEG_ALONE or marker == 0:
            continue
        body = position + 2
        position = min(end, position + max(2, int.from_bytes(frame[position:body], "big")))
        yield Span(body, position, not _jpeg_needs(marker, frame[body:position]))
        if marker == 0xDA:
            found = _ENTROPY_ENDS.search(frame, position)
            position = found.start() if found else end


def _jpeg_needs(marker: int, body: bytes) -> bool:
    return marker in _JPEG_TABLES or any(m == marker and form.fullmatch(body) for m, form in _COLOUR)


def _jpeg2000(frame: bytes) -> Iterator[Span]:
    if frame.startswith(_CODESTREAM):
        yield from _markers(frame, 0, len(frame))
    else:
        yield from _boxes(frame)


def _boxes(frame: bytes) -> Iterator[Span]:
    """Boxes of a JP2 file, and what is in its code stream. A second code stream is a picture that nobody
    sees.
    """
    position, end = 0, len(frame)
    seen = False
    while position + 8 <= end:
        size, kind = int.from_bytes(frame[position : position + 4], "big"), frame[position + 4 : position + 8]
        body = position + 8
        if size == 1:
            size, body = int.from_bytes(frame[body : body + 8], "big"), body + 8
        stop = end if size == 0 else min(end, max(body, position + size))
        position = body if kind == _SUPERBOX else stop
        if kind == b"jp2c" and not seen:
            seen = True
            yield from _markers(frame, body, stop)
        elif kind != _SUPERBOX:
            yield Span(body, stop, kind not in _BOXES)
    yield Span(position, end)


def _markers(frame: bytes, start: int, end: int) -> Iterator[Span]:
    position, tile_end, last = start + 2, end, -1
    while position + 2 <= end:
        marker, body = frame[position + 1], position + 4
        if frame[position] != 0xFF:
            raise Refused("corrupt", "(7FE0,0010): no marker where the code stream needs one")
        if marker == _END:
            yield Span(position + 2, end)
            return
        if marker == _DATA:
            position = max(tile_end, position + 2)
            continue
        stop = min(end, position + 2 + max(2, int.from_bytes(frame[position + 2 : body], "big")))
        if marker == _TILE:
            size = int.from_bytes(frame[position + 6 : position + 10], "big")
            if not size and last < 0:
                last = max(start, frame.rfind(b"\xff\xd9", start, end))
            tile_end = position + size if size else last
        yield Span(body, stop, marker not in _SIZES_TO_PRECISION and marker != _TILE)
        position = stop


def _rle(frame: bytes, plane: int) -> Iterator[Span]:
    count = min(15, int.from_bytes(frame[:4], "little"))
    starts = [int.from_bytes(frame[at : at + 4], "little") for at in range(4, 4 + 4 * count, 4)]
    yield Span(4 + 4 * count, min(64, len(frame)))
    ordered = all(a < b for a, b in zip([63, *starts], [*starts, len(frame)], strict=True))
    if not ordered:
        yield Span(64, len(frame), False)
        return
    yield Span(64, starts[0])
    for start, stop in zip(starts, [*starts[1:], len(frame)], strict=True):
        yield Span(min(stop, _segment_end(frame, start, stop, plane)), stop)


def _segment_end(frame: bytes, position: int, stop: int, left: int) -> int:
    """Where the runs of a segment have given all pixels of the plane."""
    while left > 0 and position < stop:
        code = frame[position]
        if code < 128:
            position += code + 2
            left -= code + 1
        elif code > 128:
            position += 2
            left -= 257 - code
        else:
            position += 1
    return position
