"""The format as written down: its vectors, a reader that knows only the document, and the software agree."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from tests.vault import vectors
from tests.vault.alterations import ALTERATIONS
from tests.vault.plain_reader import Refuse, master_key_id, read_directory, read_object, read_subject_key
from vault import (
    ArchiveWriter,
    LocalMasterKey,
    create,
    open_sealed,
    read_index,
    unwrap_subject_key,
    verify_archive,
)

VECTORS = json.loads(vectors.PATH.read_text())
OBJECTS = {item["name"]: item for item in VECTORS["objects"]}
DOCUMENT = Path(__file__).parents[2] / "docs/sealed-object-format.md"


def plain_of(vector):
    return bytes.fromhex(vector["plain"]) if "plain" in vector else vectors.pattern(vector["plain_length"])


def sealed_of(vector):
    number = list(OBJECTS).index(vector["name"])
    return vectors.seal(vector["name"], vector["kind"], plain_of(vector), number)[0]


def test_the_vectors_are_what_the_software_makes(tmp_path):
    assert vectors.text(vectors.build(tmp_path)) == vectors.PATH.read_text()


@pytest.mark.parametrize("name", OBJECTS)
def test_a_reader_of_the_document_opens_the_vectors(name):
    vector = OBJECTS[name]
    sealed = bytes.fromhex(vector["sealed"]) if "sealed" in vector else sealed_of(vector)
    kind, plain = read_object(sealed, name, bytes.fromhex(vector["subject_key"]))
    assert (kind, plain) == (vector["kind"], plain_of(vector))


@pytest.mark.parametrize("name", OBJECTS)
def test_the_software_opens_the_vectors(directory_store, name):
    vector = OBJECTS[name]
    with directory_store.writer(name) as sink:
        sink.write(sealed_of(vector))
    reader = open_sealed(directory_store, name, subject_key=bytes.fromhex(vector["subject_key"]))
    assert (reader.kind, reader.read()) == (vector["kind"], plain_of(vector))


def test_the_archive_vector(directory_store):
    name, index = VECTORS["archive"]["object"], VECTORS["archive"]["index"]
    vector = OBJECTS[name]
    assert [entry._asdict() for entry in read_directory(plain_of(vector))] == index
    with directory_store.writer(name) as sink:
        sink.write(sealed_of(vector))
    key = bytes.fromhex(vector["subject_key"])
    verify_archive(directory_store, name, subject_key=key)
    reader = open_sealed(directory_store, name, subject_key=key)
    assert [entry._asdict() for entry in read_index(reader)] == index
    for entry, data in zip(index, vectors.INSTANCES.values(), strict=True):
        assert reader.read_range(entry["offset"], entry["length"]) == data


def test_the_subject_key_vector():
    vector = VECTORS["subject_key"]
    master, wrapped = bytes.fromhex(vector["master_key"]), bytes.fromhex(vector["wrapped"])
    assert master_key_id(master) == LocalMasterKey(master).key_id == vector["master_key_id"]
    assert read_subject_key(wrapped, master, vector["ref"]).hex() == vector["subject_key"]
    assert unwrap_subject_key(LocalMasterKey(master), wrapped, vector["ref"]).hex() == vector["subject_key"]


@pytest.mark.parametrize("length", vectors.LENGTHS.values())
def test_a_reader_of_the_document_opens_what_the_software_writes(directory_store, length):
    with create(directory_store, "some/name", subject_key=vectors.SUBJECT_KEY, kind="staged") as writer:
        writer.write(vectors.pattern(length))
    sealed = directory_store.read("some/name")
    assert read_object(sealed, "some/name", vectors.SUBJECT_KEY) == ("staged", vectors.pattern(length))


def test_a_reader_of_the_document_reads_an_archive(directory_store):
    with ArchiveWriter(directory_store, "a", subject_key=vectors.SUBJECT_KEY) as archive:
        archive.add("1.dcm", vectors.pattern(1_500_000))
        archive.add("2.dcm", b"2")
    kind, plain = read_object(directory_store.read("a"), "a", vectors.SUBJECT_KEY)
    assert kind == "series"
    assert [entry._asdict() for entry in read_directory(plain)] == [
        entry._asdict() for entry in archive.entries
    ]


@pytest.mark.parametrize("how", ALTERATIONS)
def test_a_reader_of_the_document_notices_alterations(how):
    length = 2 * vectors.SEGMENT + 5000
    pair = [vectors.seal("x", "file", vectors.pattern(length), number)[0] for number in (90, 91)]
    with pytest.raises((InvalidTag, Refuse)):
        read_object(ALTERATIONS[how](*pair), "x", vectors.SUBJECT_KEY)


def test_the_document_names_the_numbers_in_force():
    text = DOCUMENT.read_text()
    for said in (
        "`KICCSEAL`",
        "1,048,576",
        "1,048,592",
        "header (96)",
        "`KSK1`",
        "0x494B",
        '"kicc-vault object key 1"',
    ):
        assert said in text
