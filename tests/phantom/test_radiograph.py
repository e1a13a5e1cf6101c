"""Radiographs: the same chest, projected."""

from datetime import date
from io import BytesIO

import numpy as np
import pydicom
import pytest
from pydicom.uid import ComputedRadiographyImageStorage, DigitalXRayImageStorageForPresentation

from phantom import PERSONS, ct_series, radiograph
from phantom.vendors import DETECTORS

DAY = date(2020, 3, 4)


def small(**changes: object) -> bytes:
    return radiograph(**({"seed": 4, "rows": 64, "study_date": DAY} | changes))  # type: ignore[arg-type]


def pixels(data: bytes) -> np.ndarray:
    return pydicom.dcmread(BytesIO(data)).pixel_array.astype(int)


@pytest.mark.parametrize("vendor", sorted(DETECTORS))
def test_decodes_within_its_bits(vendor: str) -> None:
    ds = pydicom.dcmread(BytesIO(small(vendor=vendor, person=PERSONS[0])))
    assert ds.pixel_array.shape == (64, 64)
    assert int(ds.pixel_array.max()) < 2**ds.BitsStored
    assert ds.Manufacturer == DETECTORS[vendor].manufacturer


def test_modality_decides_the_class() -> None:
    classes = {m: pydicom.dcmread(BytesIO(small(modality=m))).SOPClassUID for m in ("DX", "CR")}
    assert classes == {"DX": DigitalXRayImageStorageForPresentation, "CR": ComputedRadiographyImageStorage}


def test_same_arguments_same_bytes() -> None:
    assert small(person=PERSONS[2]) == small(person=PERSONS[2])


def test_lungs_are_dark_and_spine_is_bright() -> None:
    image = pixels(small(severity=0.0))
    spine, lungs = image[20:30, 31:33].mean(), (image[20:30, 18:24].mean() + image[20:30, 42:46].mean()) / 2
    assert spine > 2 * lungs


def test_monochrome1_is_the_negative() -> None:
    plain, negative = small(), small(mono1=True)
    assert pydicom.dcmread(BytesIO(negative)).PhotometricInterpretation == "MONOCHROME1"
    assert np.abs(pixels(plain) + pixels(negative) - 4095).max() <= 1


def test_pneumonia_whitens_the_lungs() -> None:
    well, ill = (pixels(small(severity=s, person=PERSONS[0])) for s in (0.0, 0.6))
    assert ill[14:36, 14:26].mean() > well[14:36, 14:26].mean()


def test_same_person_as_in_the_ct() -> None:
    film = pydicom.dcmread(BytesIO(small(person=PERSONS[0])))
    ct = pydicom.dcmread(
        BytesIO(ct_series(seed=4, slices=1, matrix=64, person=PERSONS[0], study_date=DAY)[0])
    )
    assert (film.PatientID, film.PatientName) == (ct.PatientID, ct.PatientName)
    assert film.StudyInstanceUID != ct.StudyInstanceUID


@pytest.mark.parametrize("wrong", [{"vendor": "acme"}, {"modality": "MG"}, {"rows": 8}])
def test_arguments_out_of_range_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        small(**wrong)
