"""Which frames are looked at."""

import datetime
from io import BytesIO
from typing import Any

import pytest
from pydicom import dcmread

from deid.pixels import edges, evenly, odd, suspicious
from phantom import ct_series
from tests.burned import stamped
from tests.deid import make


@pytest.mark.parametrize(
    ("values", "findings", "why"),
    [
        ({}, [], ""),
        ({"BurnedInAnnotation": "NO"}, [], ""),
        ({"BurnedInAnnotation": "YES"}, [], "said"),
        ({"Modality": "DX"}, [], "radiograph"),
        ({"Modality": "CR"}, [], "radiograph"),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, [], "derived"),
        ({"ImageType": ["ORIGINAL", "SECONDARY", "AXIAL"]}, [], "derived"),
        ({"ConversionType": "WSD"}, [], "derived"),
        ({"SamplesPerPixel": 3}, [], "picture"),
        ({"BitsStored": 8}, [], "picture"),
        ({}, ["overlay_in_pixels"], "bits"),
        ({}, ["high_bit"], "bits"),
        ({}, ["no_preamble"], ""),
        ({"ImageType": None}, [], ""),
    ],
)
def test_objects_that_are_not_what_the_scanner_made_are_looked_at(
    values: dict[str, Any], findings: list[str], why: str
) -> None:
    assert suspicious(make.ct(**values), findings) == why


@pytest.mark.parametrize(("total", "taken"), [(0, 0), (1, 1), (8, 8), (9, 8), (300, 8)])
def test_a_sample_has_both_ends(total: int, taken: int) -> None:
    places = evenly(total)
    assert len(places) == taken
    assert not total or {0, total - 1} <= places <= set(range(total))


def test_a_slice_with_a_stamp_differs_from_its_neighbours() -> None:
    series = ct_series(seed=5, slices=24, matrix=256, study_date=datetime.date(2020, 3, 3))
    frames = [dcmread(BytesIO(data)) for data in series]
    slope = float(frames[0].RescaleSlope)
    counts = [edges(ds.pixel_array, slope=slope) for ds in frames]
    assert odd(counts) == []
    for place in (0, 11, 23):
        drawn = stamped(frames[place].pixel_array, "HONG GILDONG M/64Y", (8, 8), size=10, value=4095)
        changed = [*counts]
        changed[place] = edges(drawn, slope=slope)
        assert odd(changed) == [place]
    assert odd([5]) == []
