"""One object per series: a ZIP that any tool opens, and an index inside it by which one instance is read."""

import hashlib
import io
import secrets
import shutil
import subprocess
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.plain_reader import read_directory
from tests.vault.vectors import pattern
from vault import ArchiveWriter, DirectoryStore, IndexEntry, SealError, create, open_sealed, read_index
from vault.header import SEGMENT

KEY = secrets.token_bytes(32)
INSTANCES = [pattern(525_000), b"", b"x", pattern(SEGMENT), pattern(3 * SEGMENT + 1), pattern(17)]


def write(store, name, instances):
    with ArchiveWriter(store, name, subject_key=KEY) as archive:
        for number, data in enumerate(instances, 1):
            archive.add(f"{number:06}.dcm", data)
    return archive


def test_every_instance_is_read_by_range(store):
    archive = write(store, "series/a", INSTANCES)
    reader = open_sealed(store, "series/a", subject_key=KEY, kind="series")
    assert read_index(reader) == archive.entries
    for entry, data in zip(archive.entries, INSTANCES, strict=True):
        assert reader.read_range(entry.offset, entry.length) == data
        assert entry.sha256 == hashlib.sha256(data).hexdigest()
    assert (archive.plain_bytes, archive.sealed_bytes) == (reader.size, store.size("series/a"))


def test_add_returns_the_entry(directory_store):
    with ArchiveWriter(directory_store, "a", subject_key=KEY) as archive:
        entry = archive.add("000001.dcm", b"abc")
    assert entry == archive.entries[0] == IndexEntry("000001.dcm", 40, 3, hashlib.sha256(b"abc").hexdigest())


def test_what_is_added_is_passed_on_at_once(directory_store):
    with ArchiveWriter(directory_store, "a", subject_key=KEY) as archive:
        for _ in range(3):
            entry = archive.add(f"{len(archive.entries)}.dcm", pattern(525_000))
            assert archive._sealed.plain_bytes == entry.offset + entry.length


def test_decrypted_it_is_a_zip_for_any_tool(directory_store, tmp_path):
    write(directory_store, "a", INSTANCES)
    path = tmp_path / "a.zip"
    path.write_bytes(open_sealed(directory_store, "a", subject_key=KEY).read())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == INSTANCES
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.flag_bits for info in archive.infolist()} == {0}
    for tool in (["unzip", "-tq"], ["7z", "t"], ["bsdtar", "-tf"]):
        if shutil.which(tool[0]):
            subprocess.run([*tool, path], check=True, capture_output=True)


def test_local_headers_are_complete_for_readers_of_streams(directory_store):
    write(directory_store, "a", [b"abc"])
    plain = open_sealed(directory_store, "a", subject_key=KEY).read()
    assert plain[:4] == b"PK\3\4"
    assert plain[6:8] == b"\0\0"
    assert plain[14:26] == b"\xc2\x41\x24\x35" + b"\3\0\0\0" * 2


def test_the_same_instances_give_the_same_plain_bytes(directory_store):
    for name in ("a", "b"):
        write(directory_store, name, INSTANCES)
    first, second = (open_sealed(directory_store, name, subject_key=KEY).read() for name in ("a", "b"))
    assert first == second
    assert directory_store.read("a") != directory_store.read("b")


def test_an_empty_archive(directory_store):
    archive = write(directory_store, "a", [])
    reader = open_sealed(directory_store, "a", subject_key=KEY)
    assert archive.entries == read_index(reader) == []
    assert zipfile.ZipFile(io.BytesIO(reader.read())).namelist() == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 99), st.integers(SEGMENT - 200, SEGMENT + 200)), max_size=6))
def test_any_sizes(tmp_path_factory, sizes):
    store = DirectoryStore(tmp_path_factory.mktemp("objects"))
    instances = [pattern(size) for size in sizes]
    archive = write(store, "a", instances)
    reader = open_sealed(store, "a", subject_key=KEY)
    plain = reader.read()
    assert [entry._asdict() for entry in archive.entries] == [
        entry._asdict() for entry in read_directory(plain)
    ]
    assert [plain[entry.offset : entry.offset + entry.length] for entry in read_index(reader)] == instances


