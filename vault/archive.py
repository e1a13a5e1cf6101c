"""One object per series: a sealed ZIP whose own directory is the index of its instances.

The entries are stored, not compressed, so an instance is a run of plain bytes and is read by range. Each
entry of the directory carries, in an extra field of ours, where its bytes begin and their SHA-256.
"""

import hashlib
import io
import re
import struct
import zipfile
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from vault.errors import SealError
from vault.header import SEGMENT
from vault.seal import SealedReader, SealedWriter, create
from vault.store import Store

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KIND = "series"
EXTRA_ID = 0x494B
_EXTRA = struct.Struct("<HHQ32s")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ENTRY_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


class IndexEntry(NamedTuple):
    """An instance in an archive: its bytes are `length` plain bytes from `offset`; sha256 is hexadecimal."""

    name: str
    offset: int
    length: int
    sha256: str


class ArchiveWriter:
    """Writes a series as a sealed ZIP; holds one instance at a time.

    with ArchiveWriter(store, name, subject_key=key) as archive:
        archive.add("000001.dcm", data)

    The same entries in the same order give the same plain bytes. After the block: entries, plain_bytes,
    sealed_bytes. On an exception nothing is stored.
    """

    def __init__(self, store: Store, name: str, *, subject_key: bytes) -> None:
        self._name = name
        self._open = create(store, name, subject_key=subject_key, kind=KIND)
        self._stack = ExitStack()
        self._names: set[str] = set()
        self.entries: list[IndexEntry] = []
        self.plain_bytes = 0
        self.sealed_bytes = 0

    def __enter__(self) -> Self:
        self._sealed = self._stack.enter_context(self._open)
        self._window = _Window(self._sealed)
        self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_STORED)
        self._stack.push(self._finish)
        return self

    def add(self, name: str, data: bytes) -> IndexEntry:
        """Append an instance. SealError: `bad_entry_name`, `duplicate_entry`."""
        if not _ENTRY_NAME.fullmatch(name):
            raise SealError("bad_entry_name", self._name)
        if name in self._names:
            raise SealError("duplicate_entry", self._name)
        info = zipfile.ZipInfo(name, _EPOCH)
        info.create_system = _UNIX
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)
        digest = hashlib.sha256(data).digest()
        entry = IndexEntry(name, self._window.tell() - len(data), len(data), digest.hex())
        info.extra = _EXTRA.pack(EXTRA_ID, _EXTRA.size - 4, entry.offset, digest)
        self._window.drain()
        self._names.add(name)
        self.entries.append(entry)
        return entry

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        self.plain_bytes, self.sealed_bytes = self._sealed.plain_bytes, self._sealed.sealed_bytes

    def _finish(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        if error is None:
            self._window.drain()


def read_index(reader: SealedReader) -> list[IndexEntry]:
    """The index inside an archive, in the order of writing. SealError `wrong_kind`, `not_an_archive`."""
    if reader.kind != KIND:
        raise SealError("wrong_kind", reader.name)
    try:
        with zipfile.ZipFile(io.BufferedReader(_SealedFile(reader))) as archive:
            return [_entry(info) for info in archive.infolist()]
    except (zipfile.BadZipFile, struct.error):
        raise SealError("not_an_archive", reader.name) from None


def _entry(info: zipfile.ZipInfo) -> IndexEntry:
    extra = info.extra
    while extra:
        number, size = struct.unpack_from("<HH", extra)
        if number == EXTRA_ID:
            _, _, offset, digest = _EXTRA.unpack_from(extra)
            return IndexEntry(info.filename, offset, info.file_size, digest.hex())
        extra = extra[4 + size :]
    raise zipfile.BadZipFile


class _Window:
    """A file for zipfile, seekable back to the last `drain`: room for one instance and its local header.

    zipfile completes a local header after the data; so the archive needs no data descriptors, which readers
    of streams stumble over when the entry is stored.
    """

    def __init__(self, sealed: SealedWriter) -> None:
        self._sealed = sealed
        self._base = 0
        self._buffer = io.BytesIO()

    def write(self, data: bytes, /) -> int:
        return self._buffer.write(data)

    def tell(self) -> int:
        return self._base + self._buffer.tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._base + self._buffer.seek(offset - self._base, whence)

    def flush(self) -> None:
        """Nothing to do before `drain`."""

    def close(self) -> None:
        """Nothing to release."""

    def drain(self) -> None:
        full, self._buffer = self._buffer, io.BytesIO()
        self._base += self._sealed.write(full.getbuffer())


class _SealedFile(io.RawIOBase):
    """The plain bytes of a sealed object as a seekable file that keeps the last segment it read."""

    def __init__(self, reader: SealedReader) -> None:
        self._reader = reader
        self._position = 0
        self._number = -1
        self._plain = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._position = offset + (0, self._position, self._reader.size)[whence]
        if self._position < 0:
            raise OSError("seek before the beginning")
        return self._position

    def readinto(self, target: "WriteableBuffer", /) -> int:
        view = memoryview(target)
        number, low = divmod(self._position, SEGMENT)
        if self._position >= self._reader.size:
            return 0
        if number != self._number:
            start = number * SEGMENT
            self._plain = self._reader.read_range(start, min(SEGMENT, self._reader.size - start))
            self._number = number
        piece = self._plain[low : low + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
