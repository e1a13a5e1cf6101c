"""Each rule on both sides of its edge."""

from dataclasses import replace
from typing import Any

import pytest

from imaging.validation import Facts, judge, message, plane, refusal, ruleset, stack, thickness_class
from imaging.validation.rules import CHECKS
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
J2K = "1.2.840.10008.1.2.4.91"
ENHANCED = "1.2.840.10008.5.1.4.1.1.2.1"
TILTED = (1.0, 0.0, 0.0, 0.0, 0.8998, 0.43629)
LESS_TILTED = (1.0, 0.0, 0.0, 0.0, 0.9002, 0.43547)
CLASSES = [
    (None, ""),
    (0.5, "thin"),
    (1.5, "thin"),
    (1.5001, "medium"),
    (3.0, "medium"),
    (3.0001, "thick"),
]
TABLE: list[tuple[str, str, list[Facts], list[Facts]]] = [
    (
        "missing_slices",
        "a gap of 1.5 steps",
        scan([*GAP[:50], *[p + 1.0 for p in GAP[50:]]]),
        scan([*GAP[:50], *[p + 0.99 for p in GAP[50:]]]),
    ),
    ("missing_slices", "one slice", scan([p for p in GAP if p != 40.0]), scan(GAP)),
    ("missing_slices", "one of four, not the last", scan([0.0, 2.0, 4.0, 8.0]), scan(GAP[:-1])),
    ("double_slices", "the same place", scan([*GAP, 10.0]), scan(GAP)),
    ("double_slices", "0.01 mm apart", scan([*GAP, 10.01]), scan([*GAP, 10.0101])),
    (
        "uneven_spacing",
        "a tenth of the step",
        scan([*GAP[:50], *[p + 0.201 for p in GAP[50:]]]),
        scan([*GAP[:50], *[p + 0.2 for p in GAP[50:]]]),
    ),
    (
        "uneven_spacing",
        "0.1 mm of thin slices",
        scan([*even(50, 0.5), *[p + 0.101 for p in even(100, 0.5)[50:]]]),
        scan([*even(50, 0.5), *[p + 0.1 for p in even(100, 0.5)[50:]]]),
    ),
    ("uneven_spacing", "a stack that spreads", scan([n * 2 + n * n * 0.01 for n in range(99)]), scan(GAP)),
    (
        "mixed_orientation",
        "a cosine 0.02 off",
        one_changed(orientation=(1.0, 0.0201, 0, 0, 1, 0)),
        one_changed(orientation=(1.0, 0.02, 0, 0, 1, 0)),
    ),
    ("mixed_orientation", "a coronal among them", one_changed(orientation=CORONAL), all_changed()),
    ("mixed_matrix", "one row less", one_changed(rows=511), all_changed(rows=511)),
    ("mixed_matrix", "one column less", one_changed(columns=511), all_changed(columns=511)),
    ("no_geometry", "one without a place", one_changed(positions=()), all_changed()),
    ("short_coverage", "150 mm", scan(even(74), thickness=3.9), scan(even(74), thickness=4.0)),
    ("not_axial", "coronal", all_changed(orientation=CORONAL), all_changed()),
    ("not_axial", "sagittal", all_changed(orientation=(0, 1, 0, 0, 0, -1)), all_changed()),
    ("not_axial", "tilted by 26°", all_changed(orientation=TILTED), all_changed(orientation=LESS_TILTED)),
    ("not_supine", "prone", all_changed(patient_position="HFP"), all_changed(patient_position="FFS")),
    ("not_supine", "on the side", all_changed(patient_position="HFDL"), all_changed(patient_position="")),
    (
        "derived",
        "derived",
        all_changed(image_type=("DERIVED", "SECONDARY")),
        all_changed(image_type=("ORIGINAL", "PRIMARY")),
    ),
    (
        "derived",
        "MPR of an original",
        all_changed(image_type=("ORIGINAL", "SECONDARY", "MPR")),
        all_changed(image_type=("ORIGINAL", "PRIMARY", "AXIAL", "CT_SOM5 SPI")),
    ),
    ("derived", "MIP", all_changed(image_type=("ORIGINAL", "PRIMARY", "MIP")), all_changed(image_type=())),
    ("thick_slices", "3 mm", all_changed(thickness=3.0001), all_changed(thickness=3.0)),
    ("no_thickness", "none", all_changed(thickness=None), all_changed(thickness=0.5)),
    ("view_blank", "blank", films(view=""), films(view="AP")),
    ("not_frontal", "lateral", films(view="LL"), films(view="AP SUPINE")),
    ("not_frontal", "oblique", films(view="RAO"), films(view="")),
    ("several_images", "two", films(2), films(1)),
    ("for_processing", "raw", films(sop_class="1.2.840.10008.5.1.4.1.1.1.1.1"), films()),
    ("monochrome1", "turned round", films(photometric="MONOCHROME1"), films()),
    ("multiframe", "a CT of two frames", one_changed(frames=2), scan(GAP, frames=2, sop_class=ENHANCED)),
    ("multiframe", "a film of two frames", films(frames=2), films(frames=1)),
    ("colour", "RGB", films(photometric="RGB"), films(photometric="MONOCHROME1")),
    ("colour", "palette", one_changed(photometric="PALETTE COLOR"), one_changed(photometric="")),
    ("not_chest", "abdomen", films(body_part="ABDOMEN"), films(body_part="")),
    ("not_chest", "the neck in a CT", all_changed(body_part="NECK"), all_changed(body_part="THORAX")),
    ("lossy", "the header says so", films(lossy=True), films(transfer_syntax=J2K)),
    (
        "lossy",
        "JPEG baseline",
        films(transfer_syntax=J2K[:-2] + "50"),
        films(transfer_syntax=J2K[:-2] + "70"),
    ),
    ("no_vendor", "none", films(vendor=""), films(vendor="x")),
]
"""Code, what it is about, a series on the one side of the edge, a series on the other."""


