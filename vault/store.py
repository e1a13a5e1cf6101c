"""What every object store offers, and which names an object may have."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from vault.errors import StoreError

Data = bytes | bytearray | memoryview

NAME_LIMIT = 400
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_NAME = re.compile(rf"{_PART}(/{_PART})*")
_PREFIX = re.compile(rf"({_PART}/)*({_PART})?")


class Sink(Protocol):
    """Where bytes go, one piece after another."""

    def write(self, data: Data, /) -> int:
        """Take all of `data`; return its length in bytes."""
        ...


class Store(Protocol):
    """Named, immutable runs of bytes. All errors are StoreError; a name that is absent is MissingObject.

    Writing a name that exists replaces the object as a whole: a reader sees the old or the new one.
    """

    def writer(self, name: str) -> AbstractContextManager[Sink]:
        """The object appears when the block is left without an exception; otherwise nothing remains."""
        ...

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from `start` on, at most `length`; fewer, or none, where the object ends before."""
        ...

    def size(self, name: str) -> int:
        """Length of the object in bytes."""
        ...

    def exists(self, name: str) -> bool:
        """True if the object is there."""
        ...

    def delete(self, name: str) -> None:
        """Remove the object; no error if it is not there."""
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """Names that begin with `prefix`, in order of their characters."""
        ...

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what killed writers left, if older than `older_than` seconds; return how many."""
        ...

    def ping(self) -> None:
        """Raise StoreError unless the store can be reached and used now."""
        ...


def check_name(name: str) -> str:
    """`name` itself, if it is a valid object name; else StoreError `bad_name` (which does not repeat it)."""
    if len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
        raise StoreError("bad_name")
    return name


def check_prefix(prefix: str) -> str:
    """`prefix` itself, if some valid object name could begin so; else StoreError `bad_name`."""
    if len(prefix) > NAME_LIMIT or not _PREFIX.fullmatch(prefix):
        raise StoreError("bad_name")
    return prefix


def check_range(start: int, length: int | None) -> None:
    """ValueError for a negative start or length."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError("start and length must not be negative")
