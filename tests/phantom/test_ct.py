"""CT series: what callers rely on."""

import hashlib
import subprocess
import sys
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from phantom import PERSONS, ct_series
from phantom.anatomy import Body
from phantom.files import SYNTAXES
from phantom.shapes import Grid
from phantom.vendors import SCANNERS

DAY = date(2020, 3, 4)
ROOT = Path(__file__).parents[2]


def small(**changes: object) -> list[bytes]:
    return ct_series(**({"seed": 4, "slices": 3, "matrix": 64, "study_date": DAY} | changes))  # type: ignore[arg-type]


def opened(files: list[bytes]) -> list[Dataset]:
    return [pydicom.dcmread(BytesIO(data)) for data in files]


def hounsfield(ds: Dataset) -> np.ndarray:
    return ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)


def test_same_arguments_same_bytes() -> None:
    assert small(person=PERSONS[0]) == small(person=PERSONS[0])


def test_another_process_makes_the_same_bytes() -> None:
    script = (
        "import datetime, hashlib, phantom;"
        "files = phantom.ct_series(seed=4, slices=3, matrix=64, study_date=datetime.date(2020, 3, 4));"
        "print(hashlib.sha256(b''.join(files)).hexdigest())"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == hashlib.sha256(b"".join(small())).hexdigest()


def test_another_seed_is_another_examination() -> None:
    one, other = opened(small(person=PERSONS[0])), opened(small(person=PERSONS[0], seed=5))
    assert one[0].StudyInstanceUID != other[0].StudyInstanceUID
    assert one[0].SOPInstanceUID != other[0].SOPInstanceUID
    assert one[0].PatientID == other[0].PatientID


def test_series_of_one_examination_share_study_and_frame() -> None:
    lung, soft = opened(small())[0], opened(small(kernel="soft", series_number=3))[0]
    assert lung.StudyInstanceUID == soft.StudyInstanceUID
    assert lung.FrameOfReferenceUID == soft.FrameOfReferenceUID
    assert lung.SeriesInstanceUID != soft.SeriesInstanceUID


@pytest.mark.parametrize("vendor", sorted(SCANNERS))
def test_geometry_sorts_and_pixels_decode(vendor: str) -> None:
    series = opened(small(vendor=vendor, slices=5, thickness=1.5, person=PERSONS[1]))
    heights = [float(ds.ImagePositionPatient[2]) for ds in series]
    assert np.allclose(np.diff(heights), -1.5, atol=0.002)
    assert [ds.InstanceNumber for ds in series] == [1, 2, 3, 4, 5]
    assert len({ds.SOPInstanceUID for ds in series}) == 5
    assert {ds.SeriesInstanceUID for ds in series} == {series[0].SeriesInstanceUID}
    for ds in series:
        assert ds.pixel_array.shape == (64, 64)
        assert ds.SOPInstanceUID.startswith("2.25.")
        assert ds.SOPInstanceUID.is_valid
        assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID


@pytest.mark.parametrize("syntax", [name for name in SYNTAXES if name != "jpegls"])
@pytest.mark.parametrize("vendor", ["siemens", "ge"])
def test_every_syntax_decodes_to_the_same_pixels(syntax: str, vendor: str) -> None:
    plain, coded = small(slices=1, vendor=vendor), small(slices=1, vendor=vendor, transfer_syntax=syntax)
    one, other = opened(plain)[0], opened(coded)[0]
    assert other.file_meta.TransferSyntaxUID == SYNTAXES[syntax]
    assert np.array_equal(one.pixel_array, other.pixel_array)


def test_missing_slices_leave_a_gap_and_change_nothing_else() -> None:
    whole, holed = small(slices=5), small(slices=5, missing={2, 4})
    assert holed == [whole[0], whole[2], whole[4]]


def test_dates_are_the_caller_s() -> None:
    first = opened(small(study_time=time(23, 59, 0)))[0]
    later = opened(small(study_date=DAY + timedelta(days=9)))[0]
    assert (first.StudyDate, first.StudyTime) == ("20200304", "235900")
    assert (first.SeriesDate, first.SeriesTime) == ("20200305", "000200")
    assert later.StudyDate == "20200313"


def test_densities_are_those_of_a_chest() -> None:
    ds = opened(small(slices=1, matrix=128, severity=0.0))[0]
    image = hounsfield(ds)
    assert image[2:8, 60:68].mean() == pytest.approx(-1000, abs=15)
    lung = image[(image > -950) & (image < -750)]
    assert 0.1 < lung.size / image.size < 0.4
    assert image.max() > 250


def test_padding_lies_outside_the_field_of_view() -> None:
    ds = opened(small(vendor="ge"))[0]
    assert ds.pixel_array[0, 0] == ds.PixelPaddingValue == -2000
    assert ds.pixel_array[32, 32] > -2000


@pytest.mark.parametrize("severity", [0.05, 0.3])
def test_severity_is_the_share_of_lung_with_ground_glass(severity: float) -> None:
    body, grid = Body(8, "M", severity), Grid.centred(80, 64, 4.2, 4.2)
    shares = [body.lung_share(float(z), grid) for z in range(-160, 120, 10)]
    measured = sum(float(glass.sum()) for _, glass in shares) / sum(float(lung.sum()) for lung, _ in shares)
    assert measured == pytest.approx(severity, rel=0.2)


def test_ground_glass_is_neither_air_nor_solid() -> None:
    body, grid = Body(8, "M", 0.3), Grid.centred(128, 96, 2.6, 2.6)
    _, glass = body.lung_share(-60.0, grid)
    lesion = body.section(-60.0, grid)[glass > 0.99]
    assert -750 < np.percentile(lesion, 30) < np.median(lesion) < -250


def test_a_sicker_lung_is_denser() -> None:
    well, ill = (hounsfield(opened(small(slices=1, matrix=128, severity=s))[0]) for s in (0.0, 0.6))
    lung = (well > -950) & (well < -750)
    assert ill[lung].mean() > well[lung].mean() + 60


def test_nobody_s_series_names_nobody() -> None:
    ds = opened(small())[0]
    assert (ds.PatientName, ds.PatientID, ds.AccessionNumber) == ("", "", "")


@pytest.mark.parametrize(
    "wrong",
    [{"vendor": "acme"}, {"slices": 0}, {"thickness": 0.0}, {"severity": 1.5}, {"transfer_syntax": "gif"}],
)
def test_arguments_out_of_range_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        small(**wrong)
