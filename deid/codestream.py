"""What a compressed frame holds beside its pixels: comments, application data, boxes, bytes after its end.

RLE (PS3.5 annex G) stands here; JPEG and JPEG 2000 have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deid import jpeg, jpeg2000, syntax
from deid.span import Span, malformed


def spans(frame: bytes, opening: tuple[bytes, ...], plane: int, planes: int) -> Iterable[Span]:
    """Everything in one frame that is not coded pixels, in order, no byte twice.

    ``opening`` is that of the transfer syntax; ``plane`` the number of pixels of a frame and ``planes`` of
    bytes in each, which tell where an RLE segment ends and how many there are. Raises Refused where a code
    stream is none.
    """
    if opening == syntax.JPEG:
        return jpeg.spans(frame)
    if opening == syntax.JPEG2000:
        return jpeg2000.spans(frame)
    return _rle(frame, plane, planes)


def precision(frame: bytes, opening: tuple[bytes, ...]) -> int:
    """Bits of a value as the code stream says; 0 where it says nothing."""
    if opening == syntax.JPEG:
        return jpeg.precision(frame)
    if opening == syntax.JPEG2000:
        return jpeg2000.precision(frame)
    return 0


def _rle(frame: bytes, plane: int, planes: int) -> Iterator[Span]:
    count = int.from_bytes(frame[:4], "little")
    starts = [int.from_bytes(frame[at : at + 4], "little") for at in range(4, 4 + 4 * planes, 4)]
    if count != planes or not all(a < b for a, b in zip([63, *starts], [*starts, len(frame)], strict=True)):
        raise malformed("segments that do not make the planes")
    yield Span(4 + 4 * count, min(64, len(frame)))
    yield Span(64, starts[0])
    for start, stop in zip(starts, [*starts[1:], len(frame)], strict=True):
        yield Span(min(stop, _segment_end(frame, start, stop, plane)), stop)


def _segment_end(frame: bytes, position: int, stop: int, left: int) -> int:
    """Where the runs of a segment have given all pixels of the plane; within the last run, if that is of
    single bytes and has too many.
    """
    while left > 0 and position < stop:
        code = frame[position]
        if code < 128:
            position += min(code + 1, left) + 1
            left -= code + 1
        elif code > 128:
            position += 2
            left -= 257 - code
        else:
            position += 1
    return position
