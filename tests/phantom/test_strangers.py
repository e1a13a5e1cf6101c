"""What does not belong, and the export folder that mixes it with what does."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.errors import InvalidDicomError
from pydicom.uid import BasicTextSRStorage, MediaStorageDirectoryStorage, SecondaryCaptureImageStorage

from phantom import PERSONS, not_belonging
from phantom.__main__ import main


@pytest.fixture(scope="module")
def strangers() -> dict[str, bytes]:
    return not_belonging(3, person=PERSONS[0])


def test_classes(strangers: dict[str, bytes]) -> None:
    classes = {
        name: pydicom.dcmread(BytesIO(strangers[name])).SOPClassUID
        for name in ("SR000001", "DOSE0001", "DICOMDIR")
    }
    assert classes == {
        "SR000001": BasicTextSRStorage,
        "DOSE0001": SecondaryCaptureImageStorage,
        "DICOMDIR": MediaStorageDirectoryStorage,
    }


def test_others_are_no_dicom(strangers: dict[str, bytes]) -> None:
    assert strangers["report.pdf"].startswith(b"%PDF-")
    assert strangers["empty"] == b""
    for name in ("report.pdf", "readme.txt"):
        with pytest.raises(InvalidDicomError):
            pydicom.dcmread(BytesIO(strangers[name]))


def test_the_truncated_slice_lacks_pixels(strangers: dict[str, bytes]) -> None:
    ds = pydicom.dcmread(BytesIO(strangers["IM000099"]))
    with pytest.raises((ValueError, AttributeError)):
        _ = ds.pixel_array


def test_the_dose_screen_has_writing_on_it(strangers: dict[str, bytes]) -> None:
    screen = pydicom.dcmread(BytesIO(strangers["DOSE0001"])).pixel_array
    assert set(screen.ravel().tolist()) == {0, 255}
    assert (screen[16:31] == 255).sum() > 300


def test_same_seed_same_bytes(strangers: dict[str, bytes]) -> None:
    assert not_belonging(3, person=PERSONS[0]) == strangers


def test_command_writes_a_hospital_s_folder(tmp_path: Path) -> None:
    arguments = [str(tmp_path), "--ct", "2", "--matrix", "32", "--patients", "2", "--first-day", "2021-01-05"]
    assert main(arguments) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    images = sorted(path for path in files if path.name.startswith("IM") and "SE000000" in path.parts)
    assert len(images) == 2 * (2 + 2)
    assert (tmp_path / "DICOMDIR").is_file()
    assert not any(path.suffix for path in images)
    days = [pydicom.dcmread(path, stop_before_pixels=True).StudyDate for path in images[:4]]
    assert days == ["20210105", "20210106", "20210106", "20210107"]


@pytest.mark.parametrize("wrong", [["--ct", "0"], ["--vendor", "acme"], ["--first-day", "soon"]])
def test_usage_errors_exit_with_two(tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([str(tmp_path), *wrong])
    assert stop.value.code == 2
