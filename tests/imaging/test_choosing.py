"""Which series the rule takes, and why the others are left out."""

from dataclasses import replace
from typing import Any

import pytest

from imaging.choosing import Candidate, Choice, choose, reason
from imaging.reasons import TEXTS
from tests.imaging.test_rules import CORONAL, FILM, SLICE

THIN = replace(SLICE, study_uid="1.1", thickness=1.0)
DERIVED = ("DERIVED", "SECONDARY", "MPR")
RAW = "1.2.840.10008.5.1.4.1.1.1.1.1"


def ct(key: str, mm: float | None = 1.0, images: int = 300, **changes: Any) -> Candidate:
    return Candidate(key, replace(THIN, thickness=mm, **changes), images)


def film(key: str, **changes: Any) -> Candidate:
    return Candidate(key, replace(FILM, **{"study_uid": "1.2", **changes}), 1)


TABLE: list[tuple[str, list[Candidate], dict[str, str]]] = [
    ("nothing", [], {}),
    ("one series", [ct("a")], {"a": "+thinnest"}),
    ("the thinner", [ct("a", 1.25), ct("b", 1.0)], {"a": "-thicker", "b": "+thinnest"}),
    ("by however little", [ct("a", 1.0), ct("b", 0.99)], {"a": "-thicker", "b": "+thinnest"}),
    (
        "of equals the one with more images",
        [ct("a", images=299), ct("b")],
        {"a": "-as_thin", "b": "+thinnest"},
    ),
    ("of twins one, always the same", [ct("b"), ct("a")], {"a": "+thinnest", "b": "-as_thin"}),
    ("ten slices are a scan", [ct("a", 1.0, 10), ct("b", 5.0)], {"a": "+thinnest", "b": "-thicker"}),
    ("nine are not", [ct("a", 1.0, 9), ct("b", 5.0)], {"a": "-few_images", "b": "+thinnest"}),
    (
        "nine are where there is no more",
        [ct("a", 1.0, 9), ct("b", 2.0, 8)],
        {"a": "+thinnest", "b": "-thicker"},
    ),
    ("not coronal", [ct("a", 0.5, orientation=CORONAL), ct("b", 5.0)], {"a": "-not_axial", "b": "+thinnest"}),
    ("not derived", [ct("a", 0.5, image_type=DERIVED), ct("b", 5.0)], {"a": "-derived", "b": "+thinnest"}),
    (
        "none where none is original and axial",
        [ct("a", image_type=DERIVED), ct("b", orientation=CORONAL)],
        {"a": "-derived", "b": "-not_axial"},
    ),
    (
        "on the back first",
        [ct("a", 0.6, patient_position="HFP"), ct("b", 5.0)],
        {"a": "-not_supine", "b": "+thinnest"},
    ),
    ("prone where nothing else is", [ct("a", patient_position="HFP")], {"a": "+thinnest"}),
    (
        "a known plane first",
        [ct("a", 0.6, orientation=()), ct("b", 5.0)],
        {"a": "-no_plane", "b": "+thinnest"},
    ),
    ("a known thickness first", [ct("a", None, 900), ct("b", 5.0)], {"a": "-no_thickness", "b": "+thinnest"}),
    ("an unknown one alone", [ct("a", None), ct("b", None, 200)], {"a": "+only_axial", "b": "-as_thin"}),
    ("each exam its own", [ct("a"), ct("b", 5.0, study_uid="1.9")], {"a": "+thinnest", "b": "+thinnest"}),
    (
        "a localizer never",
        [ct("a", 0.5, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))],
        {"a": "!localizer"},
    ),
    (
        "a dose screen never",
        [ct("a", image_type=("DERIVED", "SECONDARY", "SCREEN SAVE"))],
        {"a": "!screen_capture"},
    ),
    ("no ultrasound", [ct("a", modality="US")], {"a": "!wrong_modality"}),
    ("no secondary capture", [ct("a", sop_class="1.2.840.10008.5.1.4.1.1.7")], {"a": "!unknown_sop_class"}),
    ("frontal", [film("a"), film("b", view="AP SUPINE")], {"a": "+frontal", "b": "+frontal"}),
    ("lateral", [film("a"), film("b", view="LL")], {"a": "+frontal", "b": "-not_frontal"}),
    ("blank is for a person to look at", [film("a", view="")], {"a": "+view_blank"}),
    ("raw beside finished", [film("a"), film("b", sop_class=RAW)], {"a": "+frontal", "b": "-raw_image"}),
    ("raw alone", [film("a", sop_class=RAW)], {"a": "+frontal"}),
    (
        "a scan and a film of one study",
        [ct("a"), film("b", study_uid="1.1")],
        {"a": "+thinnest", "b": "+frontal"},
    ),
]


def mark(choice: Choice) -> str:
    return ("+" if choice.taken else "!" if choice.final else "-") + choice.reason


@pytest.mark.parametrize(("series", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_rule(series: list[Candidate], expected: dict[str, str]) -> None:
    assert {key: mark(choice) for key, choice in choose(series).items()} == expected
    assert choose(reversed(series)) == choose(series)


def test_every_reason_is_met_above_and_said_in_both_languages() -> None:
    choices = [choice for _, series, _ in TABLE for choice in choose(series).values()]
    assert {choice.reason for choice in choices} == set(TEXTS)
    for choice in choices:
        english, korean = reason(choice, "en"), reason(choice, "ko")
        assert english != korean
        assert not {"{", "}", "."} & {english[-1], korean[-1]}
        assert "{" not in english + korean


def test_numbers_and_planes_are_said_as_people_say_them() -> None:
    told = choose([ct("a", 5.0), ct("b", 1.25), ct("c", orientation=CORONAL)])
    assert reason(told["a"], "en") == "5 mm; this CT has an original axial series of 1.25 mm"
    assert reason(told["c"], "ko") == "축상면이 아님(관상면)"
