"""What is the directory store's own: rights, durability, a disk that is full, gone or not ours."""

import errno
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from vault import ArchiveWriter, DirectoryStore, StoreError
from vault.directory import UNFINISHED, _File, _translated


def put(store, name, data=b"x"):
    with store.writer(name) as sink:
        sink.write(data)


def fails(code, call, *arguments):
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


def test_rights_are_the_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        store = DirectoryStore(tmp_path / "objects")
        put(store, "a/b/c")
    finally:
        os.umask(before)
    rights = {path: path.stat().st_mode & 0o777 for path in [store.root, *store.root.rglob("*")]}
    assert set(rights.values()) == {0o700, 0o600}
    assert rights[store.root / "a/b/c"] == 0o600


def test_an_object_is_a_file_of_its_name(directory_store):
    put(directory_store, "a/b", b"123")
    assert (directory_store.root / "a/b").read_bytes() == b"123"


def test_empty_directories_go(directory_store):
    for name in ("a/b/c", "a/d"):
        put(directory_store, name)
    directory_store.delete("a/b/c")
    assert not (directory_store.root / "a/b").exists()
    assert (directory_store.root / "a").exists()
    directory_store.delete("a/d")
    assert directory_store.root.exists()
    assert not (directory_store.root / "a").exists()


def test_no_object_inside_an_object(directory_store):
    put(directory_store, "a/b", b"former")
    fails("name_conflict", put, directory_store, "a/b/c")
    fails("name_conflict", put, directory_store, "a")
    assert directory_store.read("a/b") == b"former"
    fails("missing", directory_store.read, "a")
    fails("missing", directory_store.size, "a")
    fails("missing", directory_store.read, "a/b/c")
    directory_store.delete("a")
    assert list(directory_store.list()) == ["a/b"]
    assert directory_store.discard_unfinished(0) == 0


def test_parts_too_long_for_the_file_system(directory_store):
    fails("bad_name", put, directory_store, "x" * 300)


def test_a_killed_writer_leaves_no_object_and_is_cleared_up(directory_store):
    code = f"""
import os, signal
from vault import DirectoryStore
with DirectoryStore({str(directory_store.root)!r}).writer("a") as sink:
    sink.write(bytes(1 << 20))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -9
    assert list(directory_store.list()) == []
    left = list((directory_store.root / UNFINISHED).iterdir())
    assert len(left) == 1
    assert directory_store.discard_unfinished(3600) == 0
    os.utime(left[0], (time.time() - 4000,) * 2)
    assert directory_store.discard_unfinished(3600) == 1
    assert list((directory_store.root / UNFINISHED).iterdir()) == []


def test_what_a_living_writer_writes_is_not_cleared_up(directory_store):
    with directory_store.writer("a") as sink:
        sink.write(b"1")
        assert directory_store.discard_unfinished(60) == 0
    assert directory_store.read("a") == b"1"


def test_a_writer_whose_file_was_cleared_up_fails(directory_store):
    def write():
        with directory_store.writer("a") as sink:
            sink.write(b"1")
            assert directory_store.discard_unfinished(0) == 1

    fails("unavailable", write)
    assert not directory_store.exists("a")


def test_a_root_that_disappears_is_an_outage_and_never_made_anew(directory_store):
    put(directory_store, "a", b"1")
    away = directory_store.root.with_name("away")
    directory_store.root.rename(away)
    for call, *arguments in (
        (put, directory_store, "b"),
        (directory_store.read, "a"),
        (directory_store.size, "a"),
        (directory_store.exists, "a"),
        (directory_store.delete, "a"),
        (directory_store.list,),
        (directory_store.discard_unfinished, 0),
        (directory_store.ping,),
    ):
        assert fails("unavailable", call, *arguments).retryable
    assert not directory_store.root.exists()
    away.rename(directory_store.root)
    assert directory_store.read("a") == b"1"
    directory_store.ping()


def test_a_root_that_disappears_while_writing(directory_store):
    away = directory_store.root.with_name("away")

    def write():
        with directory_store.writer("a") as sink:
            sink.write(b"1")
            directory_store.root.rename(away)

    fails("unavailable", write)
    assert not directory_store.root.exists()


def test_a_root_that_is_expected_to_be_there(tmp_path):
    store = DirectoryStore(tmp_path / "none", create=False)
    fails("unavailable", store.ping)
    assert not (tmp_path / "none").exists()


def test_a_root_that_cannot_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    fails("name_conflict", DirectoryStore, tmp_path / "file")
    fails("name_conflict", DirectoryStore, tmp_path / "file" / "below")


def test_ping_wants_room(tmp_path):
    assert fails("no_space", DirectoryStore(tmp_path, min_free=1 << 62).ping).retryable


LIMITED = """
import resource, sys
from vault import DirectoryStore, StoreError
store = DirectoryStore(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    with store.writer("a") as sink:
        for _ in range(40):
            sink.write(bytes(100_000))
except StoreError as error:
    print(error.code, error.where)
"""


def test_a_file_that_may_not_grow(directory_store):
    command = [sys.executable, "-c", LIMITED, str(directory_store.root)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert done.stdout == "no_space a\n"
    assert list(directory_store.list()) == []
    assert list((directory_store.root / UNFINISHED).iterdir()) == []


class FullDisk(DirectoryStore):
    """Writes to the device that is always full."""

    @contextmanager
    def writer(self, name):
        with open("/dev/full", "wb", buffering=0) as file:
            yield _File(file, name)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "no_space"),
        (errno.EDQUOT, "no_space"),
        (errno.EACCES, "denied"),
        (errno.EROFS, "denied"),
        (errno.EIO, "unavailable"),
        (errno.ESTALE, "unavailable"),
        (None, "unavailable"),
    ],
)
def test_what_the_system_says_becomes_a_code(number, code):
    with pytest.raises(StoreError) as caught, _translated("a"):
        raise OSError(number, "/secret/path")
    assert caught.value.code == code
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_full_disk_is_named_through_every_layer(tmp_path):
    def write():
        with ArchiveWriter(FullDisk(tmp_path), "a", subject_key=bytes(32)) as archive:
            for number in range(9):
                archive.add(f"{number}.dcm", bytes(1 << 20))

    error = fails("no_space", write)
    assert error.where == "a"
    assert error.retryable


def test_representation_says_where(tmp_path):
    assert repr(DirectoryStore(tmp_path)) == f"DirectoryStore('{tmp_path}')"
