"""Images against their receipts: `python -m deid verify --series`."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deid import verify
from tests.deid import make
from tests.deid.signed import content, run, stripped


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.dcm").write_bytes(stripped(number).data)
    return folder


def verify_images(write: Callable[..., Path], images: Path) -> int:
    return run("verify", write({"receipt": content(1, 2)}), "--series", images)


def test_the_images_of_a_receipt_match_as_files_and_as_zip(
    images: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_images(write, images) == 0
    assert "images that match: 2" in capsys.readouterr().out
    packed = Path(shutil.make_archive(str(images.parent / "series"), "zip", images))
    assert verify_images(write, packed) == 0
    assert verify_images(write, images / "1.dcm") == 1
    assert "images of this series that are not among the given files: 1" in capsys.readouterr().out


def test_other_pixels_are_found(
    images: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (images / "2.dcm").write_bytes(stripped(2, pixels=bytes(512)).data)
    assert verify_images(write, images) == 1
    out = capsys.readouterr().out
    assert "2.dcm: has other pixels than its receipt says" in out
    assert "images that match: 1" in out


def test_another_header_is_told_and_is_no_fault(
    images: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data = make.read((images / "2.dcm").read_bytes())
    data.KVP = "80"
    out = io.BytesIO()
    data.save_as(out)
    (images / "2.dcm").write_bytes(out.getvalue())
    assert verify_images(write, images) == 0
    assert "another header than the receipt says: 1" in capsys.readouterr().out


def test_strangers_and_what_is_no_image_are_named(
    images: Path, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    (images / "3.dcm").write_bytes(stripped(3).data)
    (images / "note").write_text("no image")
    (images / "link").symlink_to("nowhere")
    assert verify_images(write, images) == 1
    out = capsys.readouterr().out
    assert "3.dcm: is in none of the receipts" in out
    assert "note: cannot be compared. This is not a DICOM file." in out
    assert "link: cannot be compared. There is no file under this name." in out
    (images / "empty").mkdir()
    assert verify_images(write, images / "empty") == 1
    packed = images.parent / "broken.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.dcm", stripped(1).data)
    raw = bytearray(packed.read_bytes())
    raw[200] ^= 1
    packed.write_bytes(raw)
    assert verify_images(write, packed) == 1
    assert "1.dcm: cannot be compared. The file cannot be opened." in capsys.readouterr().out


def test_a_file_in_the_archive_that_is_too_large_is_not_unpacked(
    images: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(verify, "MAX_BYTES", 100)
    packed = Path(shutil.make_archive(str(images.parent / "series"), "zip", images))
    assert verify_images(write, packed) == 1
    assert "too large" in capsys.readouterr().out
