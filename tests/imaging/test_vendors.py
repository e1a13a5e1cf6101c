"""Names of makers and models as the registry writes them."""

import pytest

from imaging.vendors import model, vendor


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("SIEMENS", "Siemens Healthineers"),
        ("Siemens HealthCare GmbH", "Siemens Healthineers"),
        ("GE MEDICAL SYSTEMS", "GE Healthcare"),
        ("GE", "GE Healthcare"),
        ("GEORGE'S SCANNERS", "GEORGE'S SCANNERS"),
        ("TOSHIBA", "Canon Medical Systems"),
        ("Canon Medical Systems", "Canon Medical Systems"),
        ("Philips Medical Systems", "Philips"),
        ("Samsung Electronics", "Samsung Electronics"),
        ("DK Medical Systems", "DK Medical Systems"),
        ("  Some   Maker ", "Some Maker"),
        ("", ""),
    ],
)
def test_makers(raw: str, name: str) -> None:
    assert vendor(raw) == name


def test_a_detector_of_canon_is_not_of_its_scanner_company() -> None:
    assert vendor("Canon Inc.", radiograph=True) == "Canon"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("SOMATOM Definition AS+", "SOMATOM Definition AS+"),
        ("somatom definition flash", "SOMATOM Definition Flash"),
        ("INNOVISION-DXII", "INNOVISION"),
        ("  Odd  Model", "Odd Model"),
    ],
)
def test_models(raw: str, name: str) -> None:
    assert model(raw) == name
