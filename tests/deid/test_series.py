"""A file stripped among the files of its series comes out as it does alone."""

from __future__ import annotations

import struct
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from deid import Dates, Refused
from deid.engine import Stripper
from deid.reading import parse
from deid.series import Template
from phantom import ct_series, make_person
from tests.deid import make
from tests.deid.test_properties import NAMES, TEXTS, data_sets

DATES = Dates.day_zero(date(2020, 3, 1))
SLICES: list[dict[str, Any]] = [
    {
        "SOPInstanceUID": f"{make.ROOT}.3.{number}",
        "InstanceNumber": number,
        "SliceLocation": f"{number}.5",
        "ManufacturerModelName": "Zylon 500",
        "OperatorsName": "Park^Mina",
    }
    for number in (1, 2, 30)
]
# Each differs from the one before in something that decides about the rest, or that identifies.
KOREAN = ("InstitutionName", "ReferringPhysicianName", "PatientName", "InstitutionAddress")
STRANGERS: list[dict[str, Any]] = [
    {"PatientName": "Kim^Cheolsu"},
    {"PatientID": "998877665"},
    {"OperatorsName": "CHEST^ROUTINE"},
    {"OperatorsName": "Zylon^Mina"},
    {"SeriesDescription": "Thorax Cheolsu"},
    {"SeriesDescription": f"see {make.ROOT}.3.30"},
    {"SpecificCharacterSet": "ISO_IR 100", **dict.fromkeys(KOREAN, "A")},
    {"SeriesInstanceUID": f"{make.ROOT}.77"},
    {"Modality": None},
    {"BurnedInAnnotation": "YES"},
    {"PatientIdentityRemoved": "YES"},
    {"Rows": 17},
    {"AcquisitionDate": "20200305"},
    {"AcquisitionTime": "25:99"},
    {"SourceImageSequence": make.sequence(make.item(ReferencedSOPInstanceUID=f"{make.ROOT}.3.9"))},
    {"KVP": None},
    {"HighBit": 15},
    {"InstanceNumber": None},
    {"SOPInstanceUID": "1.2.3a"},
]


VARIED = {"LO", "SH", "ST", "LT", "UT", "PN", "DS", "IS"}


def facts(stripper: Stripper, data: bytes) -> object:
    try:
        result = stripper.strip(data)
    except Refused as refused:
        return refused.code, refused.where
    return (
        result.data,
        result.actions,
        result.changed,
        result.findings,
        result.pixel_sha256_before,
        result.pixel_sha256_after,
        (result.anchored, result.study, result.series, result.instance, result.patient, result.image.begin),
    )


def _new(dates: Dates | None = DATES, subject: str = "S01-0001-A") -> Stripper:
    return Stripper(uid_key=make.KEY, dates=dates, subject=subject)


def same_as_alone(files: list[bytes], **recipe: Any) -> None:
    together = _new(**recipe)
    for data in files:
        assert facts(together, data) == facts(_new(**recipe), data)


@pytest.mark.parametrize("syntax", [make.EXPLICIT, make.IMPLICIT])
@pytest.mark.parametrize("change", STRANGERS, ids=lambda change: next(iter(change)))
def test_a_stranger_in_the_series(change: dict[str, Any], syntax: str) -> None:
    files = [make.write(make.ct(**values), syntax) for values in (*SLICES, SLICES[0] | change, *SLICES)]
    same_as_alone(files)
    same_as_alone(files, dates=None, subject="")


@pytest.mark.parametrize(
    ("old", "new"), [(b"MODIFIED", b"REMOVED "), (b"kicc-deid/", b"someother/"), (b"YES ", b"NO  ")]
)
def test_a_second_pass_believes_each_file_alone(old: bytes, new: bytes) -> None:
    files = [Stripper.strip(_new(), make.write(make.ct(**values))).data for values in SLICES]
    same_as_alone([files[0], files[1], files[2].replace(old, new), files[0]], dates=Dates.keep())