@pytest.mark.parametrize(
    ("code", "bad", "good"), [(r[0], *r[2:]) for r in TABLE], ids=[f"{r[0]}: {r[1]}" for r in TABLE]
)
def test_a_rule_speaks_on_one_side_of_its_edge_only(code: str, bad: list[Facts], good: list[Facts]) -> None:
    assert code in codes(bad)
    assert code not in codes(good)


def test_every_rule_is_in_the_table() -> None:
    assert set(CHECKS) == {row[0] for row in TABLE}


LIMITS = [(rule.code, name) for rule in ruleset.RULES.values() for name in rule.limits]


@pytest.mark.parametrize("factor", [0.95, 1.05])
@pytest.mark.parametrize(("code", "name"), LIMITS, ids=[".".join(one) for one in LIMITS])
def test_no_limit_can_move_unseen(
    code: str, name: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = ruleset.RULES[code]
    moved = replace(rule, limits={**rule.limits, name: rule.limits[name] * factor})
    monkeypatch.setitem(ruleset.RULES, code, moved)
    wrong = [row for row in TABLE if row[0] not in codes(row[2]) or row[0] in codes(row[3])]
    wrong_classes = [mm for mm, name in CLASSES if thickness_class(mm) != name]
    assert wrong or wrong_classes


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


@pytest.mark.parametrize(("mm", "name"), CLASSES)
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
        (replace(SLICE, modality=""), "wrong_modality"),
        (replace(SLICE, sop_class=ENHANCED), ""),
        (replace(FILM, sop_class="1.2.840.10008.5.1.4.1.1.7"), "unknown_sop_class"),
        (replace(FILM, sop_class="1.2.840.10008.5.1.4.1.1.88.67", modality="SR"), "unknown_sop_class"),
        (replace(SLICE, image_type=("ORIGINAL", "PRIMARY", "SCOUT")), "localizer"),
        (replace(FILM, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")), ""),
        (replace(SLICE, image_type=("DERIVED", "SECONDARY", "DOSE_INFO")), "screen_capture"),
        (replace(FILM, image_type=("DERIVED", "SECONDARY", "SCREEN SAVE")), "screen_capture"),
        (replace(SLICE, image_type=("DERIVED", "SECONDARY", "MPR")), ""),
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
    assert set(ruleset.RULES) <= set(TEXTS)
