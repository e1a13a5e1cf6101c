"""Each rule on both sides of its edge."""

from dataclasses import replace
from typing import Any

import pytest

from imaging.validation import Facts, judge, message, plane, refusal, stack, thickness_class
from imaging.validation.rules import RULES
from imaging.validation.texts import TEXTS

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
SLICE = Facts(
    sop_class="1.2.840.10008.5.1.4.1.1.2",
    modality="CT",
    transfer_syntax="1.2.840.10008.1.2.1",
    image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
    rows=512,
    columns=512,
    orientation=AXIAL,
    thickness=2.0,
    photometric="MONOCHROME2",
    vendor="SIEMENS",
    body_part="CHEST",
    patient_position="HFS",
)
FILM = Facts(
    sop_class="1.2.840.10008.5.1.4.1.1.1.1",
    modality="DX",
    rows=2000,
    columns=2000,
    photometric="MONOCHROME2",
    vendor="SAMSUNG",
    view="PA",
    body_part="CHEST",
)


def scan(places: list[float], **changes: Any) -> list[Facts]:
    return [replace(SLICE, positions=(place,), **changes) for place in places]


def even(count: int = 100, step: float = 2.0) -> list[float]:
    return [index * step for index in range(count)]


def codes(series: list[Facts]) -> set[str]:
    return {item["code"] for item in judge(series)}


def one_changed(**changes: Any) -> list[Facts]:
    series = scan(even())
    return [replace(series[0], **changes), *series[1:]]


def all_changed(**changes: Any) -> list[Facts]:
    return scan(even(), **changes)


def films(count: int = 1, **changes: Any) -> list[Facts]:
    return [replace(FILM, **changes)] * count


GAP = even()
TABLE: list[tuple[str, list[Facts], list[Facts]]] = [
    (
        "missing_slices",
        scan([*GAP[:50], *[p + 1.0 for p in GAP[50:]]]),
        scan([*GAP[:50], *[p + 0.98 for p in GAP[50:]]]),
    ),
    ("double_slices", scan([*GAP, 10.005]), scan([*GAP, 10.02])),
    (
        "uneven_spacing",
        scan([*GAP[:50], *[p + 0.21 for p in GAP[50:]]]),
        scan([*GAP[:50], *[p + 0.19 for p in GAP[50:]]]),
    ),
    (
        "mixed_orientation",
        one_changed(orientation=(1.0, 0.03, 0, 0, 1, 0)),
        one_changed(orientation=(1.0, 0.01, 0, 0, 1, 0)),
    ),
    ("mixed_matrix", one_changed(rows=511), all_changed(rows=511)),
    ("no_geometry", one_changed(positions=()), all_changed()),
    ("short_coverage", scan(even(74), thickness=1.9), scan(even(75), thickness=2.0)),
    ("not_axial", all_changed(orientation=CORONAL), all_changed(orientation=(1, 0, 0, 0, 0.95, 0.3))),
    ("not_supine", all_changed(patient_position="HFP"), all_changed(patient_position="FFS")),
    (
        "derived",
        all_changed(image_type=("DERIVED", "SECONDARY", "MPR")),
        all_changed(image_type=("ORIGINAL", "PRIMARY")),
    ),
    ("thick_slices", all_changed(thickness=3.01), all_changed(thickness=3.0)),
    ("no_thickness", all_changed(thickness=None), all_changed(thickness=0.5)),
    ("view_blank", films(view=""), films(view="AP")),
    ("not_frontal", films(view="LL"), films(view="AP SUPINE")),
    ("several_images", films(2), films(1)),
    ("for_processing", films(sop_class="1.2.840.10008.5.1.4.1.1.1.1.1"), films()),
    ("monochrome1", films(photometric="MONOCHROME1"), films()),
    ("not_chest", films(body_part="ABDOMEN"), films(body_part="")),
    ("lossy", films(lossy=True), films(transfer_syntax="1.2.840.10008.1.2.4.91")),
    ("no_vendor", films(vendor=""), films(vendor="x")),
]


@pytest.mark.parametrize(("code", "bad", "good"), TABLE, ids=[row[0] for row in TABLE])
def test_a_rule_speaks_on_one_side_of_its_edge_only(code: str, bad: list[Facts], good: list[Facts]) -> None:
    assert code in codes(bad)
    assert code not in codes(good)


def test_every_rule_is_in_the_table() -> None:
    assert {rule.code for rule in RULES} == {row[0] for row in TABLE}


def test_a_good_scan_and_a_good_film_have_no_findings() -> None:
    assert codes(all_changed()) == set()
    assert codes(films()) == set()


def test_missing_slices_are_named_by_their_place() -> None:
    places = [place for place in even(20, 5.0) if place not in (25.0, 30.0, 60.0)]
    found = next(item for item in judge(scan(places, thickness=5.0)) if item["code"] == "missing_slices")
    assert found["values"] == {"count": 3, "positions_mm": [25.0, 30.0, 60.0]}
    assert "25, 30, 60 mm" in message(found["code"], found["values"], "en")
    assert "25, 30, 60 mm" in message(found["code"], found["values"], "ko")


@pytest.mark.parametrize(
    ("places", "step"),
    [([], None), ([1.0], None), ([0.0, 5.0], None), ([0.0, 5.0, 10.0], 5.0), ([10.0, 0.0, 5.0], 5.0)],
)
def test_the_usual_distance_needs_three_places(places: list[float], step: float | None) -> None:
    assert stack(places).step == step


@pytest.mark.parametrize(
    ("mm", "name"),
    [(None, ""), (0.5, "thin"), (1.5, "thin"), (1.51, "medium"), (3.0, "medium"), (3.01, "thick")],
)
def test_thickness_classes(mm: float | None, name: str) -> None:
    assert thickness_class(mm) == name


@pytest.mark.parametrize(
    ("orientation", "name"),
    [
        (AXIAL, "axial"),
        (CORONAL, "coronal"),
        ((0, 1, 0, 0, 0, -1), "sagittal"),
        ((1, 0, 0, 0, 0.7, 0.7), "other"),
        ((), ""),
        ((1, 0, 0, 1, 0, 0), ""),
    ],
)
def test_planes(orientation: tuple[float, ...], name: str) -> None:
    assert plane(orientation) == name


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (SLICE, ""),
        (FILM, ""),
        (replace(FILM, modality="CR"), ""),
        (replace(SLICE, modality="PT"), "wrong_modality"),
        (replace(FILM, modality="CT"), "wrong_modality"),
        (replace(SLICE, sop_class="1.2.840.10008.5.1.4.1.1.7"), "unknown_sop_class"),
        (replace(SLICE, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")), "localizer"),
        (replace(SLICE, image_type=("DERIVED", "SECONDARY", "SCREEN SAVE")), "screen_capture"),
    ],
)
def test_what_belongs(facts: Facts, code: str) -> None:
    assert refusal(facts) == code


def test_every_text_has_both_languages_and_the_same_places() -> None:
    import string

    for code, (english, korean) in TEXTS.items():
        names = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, korean)
        ]
        assert names[0] == names[1], code
        assert any("가" <= letter <= "힣" for letter in korean), code
    assert {rule.code for rule in RULES} <= set(TEXTS)
