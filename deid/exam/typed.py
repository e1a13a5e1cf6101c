"""Text in values whose type allows none: numbers, codes, times, dates."""

from __future__ import annotations

from collections.abc import Callable

from deid.exam.draft import Case, Draft
from deid.exam.encoding import piece
from deid.exam.people import People

TYPED: tuple[tuple[str, str], ...] = (
    ("SliceThickness", "DS"),
    ("KVP", "DS"),
    ("TableHeight", "DS"),
    ("XRayTubeCurrent", "IS"),
    ("ExposureTime", "IS"),
    ("AcquisitionNumber", "IS"),
    ("ScanOptions", "CS"),
    ("BodyPartExamined", "CS"),
    ("FilterMaterial", "CS"),
    ("SeriesTime", "TM"),
    ("AcquisitionTime", "TM"),
    ("SeriesDate", "DA"),
    ("AcquisitionDate", "DA"),
    ("AcquisitionDateTime", "DT"),
    ("PatientAge", "AS"),
    ("PatientSex", "CS"),
    ("ViewPosition", "CS"),
    ("TimezoneOffsetFromUTC", "SH"),
)
HIDDEN: tuple[Callable[[Case, People], str], ...] = (
    lambda case, people: case.person.name.family,
    lambda case, people: people.resident_number().replace("-", ""),
    lambda case, people: people.phone(),
    lambda case, people: people.word(),
    lambda case, people: case.person.hospital_number,
    lambda case, people: case.study_day,
    lambda case, people: f"{case.person.name.given}^{case.person.name.family}",
)
"""What is put where a number, a code or a time should be."""


def plant(draft: Draft, people: People, round_: int) -> None:
    """Text in values whose type allows none, and a hospital number where a number may stand."""
    kind, person = "text in a typed value", draft.person
    for number, (keyword, vr) in enumerate(TYPED):
        text = HIDDEN[(number + round_) % len(HIDDEN)](draft.case, people)
        draft.forget(keyword)
        if vr in {"DA", "DT"} and text == draft.case.study_day:
            draft.date(keyword, text)
        else:
            draft.plant(piece(keyword, text), kind, text)
    for keyword, text in (
        ("DataCollectionDiameter", person.hospital_number),
        ("PatientWeight", people.resident_number()),
    ):
        text = text.replace("-", "")
        draft.forget(keyword)
        draft.plant(piece(keyword, text), kind, text)
    for keyword, text in (
        ("WindowCenter", "40\\{}"),
        ("ImageType", "ORIGINAL\\PRIMARY\\AXIAL\\{}"),
        ("FocalSpots", "0.7\\{}"),
    ):
        draft.forget(keyword)
        draft.plant(
            piece(keyword, text.format(person.name.given)), "one of several values", person.name.given
        )
