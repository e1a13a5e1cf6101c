"""multipart/related as it streams in: one part after another, a piece of it at a time (RFC 2387)."""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from django.utils.http import parse_header_parameters
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

PIECE = 1 << 18
LONGEST_BOUNDARY = 200
"""RFC 2046 allows 70; Orthanc sends 73."""
BEGIN, DATA, END, CLOSE = range(4)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Malformed(Exception):
    """The body is not what its Content-Type says, or ends too early."""


def boundary_of(content_type: str) -> str | None:
    """The boundary of multipart/related with parts of application/dicom; None when it is anything else."""
    kind, parameters = parse_header_parameters(content_type)
    inner = parameters.get("type", "application/dicom").lower()
    boundary = parameters.get("boundary", "")
    if kind != "multipart/related" or inner != "application/dicom":
        return None
    return boundary if boundary.isascii() and 0 < len(boundary) <= LONGEST_BOUNDARY else None


class Parts:
    """Iterate: each item is one part's pieces. What is left of a part is read away before the next begins.

    Raises Malformed; the stream's OSError.
    """

    def __init__(self, stream: Readable, boundary: str) -> None:
        self._stream = stream
        self._events: deque[tuple[int, bytes]] = deque()
        self._parser = MultipartParser(
            boundary.encode(),
            {
                "on_headers_finished": lambda: self._events.append((BEGIN, b"")),
                "on_part_data": lambda data, start, end: self._events.append((DATA, bytes(data[start:end]))),
                "on_part_end": lambda: self._events.append((END, b"")),
                "on_end": lambda: self._events.append((CLOSE, b"")),
            },
        )

    def __iter__(self) -> Iterator[Iterator[bytes]]:
        while True:
            kind, _ = self._next()
            if kind == CLOSE:
                return
            if kind == BEGIN:
                pieces = self._pieces()
                yield pieces
                for _piece in pieces:
                    pass

    def _pieces(self) -> Iterator[bytes]:
        while True:
            kind, data = self._next()
            if kind != DATA:
                return
            yield data

    def _next(self) -> tuple[int, bytes]:
        while not self._events:
            data = self._stream.read(PIECE)
            if not data:
                raise Malformed
            try:
                self._parser.write(data)
            except MultipartParseError as error:
                raise Malformed from error
        return self._events.popleft()
