"""Proof after an upload: what is in the store is read back whole and compared."""

import hashlib
import io
import secrets
import zipfile

import pytest

from tests.vault.alterations import flipped
from tests.vault.vectors import pattern
from vault import ArchiveWriter, IndexEntry, MissingObject, SealError, create, verify_archive, verify_sealed
from vault.archive import _EXTRA, EXTRA_ID
from vault.header import HEADER, SEGMENT, TAG

KEY = secrets.token_bytes(32)
INSTANCES = [pattern(525_000), b"", pattern(SEGMENT), pattern(2 * SEGMENT + 3), b"end"]


@pytest.fixture
def archive(directory_store):
    return write(directory_store)


def write(store):
    with ArchiveWriter(store, "a", subject_key=KEY) as archive:
        for number, data in enumerate(INSTANCES):
            archive.add(f"{number}.dcm", data)
    return archive


def fails(code, *arguments, call=verify_archive, **options):
    with pytest.raises(SealError) as caught:
        call(*arguments, subject_key=KEY, **options)
    assert caught.value.code == code
    return caught.value


def test_a_good_archive(store):
    archive = write(store)
    verify_archive(store, "a", subject_key=KEY, entries=archive.entries)
    verify_archive(store, "a", subject_key=KEY, entries=[tuple(entry) for entry in archive.entries])
    verify_archive(store, "a", subject_key=KEY)


def test_an_empty_archive(directory_store):
    with ArchiveWriter(directory_store, "a", subject_key=KEY):
        pass
    verify_archive(directory_store, "a", subject_key=KEY, entries=[])


def test_every_segment_is_looked_at(directory_store, archive):
    sealed = directory_store.read("a")
    for at in range(HEADER, len(sealed), SEGMENT + TAG):
        with directory_store.writer("a") as sink:
            sink.write(flipped(sealed, at))
        fails("segment_not_authentic", directory_store, "a", entries=archive.entries)


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[:-1],
        lambda entries: entries[::-1],
        lambda entries: [*entries, IndexEntry("more.dcm", 0, 0, "")],
        lambda entries: [entries[0]._replace(sha256="0" * 64), *entries[1:]],
        lambda entries: [entries[0]._replace(offset=41), *entries[1:]],
        lambda entries: [entries[0]._replace(length=1), *entries[1:]],
        lambda entries: [],
    ],
)
def test_another_index_on_record(directory_store, archive, change):
    fails("index_mismatch", directory_store, "a", entries=change(archive.entries))


def test_a_missing_archive(directory_store):
    with pytest.raises(MissingObject):
        verify_archive(directory_store, "a", subject_key=KEY)


def test_an_object_of_another_kind(directory_store):
    with create(directory_store, "a", subject_key=KEY) as writer:
        writer.write(b"x")
    fails("wrong_kind", directory_store, "a")


def crafted(store, entries):
    """An authentic object whose index says what it likes: (offset, sha256) for entries of 10 bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for number, (offset, digest) in enumerate(entries):
            info = zipfile.ZipInfo(str(number))
            target.writestr(info, b"0123456789")
            info.extra = _EXTRA.pack(EXTRA_ID, 40, offset, digest)
    with create(store, "a", subject_key=KEY, kind="series") as writer:
        writer.write(buffer.getvalue())


RIGHT = hashlib.sha256(b"0123456789").digest()


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([(31, bytes(32))], "hash_mismatch"),
        ([(32, RIGHT)], "hash_mismatch"),
        ([(31, RIGHT), (71, RIGHT)], "hash_mismatch"),
        ([(31, RIGHT), (35, RIGHT)], "not_an_archive"),
        ([(72, RIGHT), (31, RIGHT)], "not_an_archive"),
        ([(10**6, RIGHT)], "not_an_archive"),
        ([(2**63, RIGHT)], "not_an_archive"),
    ],
)
def test_an_index_that_does_not_fit_its_archive(directory_store, entries, code):
    crafted(directory_store, entries)
    fails(code, directory_store, "a")


def test_an_index_that_fits(directory_store):
    crafted(directory_store, [(31, RIGHT), (72, RIGHT)])
    verify_archive(directory_store, "a", subject_key=KEY)


def test_any_sealed_object(store):
    plain = pattern(SEGMENT + 5)
    with create(store, "x", subject_key=KEY) as writer:
        writer.write(plain)
    verify_sealed(store, "x", subject_key=KEY)
    verify_sealed(store, "x", subject_key=KEY, sha256=hashlib.sha256(plain).hexdigest())
    fails("hash_mismatch", store, "x", call=verify_sealed, sha256="0" * 64)
    sealed = store.read("x")
    with store.writer("x") as sink:
        sink.write(sealed[:-1])
    fails("segment_not_authentic", store, "x", call=verify_sealed)
