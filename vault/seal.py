"""Writing and reading sealed objects: segments of 1 MiB, each encrypted and authenticated in its place."""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag

from vault.errors import SealError
from vault.header import (
    HEADER,
    MAX_SEGMENTS,
    PREFIX_SIZE,
    SEGMENT,
    TAG,
    Header,
    open_header,
    seal_header,
    segment_count,
)
from vault.keys import KEY_SIZE, NONCE_SIZE, SecretKey
from vault.store import Data, Sink, Store

BATCH = 8


class SealedWriter:
    """Encrypts what is written to it and passes it on to `sink`; holds at most one segment (1 MiB).

    plain_bytes, sealed_bytes: written so far; final after `finish`.
    """

    def __init__(self, sink: Sink, header: Header) -> None:
        self._sink = sink
        self._header = header
        self._aad = header.aad
        self._pending = memoryview(bytearray(SEGMENT))
        self._filled = 0
        self._number = 0
        self._finished = False
        self.plain_bytes = 0
        self.sealed_bytes = sink.write(header.raw)

    def write(self, data: Data, /) -> int:
        """Take all of `data`; return its length in bytes."""
        if self._finished:
            raise ValueError("the sealed object is finished")
        view = memoryview(data).cast("B")
        taken = 0
        while taken < len(view):
            if self._filled == SEGMENT:
                self._seal(self._pending, last=False)
                self._filled = 0
            if not self._filled and len(view) - taken > SEGMENT:
                self._seal(view[taken : taken + SEGMENT], last=False)
                taken += SEGMENT
            else:
                piece = view[taken : taken + SEGMENT - self._filled]
                self._pending[self._filled : self._filled + len(piece)] = piece
                self._filled += len(piece)
                taken += len(piece)
        self.plain_bytes += len(view)
        return len(view)

    def finish(self) -> None:
        """Seal the last segment. Without it the object is not complete and does not open."""
        if not self._finished:
            self._seal(self._pending[: self._filled], last=True)
            self._pending.release()
            self._finished = True

    def _seal(self, plain: Data, *, last: bool) -> None:
        if self._number == MAX_SEGMENTS:
            raise SealError("too_large", self._header.name)
        nonce = self._header.nonce(self._number, last=last)
        self.sealed_bytes += self._sink.write(self._header.aead.encrypt(nonce, plain, self._aad))
        self._number += 1


@contextmanager
def create(store: Store, name: str, *, subject_key: bytes, kind: str = "file") -> Iterator[SealedWriter]:
    """Write a sealed object; it is in the store once the block is left without an exception.

    kind: 1 to 18 characters of a-z, 0-9, hyphen; authenticated, and readable without a key.
    """
    header = seal_header(
        subject_key,
        name=name,
        kind=kind,
        object_key=SecretKey(secrets.token_bytes(KEY_SIZE)),
        prefix=secrets.token_bytes(PREFIX_SIZE),
        nonce=secrets.token_bytes(NONCE_SIZE),
    )
    with store.writer(name) as sink:
        writer = SealedWriter(sink, header)
        yield writer
        writer.finish()


class SealedReader:
    """An opened object. Every byte that it returns was authenticated at its place in this object.

    size: length of the plain bytes. It follows from the stored length, and is proved when a read reaches
    the end (the last segment alone carries the mark of the last). kind: as given to `create`.
    """

    def __init__(self, store: Store, header: Header, sealed_size: int, first: bytes) -> None:
        self._store = store
        self._header = header
        self._aad = header.aad
        self._first = first
        self._segments = segment_count(sealed_size, header.name)
        self.sealed_size = sealed_size
        self.size = sealed_size - HEADER - TAG * self._segments

    @property
    def name(self) -> str:
        """The object's name."""
        return self._header.name

    @property
    def kind(self) -> str:
        """The object's kind."""
        return self._header.kind

    def read(self) -> bytes:
        """All plain bytes."""
        return _whole(self.chunks())

    def read_range(self, offset: int, length: int | None = None) -> bytes:
        """`length` bytes from `offset`, or all from there. Only the segments that hold them are fetched.

        SealError `out_of_range` if they do not lie inside the object (a short answer is never given).
        """
        return _whole(self._range(offset, self.size - offset if length is None else length))

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """The plain bytes from `start` to the end in pieces of at most 1 MiB; holds about 8 MiB."""
        return self._range(start, self.size - start)

    def _range(self, offset: int, length: int) -> Iterator[bytes]:
        end = offset + length
        if offset < 0 or length < 0 or end > self.size:
            raise SealError("out_of_range", self.name)
        final = self._segments - 1
        first = min(offset // SEGMENT, final)
        stop = (end - 1) // SEGMENT
        return self._decrypted(first, stop, offset, end) if length or end == self.size else iter(())

    def _decrypted(self, first: int, stop: int, offset: int, end: int) -> Iterator[bytes]:
        for number, sealed in self._fetched(first, stop):
            nonce = self._header.nonce(number, last=number == self._segments - 1)
            try:
                plain = self._header.aead.decrypt(nonce, sealed, self._aad)
            except InvalidTag:
                raise SealError("segment_not_authentic", f"{self.name} segment {number}") from None
            base = number * SEGMENT
            low, high = max(offset - base, 0), end - base
            yield plain if low == 0 and high >= len(plain) else plain[low:high]

    def _fetched(self, first: int, stop: int) -> Iterator[tuple[int, Data]]:
        width = SEGMENT + TAG
        if first == 0:
            yield 0, self._first
            first = 1
        for start in range(first, stop + 1, BATCH):
            count = min(BATCH, stop + 1 - start)
            batch = memoryview(self._store.read(self.name, HEADER + start * width, count * width))
            for index in range(count):
                yield start + index, batch[index * width : (index + 1) * width]


def _whole(pieces: Iterator[bytes]) -> bytes:
    """The pieces in one; unlike a join, it never holds them twice."""
    out = io.BytesIO()
    for piece in pieces:
        out.write(piece)
    return out.getvalue()


def open_sealed(store: Store, name: str, *, subject_key: bytes, kind: str | None = None) -> SealedReader:
    """Open the object `name`; `kind` if it must be of that kind.

    A small object costs one request to the store. MissingObject; SealError as in `open_header`, `wrong_kind`.
    """
    width = HEADER + SEGMENT + TAG
    head = store.read(name, 0, width)
    header = open_header(subject_key, head[:HEADER], name)
    if kind is not None and header.kind != kind:
        raise SealError("wrong_kind", name)
    sealed_size = len(head) if len(head) < width else store.size(name)
    return SealedReader(store, header, sealed_size, head[HEADER:])
