"""Objects as files in a directory. Writes are atomic and durable; file rights are the owner's alone."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from vault.errors import MissingObject, StoreError
from vault.store import Data, check_name, check_prefix, check_range

UNFINISHED = ".unfinished"

_CODES = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EFBIG: "no_space",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.EISDIR: "name_conflict",
    errno.ENOTDIR: "name_conflict",
    errno.EEXIST: "name_conflict",
    errno.ENOTEMPTY: "name_conflict",
    errno.ENAMETOOLONG: "bad_name",
}


class _File:
    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name

    def write(self, data: Data, /) -> int:
        with _translated(self._name):
            self._file.write(data)
        return len(data)


class DirectoryStore:
    """A Store (see vault.store) in the directory `root`.

    root: created with mode 0700 when absent, unless `create` is False. A root that disappears later is an
    error, never made anew (an unmounted disk must not be filled underneath its mount point).
    min_free: bytes that `ping` wants free on the file system.
    """

    def __init__(
        self, root: str | os.PathLike[str], *, create: bool = True, min_free: int = 64 << 20
    ) -> None:
        self.root = Path(root)
        self.min_free = min_free
        if create:
            with _translated(""):
                self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"DirectoryStore({str(self.root)!r})"

    @contextmanager
    def writer(self, name: str) -> Iterator[_File]:
        """See Store.writer. The bytes are on the disk (fsync) before the object has its name."""
        target = self._path(name)
        with _translated(name):
            self._require_root()
            unfinished = self.root / UNFINISHED
            unfinished.mkdir(mode=0o700, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=unfinished)
        try:
            with open(handle, "wb") as file:
                yield _File(file, name)
                with _translated(name):
                    file.flush()
                    os.fsync(file.fileno())
            with _translated(name):
                self._publish(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """See Store.read."""
        check_range(start, length)
        path = self._path(name)
        with _translated(name), self._absent_is_missing(name), open(path, "rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def size(self, name: str) -> int:
        """See Store.size."""
        path = self._path(name)
        with _translated(name), self._absent_is_missing(name):
            status = path.stat()
            if not S_ISREG(status.st_mode):
                raise MissingObject(where=name)
            return status.st_size

    def exists(self, name: str) -> bool:
        """See Store.exists."""
        try:
            self.size(name)
        except MissingObject:
            return False
        return True

    def delete(self, name: str) -> None:
        """See Store.delete. Directories that become empty go too."""
        path = self._path(name)
        with _translated(name):
            self._require_root()
            with suppress(FileNotFoundError, NotADirectoryError):
                if path.is_dir():
                    return
                path.unlink()
                _sync_directory(path.parent)
            for parent in path.parents:
                if parent == self.root:
                    break
                with suppress(OSError):
                    parent.rmdir()

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Store.list."""
        check_prefix(prefix)
        with _translated(prefix):
            self._require_root()
        names = (str(path.relative_to(self.root)) for path in self._files())
        return iter(sorted(name for name in names if name.startswith(prefix)))

    def discard_unfinished(self, older_than: float) -> int:
        """See Store.discard_unfinished."""
        removed = 0
        with _translated(""):
            self._require_root()
            unfinished = self.root / UNFINISHED
            for path in sorted(unfinished.iterdir()) if unfinished.is_dir() else ():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime <= time.time() - older_than:
                        path.unlink()
                        removed += 1
        return removed

    def ping(self) -> None:
        """See Store.ping: the directory is there, takes a file, and has `min_free` bytes left."""
        with _translated(""):
            self._require_root()
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"probe")
                probe.flush()
            if shutil.disk_usage(self.root).free < self.min_free:
                raise StoreError("no_space")

    def _path(self, name: str) -> Path:
        return self.root / check_name(name)

    def _require_root(self) -> None:
        if not self.root.is_dir():
            raise StoreError("unavailable", "the directory of the store is not there")

    @contextmanager
    def _absent_is_missing(self, name: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self._require_root()
            raise MissingObject(where=name) from None

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (Path(folder, name) for name in files if not name.startswith("."))

    def _publish(self, temporary: str, target: Path) -> None:
        for attempt in range(5):
            self._require_root()
            missing = [parent for parent in target.parents if not parent.exists()]
            try:
                for parent in reversed(missing):
                    parent.mkdir(mode=0o700, exist_ok=True)
                os.replace(temporary, target)
                for folder in {target.parent, *(parent.parent for parent in missing)}:
                    _sync_directory(folder)
            except FileNotFoundError:  # a delete beside us removed the directory that had just become empty
                if attempt == 4:
                    raise
            else:
                return


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = _CODES.get(error.errno or 0, "unavailable")
        raise StoreError(code, name) from None