def test_more_entries_than_16_bits_count(directory_store):
    archive = write(directory_store, "a", [b"%d" % number for number in range(65_600)])
    reader = open_sealed(directory_store, "a", subject_key=KEY)
    assert read_index(reader) == archive.entries
    last = archive.entries[-1]
    assert reader.read_range(last.offset, last.length) == b"65599"
    assert b"PK\6\6" in reader.read()[-200:]


def test_positions_past_32_bits(directory_store, monkeypatch):
    """The limit is lowered, so that the records which 4 GiB would need are written for a few bytes."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    instances = [pattern(700), pattern(5000), pattern(20), pattern(3000)]
    archive = write(directory_store, "a", instances)
    monkeypatch.undo()
    reader = open_sealed(directory_store, "a", subject_key=KEY)
    assert read_index(reader) == archive.entries
    assert [reader.read_range(entry.offset, entry.length) for entry in archive.entries] == instances
    assert zipfile.ZipFile(io.BytesIO(reader.read())).testzip() is None
    assert b"PK\6\6" in reader.read()[-200:]


@pytest.mark.parametrize("name", ["", "a/b", "../a", ".a", "a b", "김.dcm", "a\0", "x" * 201])
def test_entry_names_that_are_refused(directory_store, name):
    with (
        pytest.raises(SealError) as caught,
        ArchiveWriter(directory_store, "a", subject_key=KEY) as archive,
    ):
        archive.add(name, b"1")
    assert (caught.value.code, caught.value.where) == ("bad_entry_name", "a")
    assert not directory_store.exists("a")


def test_an_entry_is_not_written_twice(directory_store):
    def write_twice():
        with ArchiveWriter(directory_store, "a", subject_key=KEY) as archive:
            archive.add("1", b"1")
            archive.add("1", b"2")

    with pytest.raises(SealError) as caught:
        write_twice()
    assert caught.value.code == "duplicate_entry"
    assert not directory_store.exists("a")


def test_an_exception_stores_nothing(store):
    def write_and_fail():
        with ArchiveWriter(store, "a", subject_key=KEY) as archive:
            archive.add("1", pattern(6 * SEGMENT))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert not store.exists("a")
    assert store.discard_unfinished(0) == 0


def plain_zip(extra):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("1")
        info.extra = extra
        archive.writestr(info, b"1")
    return buffer.getvalue()


OTHER = b"\x99\x99\x02\x00ab"


@pytest.mark.parametrize(
    "plain",
    [b"", b"no zip at all", plain_zip(b""), plain_zip(OTHER), plain_zip(b"KI\x02\x00ab"), plain_zip(b"\1")],
)
def test_what_has_no_index(directory_store, plain):
    with create(directory_store, "a", subject_key=KEY, kind="series") as writer:
        writer.write(plain)
    with pytest.raises(SealError) as caught:
        read_index(open_sealed(directory_store, "a", subject_key=KEY))
    assert caught.value.code == "not_an_archive"


def test_other_extra_fields_are_passed_over(directory_store):
    digest = hashlib.sha256(b"1").digest()
    own = b"KI\x28\x00" + (31).to_bytes(8, "little") + digest
    with create(directory_store, "a", subject_key=KEY, kind="series") as writer:
        writer.write(plain_zip(OTHER + own))
    index = read_index(open_sealed(directory_store, "a", subject_key=KEY))
    assert index == [IndexEntry("1", 31, 1, digest.hex())]


def test_the_index_of_another_kind_is_refused(directory_store):
    with create(directory_store, "a", subject_key=KEY) as writer:
        writer.write(plain_zip(b""))
    with pytest.raises(SealError) as caught:
        read_index(open_sealed(directory_store, "a", subject_key=KEY))
    assert caught.value.code == "wrong_kind"