def table(value: bytes) -> bytes:
    """The value of Modality LUT Sequence: one item, whose table has these bytes."""
    described = make.element(0x00283002, b"US", struct.pack("<3H", len(value) // 2, 0, 16))
    item = described + make.element(0x00283006, b"OW", value)
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(item)) + item


def test_the_residue_of_one_slice_in_what_all_share() -> None:
    hidden = make.element(0x00283000, b"SQ", table(f"\0.{make.ROOT}.3.30.".ljust(40).encode()))
    files = [make.insert(make.write(make.ct(**values)), hidden) for values in SLICES]
    same_as_alone(files)
    assert facts(_new(), files[-1]) == ("residue", "(0028,3000)[0]>(0028,3006)")


@pytest.mark.parametrize(
    ("tag", "vr", "values"),
    [
        (0x00189999, b"LO", [b"one word", b"other w.", b"third w."]),
        (0x00189999, b"PN", [b"Kwak^Dus", b"Nam^Gung", b"Kwak^Dus"]),
        (0x00283000, b"SQ", [table(value) for value in (b"........", b"GILDONG.", b".gildong")]),
        (
            0x00283000,
            b"SQ",
            [table(value) for value in (bytes(40), f"\0.{make.ROOT}.3.1.".ljust(40).encode(), bytes(40))],
        ),
        (0x00181400, b"LO", [f"{n:04d}    ".encode() for n in range(20)]),
        (0x0008103E, b"LO", [f"lung {n:02d} ".encode() for n in range(20)]),
        (0x00281050, b"DS", [b"40", b"KI", b"50"]),
    ],
    ids=["removed", "names", "names in tables", "uids in tables", "many", "many texts", "windows"],
)
def test_one_element_that_every_slice_has_another_value_of(tag: int, vr: bytes, values: list[bytes]) -> None:
    plain = make.write(make.ct(**SLICES[0] | {"SeriesDescription": None, "WindowCenter": None}))
    spot = next(element.start for element in parse(plain).elements if element.tag > tag)
    files = [plain[:spot] + make.element(tag, vr, value) + plain[spot:] for value in values]
    stripper = _new()
    stripper.strip(files[0])
    assert stripper._templates
    same_as_alone([*files, *files])


@pytest.mark.parametrize(("limit", "value"), [("LONGEST_HEADER", 100), ("MOST_PARTS", 9), ("MOST_TERMS", 3)])
def test_files_beyond_what_a_slice_is_leave_no_memory(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"deid.series.{limit}", value)
    files = [make.write(make.ct(**values)) for values in SLICES]
    same_as_alone(files)
    stripper = _new()
    assert [stripper.strip(data).instance for data in files]
    assert stripper._templates == []


@pytest.mark.parametrize("limit", ["LONGEST_HEADER", "MOST_NEW"])
def test_a_slice_that_grows_beyond_the_limits_goes_the_full_way(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make.write(make.ct(**SLICES[0]))
    longer = make.write(make.ct(**SLICES[1], RescaleSlope="1.000000"))
    monkeypatch.setattr(f"deid.series.{limit}", first.index(b"\xe0\x7f\x10\x00OW") if limit[0] == "L" else 0)
    same_as_alone([first, longer, first])


def test_odd_ends_and_openings() -> None:
    plain, other = (make.write(make.ct(**values)) for values in SLICES[:2])
    files = [
        plain,
        b"II*\0" + plain[4:],
        plain + b"Gildong!",
        plain[:-2],
        plain[:900],
        other,
        plain[132:],
        other,
    ]
    files.append(make.insert(plain, make.element(0x00189999, b"LO", b"Gildong ")))
    same_as_alone(files)


def test_a_real_series_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    files = ct_series(
        seed=4, slices=12, matrix=32, thickness=5, person=make_person(3), study_date=date(2020, 3, 2)
    )
    same_as_alone(files)
    stripper = _new()
    stripper.strip(files[0])
    monkeypatch.setattr("deid.engine.parse", None)
    assert len({stripper.strip(data).instance for data in files}) == len(files)


@st.composite
def variants(draw: st.DrawFn) -> list[bytes]:
    """Files of one structure, in each of which some elements have other values."""
    base = draw(data_sets())
    files = []
    for number in range(draw(st.integers(2, 4))):
        ds = make.ct(SOPInstanceUID=f"{make.ROOT}.3.{number}", InstanceNumber=number)
        for element in base:
            if element.tag not in ds or element.tag.group > 0x10:
                ds[element.tag] = element
        if draw(st.booleans()):
            _vary(draw, ds)
        files.append(make.write(ds))
    return files


def _vary(draw: st.DrawFn, ds: Dataset) -> None:
    texts = [
        e.tag for e in ds if e.VR in {"LO", "SH", "ST", "LT", "UT", "PN", "DS", "IS"} and not e.is_private
    ]
    for tag in draw(st.lists(st.sampled_from(texts), max_size=4, unique=True)):
        plain = ["12", "0.5", "3"] if ds[tag].VR in {"DS", "IS"} else NAMES if ds[tag].VR == "PN" else TEXTS
        ds[tag].value = draw(st.sampled_from(plain))


@settings(max_examples=80, deadline=None)
@given(variants())
def test_random_series(files: list[bytes]) -> None:
    same_as_alone(files)


GOOD = make.write(make.ct(**SLICES[0]))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_damaged_files_among_good_ones(damages: list[list[tuple[int, int]]]) -> None:
    files = [GOOD]
    for damage in damages:
        data = bytearray(GOOD)
        for position, value in damage:
            data[position] = value
        files += [bytes(data), GOOD]
    same_as_alone(files)


def test_a_template_keeps_no_image() -> None:
    stripper = _new()
    stripper.strip(GOOD)
    template = next(t for t in stripper._templates if isinstance(t, Template))
    assert not template.like.image.parts
    assert "data" not in template.like.__dict__
