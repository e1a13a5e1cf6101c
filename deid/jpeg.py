"""JPEG and JPEG-LS: which segments decoding needs, and that they are what they must be (ITU-T T.81 B and C,
T.87 C.2.4). In coded data no marker of a segment can occur.

Tables that no scan uses are overwritten by tables of the same size, so that nothing moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deid.span import Span, malformed, no_words

_ENTROPY_ENDS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_LS = 0xF7
_HUFFMAN, _QUANTISATION, _SCAN, _END, _PRESET, _COMMENT = 0xC4, 0xDB, 0xDA, 0xD9, 0xF8, b"\xfe"
_LENGTHS = {0xDC: (2,), 0xDD: (2, 3, 4)}
_COLOUR = (
    (0xEE, re.compile(rb"Adobe\0[\x64\x65][\0-\xff]{4}[\0-\2]", re.DOTALL)),
    (0xE8, re.compile(rb"mrfx[\0-\3]", re.DOTALL)),
)
MOST_COMPONENTS = 4
Table = tuple[int, int]


def spans(frame: bytes) -> list[Span]:
    """In order, no byte twice. Raises Refused where a table or a header is malformed."""
    return sorted(_Jpeg(frame).spans(), key=lambda span: span.begin)


def precision(frame: bytes) -> int:
    """Bits of a value, or 0 where no frame header is found."""
    header = next((span for span in _Jpeg(frame).spans() if frame[span.begin - 3] in _FRAMES), None)
    return frame[header.begin] if header is not None and header.end > header.begin else 0


class _Jpeg:
    """``open`` are tables that no scan has used so far, by marker and by class and number; ``quantised``
    says by which table each component is.
    """

    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.process = 0
        self.open: dict[Table, Span] = {}
        self.quantised: dict[int, int] = {}

    def spans(self) -> Iterator[Span]:
        frame, position, end = self.frame, 2, len(self.frame)
        while position < end:
            start = frame.find(b"\xff", position)
            if start != position:
                yield Span(position, start if start >= 0 else end)
            if start < 0:
                break
            position = start + 1
            while position < end and frame[position] == 0xFF:
                position += 1
            if position >= end:
                break
            marker = frame[position]
            position += 1
            if marker == _END:
                yield Span(position, end)
                break
            if marker in _ALONE or marker == 0:
                continue
            body = position + 2
            position = min(end, position + max(2, int.from_bytes(frame[position:body], "big")))
            yield from self._segment(marker, body, position)
            if marker == _SCAN:
                found = _ENTROPY_ENDS.search(frame, position)
                position = found.start() if found else end
                no_words(frame, position)
        yield from self.open.values()

    def _segment(self, marker: int, begin: int, end: int) -> Iterator[Span]:
        body = self.frame[begin:end]
        if marker == _HUFFMAN:
            yield from self._huffman(begin, end)
        elif marker == _QUANTISATION:
            yield from self._quantisation(begin, end)
        elif marker == _PRESET:
            if _is_preset(body):
                yield Span(begin, end, False)
            else:
                yield Span(begin - 3, begin - 2, fill=_COMMENT)
                yield Span(begin, end)
        elif marker in _FRAMES:
            if len(body) < 6 or not 1 <= body[5] <= MOST_COMPONENTS or len(body) != 6 + 3 * body[5]:
                raise malformed("a frame header of the wrong length")
            self.process = marker
            self.quantised = {body[at]: body[at + 2] for at in range(6, len(body), 3)}
            yield Span(begin, end, False)
        elif marker == _SCAN:
            self._scan(body)
            yield Span(begin, end, False)
        elif marker in _LENGTHS:
            if len(body) not in _LENGTHS[marker]:
                raise malformed("a segment of the wrong length")
            yield Span(begin, end, False)
        else:
            yield Span(begin, end, not any(m == marker and form.fullmatch(body) for m, form in _COLOUR))

    def _scan(self, body: bytes) -> None:
        """The tables that the scan uses are needed."""
        if not body or not 1 <= body[0] <= MOST_COMPONENTS or len(body) != 4 + 2 * body[0]:
            raise malformed("a scan header of the wrong length")
        for at in range(1, len(body) - 3, 2):
            component, tables = body[at], body[at + 1]
            if self.process != _LS:
                self.open.pop((_HUFFMAN, tables >> 4), None)
            if self.process != _LS and self.process not in _LOSSLESS:
                self.open.pop((_HUFFMAN, 0x10 | tables & 15), None)
                self.open.pop((_QUANTISATION, self.quantised.get(component, -1)), None)

    def _defined(self, table: Table, begin: int, end: int, fill: bytes) -> Iterator[Span]:
        """A table takes the place of one with the same number, which then was of no use."""
        if table in self.open:
            yield self.open[table]
        self.open[table] = Span(begin, end, fill=fill)

    def _quantisation(self, position: int, end: int) -> Iterator[Span]:
        while position < end:
            kind = self.frame[position]
            size = 64 << (kind >> 4)
            if kind & 0xEC or position + 1 + size > end:
                raise malformed("a quantisation table of the wrong length")
            fill = b"\1" * 64 if size == 64 else b"\0\1" * 64
            yield from self._defined((_QUANTISATION, kind & 3), position + 1, position + 1 + size, fill)
            position += 1 + size

    def _huffman(self, position: int, end: int) -> Iterator[Span]:
        while position < end:
            kind, counts = self.frame[position], self.frame[position + 1 : position + 17]
            first, size = position + 17, sum(counts)
            values = self.frame[first : first + size]
            if kind & 0xEC or len(counts) < 16 or first + size > end or not _is_code(counts):
                raise malformed("a Huffman table of the wrong length")
            if len(set(values)) < size or (kind < 0x10 and size and max(values) > 16):
                raise malformed("a Huffman table that is none")
            yield from self._defined((_HUFFMAN, kind), first, first + size, bytes(range(size)))
            position = first + size


def _is_code(counts: bytes) -> bool:
    """Whether so many code words of each length can be told apart, and a byte can say which is meant."""
    left = 1
    for count in counts:
        left = 2 * left - count
        if left < 0:
            return False
    return sum(counts) <= 256


def _is_preset(body: bytes) -> bool:
    """Thresholds of JPEG-LS in their order, or a size beyond 65,535; mapping tables are none."""
    if len(body) == 11 and body[0] == 1:
        highest, *thresholds = (int.from_bytes(body[at : at + 2], "big") for at in range(1, 9, 2))
        given = [threshold for threshold in thresholds if threshold]
        return given == sorted(given) and not (highest and given and given[-1] > highest)
    return len(body) in {6, 8, 10} and body[0] == 4 and body[1] in {2, 3, 4} and len(body) == 2 + 2 * body[1]
