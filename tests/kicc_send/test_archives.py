"""ZIP archives in a folder: read where they lie, and those that are a trap are not."""

import struct
import zipfile
from pathlib import Path

import pytest

from deid import Refused
from kicc_send import archives, folder
from kicc_send.folder import Found, Prepared, Terms
from phantom.export import hospital_export
from phantom.people import make_person

TERMS = Terms(bytes(range(32)), "S03-0001-U", None)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    hospital_export(tmp_path / "images", persons=[make_person(3)], slices=3, matrix=64, strays=False)
    return tmp_path / "images"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


def packed(source: Path, target: Path, kind: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(target, "w", kind) as archive:
        for path in sorted(source.rglob("*")):
            archive.write(path, path.relative_to(source).as_posix())


def prepared(place: Path) -> list[Prepared]:
    return [folder.prepare(TERMS, str(place), "en", found) for found in folder.walk(place)]


def codes(place: Path) -> dict[str, str]:
    return {one.found.shown: one.code for one in prepared(place)}


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_what_is_packed_is_what_is_not(images: Path, place: Path, kind: int) -> None:
    packed(images, place / "no-extension", kind)
    plain = {one.found.name: one.sha256 for one in prepared(images)}
    inside = {one.found.name: one.sha256 for one in prepared(place)}
    assert len(plain) == 5
    assert inside == plain
    assert {one.found.shown.partition("!/")[0] for one in prepared(place)} == {"no-extension"}
    looked = [folder.look(b"k" * 32, str(place), found) for found in folder.walk(place)]
    assert len({one.patient for one in looked if one}) == 1


def test_names_that_climb_out_lead_nowhere(images: Path, place: Path, tmp_path: Path) -> None:
    data = next(path for path in images.rglob("IM*")).read_bytes()
    with zipfile.ZipFile(place / "x.zip", "w") as archive:
        archive.writestr("../../escaped", data)
        archive.writestr("/tmp/absolute", data)
    before = set(tmp_path.rglob("*"))
    assert set(codes(place).values()) == {""}
    assert set(tmp_path.rglob("*")) == before


def test_two_members_of_one_name_are_two(images: Path, place: Path) -> None:
    first, second, *_ = [path.read_bytes() for path in sorted(images.rglob("IM*"))]
    with zipfile.ZipFile(place / "x.zip", "w") as archive:
        archive.writestr("IM", first)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("IM", second)
    assert len({one.sha256 for one in prepared(place)}) == 2


def test_an_archive_in_an_archive_is_not_looked_into(images: Path, place: Path, tmp_path: Path) -> None:
    packed(images, tmp_path / "inner.zip")
    with zipfile.ZipFile(place / "x.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "inner.zip")
    assert codes(place) == {"x.zip!/inner.zip": "archive_nested"}


def test_an_office_document_is_one_file(place: Path) -> None:
    with zipfile.ZipFile(place / "letter.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert codes(place) == {"letter.docx": "not_dicom"}


def test_an_empty_archive_is_one_file(place: Path) -> None:
    with zipfile.ZipFile(place / "x.zip", "w") as archive:
        archive.mkdir("folder")
    assert codes(place) == {"x.zip": "not_dicom"}


def test_a_broken_archive_is_told(images: Path, place: Path) -> None:
    packed(images, place / "x.zip")
    whole = (place / "x.zip").read_bytes()
    (place / "x.zip").write_bytes(whole[: len(whole) // 2])
    (one,) = prepared(place)
    assert (one.code, one.message) == (
        "archive_unreadable",
        "The ZIP archive is broken. Export it again, or unpack it and check.",
    )


def test_a_damaged_member_leaves_the_others(images: Path, place: Path) -> None:
    packed(images, place / "x.zip", zipfile.ZIP_STORED)
    raw = bytearray((place / "x.zip").read_bytes())
    with zipfile.ZipFile(place / "x.zip") as archive:
        info = next(info for info in archive.infolist() if not info.is_dir())
    raw[info.header_offset + 400] ^= 1
    (place / "x.zip").write_bytes(raw)
    assert sorted(codes(place).values()) == ["", "", "", "", "corrupt"]


def test_a_locked_archive_is_told(images: Path, place: Path) -> None:
    packed(images, place / "x.zip")
    raw = bytearray((place / "x.zip").read_bytes())
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 8 : entry + 10] = struct.pack("<H", 1)
    (place / "x.zip").write_bytes(raw)
    assert codes(place) == {"x.zip": "archive_encrypted"}


def test_a_bomb_is_not_inflated(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE_INFLATE", 1 << 20)
    with zipfile.ZipFile(place / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(4 << 20))
    inflated: list[int] = []
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: inflated.append(1))
    assert codes(place) == {"x.zip!/zeros": "too_large"}
    assert inflated == []


def test_a_member_that_says_more_than_a_file_may_have(place: Path) -> None:
    with zipfile.ZipFile(place / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small", b"x" * 100)
    raw = bytearray((place / "x.zip").read_bytes())
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", (1 << 32) - 2)
    (place / "x.zip").write_bytes(raw)
    assert codes(place) == {"x.zip!/small": "too_large"}


def test_too_many_members(images: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    packed(images, place / "x.zip")
    assert codes(place) == {"x.zip": "archive_too_many"}


def test_a_member_that_is_gone(images: Path, place: Path) -> None:
    packed(images, place / "x.zip")
    with pytest.raises(Refused, match="cannot be opened"):
        folder.read(str(place), Found("IM", 1, 0, "x.zip", 99))
