"""JPEG 2000 and HTJ2K: which marker segments and boxes decoding needs, and that they are what they must be
(ITU-T T.800 A and I, T.814 A).

Indices of packets and tiles, places of components and comments are not needed; they become comments of zeros.
A tile index (TLM) stays where it tells the tiles as they are, which some transfer syntaxes ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deid.span import Span, malformed, no_words

CODESTREAM = b"\xff\x4f\xff\x51"
_TLM, _PPM, _PPT, _TILE, _DATA, _END = 0x55, 0x60, 0x61, 0x90, 0x93, 0xD9
_COMMENT = b"\x64"
# Marker segments that are turned into comments; others that nobody knows are blanked as they stand.
_INDEX = frozenset({0x56, 0x57, 0x58, 0x59, 0x63})
_MOST_LEVELS, _MOST_PROGRESSION = 32, 4
_BOXES = {b"jP  ": 4, b"ihdr": 14}
_SUPERBOX = b"jp2h"
_BRANDS = frozenset({b"jp2 ", b"jpx ", b"jpxb", b"jph ", b"jpm ", b"J2P0", b"J2P1"})

Place = tuple[int, int]


def spans(frame: bytes) -> Iterator[Span]:
    """In order, no byte twice. Raises Refused where the code stream is malformed."""
    if frame.startswith(CODESTREAM):
        return _Codestream(frame).markers(0, len(frame))
    return _boxes(frame)


def precision(frame: bytes) -> int:
    """Bits of a value of the first component, or 0 where no code stream is found."""
    start = frame.find(CODESTREAM)
    return (frame[start + 42] & 0x7F) + 1 if 0 <= start < len(frame) - 42 else 0


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
            yield from _Codestream(frame).markers(body, stop)
        elif kind != _SUPERBOX:
            yield Span(body, stop, not _box_needed(kind, frame[body:stop]))
    yield Span(position, end)


def _box_needed(kind: bytes, body: bytes) -> bool:
    if kind in {b"pclr", b"cmap"}:
        raise malformed("a palette beside the code stream")
    if kind == b"ftyp":
        brands = {body[:4], *(body[at : at + 4] for at in range(8, len(body), 4))}
        return brands <= _BRANDS and not any(body[4:8])
    if kind == b"colr":
        return len(body) == 7 and body[0] == 1
    if kind == b"bpcc":
        return len(body) <= 4
    if kind == b"cdef":
        return len(body) <= 26 and not any(body[2::2])
    return _BOXES.get(kind) == len(body)


class _Codestream:
    """``components`` come from SIZ, ``levels`` of the wavelet from COD and COC; as many ``bands`` follow."""

    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.components = 0
        self.levels = 0
        self.bands = 0

    def markers(self, start: int, end: int) -> Iterator[Span]:
        frame = self.frame
        position, tile_end, last = start + 2, end, -1
        tiles: list[Place] = []
        indices: list[Place] = []
        out: list[Span] = []
        while position + 2 <= end:
            marker, body = frame[position + 1], position + 4
            if frame[position] != 0xFF:
                raise malformed("no marker where the code stream needs one")
            if marker == _END:
                out.append(Span(position + 2, end))
                break
            if marker == _DATA:
                position = max(tile_end, position + 2)
                no_words(frame, min(position, end))
                continue
            stop = min(end, position + 2 + max(2, int.from_bytes(frame[position + 2 : body], "big")))
            if marker == _TILE:
                size = int.from_bytes(frame[position + 6 : position + 10], "big")
                if not size and last < 0:
                    last = max(start, frame.rfind(b"\xff\xd9", start, end))
                tile_end = position + size if size else last
                tiles.append((int.from_bytes(frame[body : body + 2], "big"), tile_end - position))
            if marker == _TLM:
                indices.append((body, stop))
            elif marker in _INDEX:
                out += _as_comment(body, stop)
            else:
                out.append(Span(body, stop, not self._needed(marker, frame[body:stop])))
            position = stop
        if self.bands > 3 * self.levels + 1:
            raise malformed("more quantisation steps than bands")
        kept = _tells(frame, indices, tiles)
        for body, stop in indices:
            out += [Span(body, stop, False)] if kept else _as_comment(body, stop)
        yield from sorted(out, key=lambda span: span.begin)

    def _needed(self, marker: int, body: bytes) -> bool:
        """Whether decoding needs the segment. Raises Refused where it is not what it must be."""
        if marker in {_PPM, _PPT}:
            raise malformed("packet headers apart from their packets")
        check = _FORMS.get(marker)
        if check is not None and not check(self, body):
            raise malformed("a marker segment of the wrong form")
        return check is not None

    @property
    def _wide(self) -> int:
        """Bytes that number a component."""
        return 1 if self.components < 257 else 2

    def _capabilities(self, body: bytes) -> bool:
        return len(body) == 4 + 2 * int.from_bytes(body[:4], "big").bit_count()

    def _size(self, body: bytes) -> bool:
        self.components = int.from_bytes(body[34:36], "big")
        return len(body) == 36 + 3 * self.components and self.components > 0

    def _coding(self, body: bytes) -> bool:
        """Style, progression, layers, transform over components; then as for one component."""
        if len(body) < 10 or body[0] > 7 or body[1] > _MOST_PROGRESSION or body[4] > 1:
            return False
        return self._blocks(body[5:], bool(body[0] & 1))

    def _component(self, body: bytes) -> bool:
        style = body[self._wide : self._wide + 1]
        return style in {b"\0", b"\1"} and self._blocks(body[self._wide + 1 :], style == b"\1")

    def _blocks(self, body: bytes, precincts: bool) -> bool:
        """Levels, width and height of blocks, their style, the wavelet, and sizes of precincts if given."""
        if len(body) < 5 or body[0] > _MOST_LEVELS or max(body[1:3]) > 8 or body[4] > 1:
            return False
        self.levels = max(self.levels, body[0])
        return len(body) == 5 + (body[0] + 1 if precincts else 0)

    def _steps(self, body: bytes) -> bool:
        """Exponents alone (reversible), one step for all bands, or a step for each."""
        style, steps = body[0] & 31 if body else 3, body[1:]
        if style == 1:
            return len(steps) == 2
        bands = len(steps) if style == 0 else len(steps) // 2
        self.bands = max(self.bands, bands)
        if style == 0:
            return not any(step & 7 for step in steps)
        return style == 2 and len(steps) == 2 * bands

    def _order(self, body: bytes) -> bool:
        size = 5 + 2 * self._wide
        changes = [body[at : at + size] for at in range(0, len(body), size)]
        return len(body) % size == 0 and all(
            change[0] <= _MOST_LEVELS and change[-1] <= _MOST_PROGRESSION for change in changes
        )


_FORMS: dict[int, Callable[[_Codestream, bytes], bool]] = {
    0x50: _Codestream._capabilities,
    0x51: _Codestream._size,
    0x52: _Codestream._coding,
    0x53: _Codestream._component,
    0x5C: _Codestream._steps,
    0x5D: lambda stream, body: stream._steps(body[stream._wide :]),
    0x5E: lambda stream, body: len(body) == stream._wide + 2,
    0x5F: _Codestream._order,
    _TILE: lambda _, body: len(body) == 8,
}


def _as_comment(begin: int, end: int) -> tuple[Span, Span]:
    return Span(begin - 3, begin - 2, fill=_COMMENT), Span(begin, end)


def _tells(frame: bytes, indices: list[Place], tiles: list[Place]) -> bool:
    """Whether tile indices are what an encoder would write of these tile parts: number and length of each."""
    told = b"".join(frame[begin + 2 : end] for begin, end in indices)
    styles = {frame[begin + 1 : begin + 2] for begin, end in indices if end - begin >= 2}
    return any(
        styles == {bytes([number << 4 | (0x40 if length == 4 else 0)])}
        and told
        == b"".join(tile.to_bytes(number, "big") + size.to_bytes(length, "big") for tile, size in tiles)
        for number in (0, 1, 2)
        for length in (2, 4)
        if all(tile < 256**number or not number for tile, _ in tiles)
    )
