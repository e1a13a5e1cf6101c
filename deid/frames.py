"""The value of a compressed Pixel Data element (PS3.5 A.4): which fragments make a frame, and what goes.

Bytes beside the pixels are overwritten by zeros, so that no length and no offset changes and every decoder
reads the same picture as before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from deid import codestream
from deid.codes import Refused
from deid.model import Image
from deid.span import Span
from deid.stream import Element
from deid.syntax import Syntax

_ITEM = b"\xfe\xff\x00\xe0"
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frames:
    """Where the frames lie in the buffer: the offset table's value, and the fragments of each frame."""

    table: Place
    frames: list[list[Place]]

    def offsets(self) -> list[int]:
        """Of each frame's first fragment, counted from the first byte after the offset table."""
        return [fragments[0][0] - 8 - self.table[1] for fragments in self.frames]

    def lengths(self) -> list[int]:
        """Of each frame, as the extended offset table counts them: without item headers."""
        return [sum(end - begin for begin, end in fragments) for fragments in self.frames]


def find(buffer: bytes, pixels: Element, chosen: Syntax, count: int) -> Frames:
    """The ``count`` frames of an encapsulated value. Raises Refused where fragments do not make that many."""
    places: list[Place] = []
    position = pixels.begin
    while position < pixels.end:
        begin = position + 8
        position = begin + struct.unpack_from("<I", buffer, position + 4)[0]
        places.append((begin, position))
    table, fragments = places[0], places[1:]
    if len(fragments) < count:
        raise Refused("pixel_length", "(7FE0,0010): fewer fragments than frames")
    frames: list[list[Place]] = []
    if count == 1:
        frames = [fragments]
    elif count == len(fragments):
        frames = [[place] for place in fragments]
    else:
        for begin, end in fragments:
            if not frames or _opens(buffer, begin, end, chosen):
                frames.append([])
            frames[-1].append((begin, end))
        if len(frames) != count:
            raise Refused("pixel_length", "(7FE0,0010): fragments do not make the frames")
    if not all(_opens(buffer, *frame[0], chosen) for frame in frames):
        raise Refused("corrupt", "(7FE0,0010): not the compression that the transfer syntax names")
    return Frames(table, frames)


def _opens(buffer: bytes, begin: int, end: int, chosen: Syntax) -> bool:
    return buffer[begin : min(end, begin + 12)].startswith(chosen.opening)


def image(
    buffer: bytes, pixels: Element, found: Frames, chosen: Syntax, plane: int, planes: int
) -> tuple[Image, bool]:
    """The value as it may leave, and whether anything had to go.

    ``plane`` is the number of pixels of a frame, ``planes`` that of the bytes of each.
    """
    source = memoryview(buffer)[pixels.begin : pixels.end]
    blanks: list[tuple[int, bytes]] = []
    for fragments in found.frames:
        frame = b"".join(buffer[begin:end] for begin, end in fragments)
        needless = [
            span
            for span in codestream.spans(frame, chosen.opening, plane, planes)
            if span.needless and frame[span.begin : span.end] != span.instead
        ]
        blanks.extend(_placed(needless, fragments))
    given = table = buffer[slice(*found.table)]
    offsets = found.offsets()
    if table:
        right = struct.pack(f"<{len(offsets)}I", *offsets) if offsets[-1] < 1 << 32 else b""
        table = right if len(right) == len(given) else b""
    if not blanks and table == given:
        return Image((source,), source, pixels.begin), False
    body = bytearray(buffer[found.table[1] : pixels.end])
    for begin, fill in blanks:
        body[begin - found.table[1] : begin - found.table[1] + len(fill)] = fill
    written = _ITEM + struct.pack("<I", len(table)) + table + bytes(body)
    return Image((written,), source), True


def _placed(spans: list[Span], fragments: list[Place]) -> Iterator[tuple[int, bytes]]:
    """Where spans of a frame lie in the buffer and what stands there instead, cut at the ends of fragments.
    Both are in order.
    """
    left = iter(spans)
    span = next(left, None)
    at = 0
    for begin, end in fragments:
        after = at + end - begin
        while span is not None and span.begin < after:
            first = max(span.begin, at)
            yield begin + first - at, span.instead[first - span.begin : after - span.begin]
            if span.end > after:
                break
            span = next(left, None)
        at = after
