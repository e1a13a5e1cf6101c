"""Values of one form: what is written is the form, never the input's bytes, and no chance hit refuses it."""

from __future__ import annotations

from datetime import date

import pytest

from deid import Dates, Result, strip, uids
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))
GOOD = make.write(make.ct())
KNOWN, NUMBER = b"GEMS_ACQU_01", make.element(0x00191002, b"SL", b"\1\0\0\0")


def stripped(data: bytes) -> Result:
    return strip(data, uid_key=make.KEY, dates=DATES)


def creator(value: bytes) -> bytes:
    return make.element(0x00190010, b"LO", value + b" " * (len(value) % 2))


def nested(*raw: bytes) -> bytes:
    body = b"".join(raw)
    return make.element(0x00082112, b"SQ", b"\xfe\xff\x00\xe0" + len(body).to_bytes(4, "little") + body)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    "creators",
    [(b"KIM CHULSOO", KNOWN), (KNOWN, b"KIM CHULSOO"), (KNOWN, KNOWN), (b"KIM CHULSOO",)],
)
def test_a_creator_that_is_doubled_or_not_known_goes_with_its_block(
    creators: tuple[bytes, ...], inside: bool
) -> None:
    raw = [*map(creator, creators), NUMBER]
    result = stripped(make.insert(GOOD, nested(*raw) if inside else b"".join(raw)))
    assert b"CHULSOO" not in result.data
    assert b"GEMS_ACQU_01" not in result.data
    assert NUMBER not in result.data
    assert [action for action in result.changed if "(0019,1002)" in action.path]


def test_of_a_known_creator_the_list_s_own_bytes_are_written() -> None:
    result = stripped(make.insert(GOOD, creator(b"  GEMS_ACQU_01\0\0") + NUMBER))
    assert make.element(0x00190010, b"LO", KNOWN) + NUMBER in result.data


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        (b"\\ ISO 2022 IR 149", b"\\ISO 2022 IR 149"),
        (b"ISO_IR 192", b"ISO_IR 192"),
    ],
)
def test_a_character_set_is_written_as_the_standard_spells_it(declared: bytes, written: bytes) -> None:
    usual, lying, right = (
        make.element(0x00080005, b"CS", value + b" " * (len(value) % 2))
        for value in (b"ISO_IR 192", declared, written)
    )
    assert usual in GOOD
    result = stripped(GOOD.replace(usual, lying))
    assert right in result.data
    paths = {action.path for action in result.changed}
    assert ("(0008,0005)" in paths) is (declared != written)


@pytest.mark.parametrize(
    "keyword", ["StudyID", "PatientID", "AccessionNumber", "StationName", "DeviceSerialNumber"]
)
def test_an_offset_from_utc_is_no_number_of_anybody(keyword: str) -> None:
    data = make.write(make.ct(TimezoneOffsetFromUTC="+0900", **{keyword: "0900"}))
    assert stripped(data).dataset.TimezoneOffsetFromUTC == "+0900"


@pytest.mark.parametrize("offset", ["+1534", "+0960", "0900", "+09000"])
def test_what_is_no_offset_from_utc_goes(offset: str) -> None:
    assert not stripped(make.write(make.ct(TimezoneOffsetFromUTC=offset))).dataset.TimezoneOffsetFromUTC


@pytest.mark.parametrize("name", ["Iso^Hanako", "Kim^Iso"])
def test_a_name_that_is_a_part_of_a_character_set_refuses_nothing(name: str) -> None:
    ds = make.ct(SpecificCharacterSet="ISO_IR 100", PatientName=name)
    ds.ReferringPhysicianName, ds.InstitutionName = "", "x"
    assert stripped(make.write(ds)).dataset.SpecificCharacterSet == "ISO_IR 100"


def test_an_age_is_no_number_of_anybody() -> None:
    assert stripped(make.write(make.ct(AccessionNumber="058Y"))).dataset.PatientAge == "058Y"


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
def test_what_the_hospital_named_is_renamed_even_if_the_standard_names_something_so(keyword: str) -> None:
    implicit = "1.2.840.10008.1.2"
    result = stripped(make.write(make.ct(**{keyword: implicit})))
    assert result.dataset[keyword].value == uids.always(make.KEY, implicit)


@pytest.mark.parametrize(
    ("uid", "kept"),
    [
        ("2.16.840.1.113883.6.96", True),
        ("2.16.840.1.113883.5.1008", True),
        ("2.16.840.1.113883.3.26.1.1", True),
        ("2.16.840.1.113883.0012.3456", False),
        ("2.16.840.1.113883.19.123456", False),
        ("2.16.840.1.113883.6.0012", False),
    ],
)
def test_of_hl7_s_arcs_those_of_code_systems_stay(uid: str, kept: bool) -> None:
    assert uids.of_standard(uid) is kept
