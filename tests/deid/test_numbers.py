"""Identifiers written as numbers and times, and measurements that look a little like them."""

from __future__ import annotations

import struct
from datetime import date

import pytest

from deid import Dates, Result, strip
from deid.numbers import Known, known
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))


def stripped(tag: int, vr: bytes, value: bytes) -> Result:
    ds = make.ct(KVP=None, InstanceNumber=None, ContentTime=None, PixelSpacing=None)
    even = value + b" " * (len(value) % 2)
    return strip(make.insert(make.write(ds), make.element(tag, vr, even)), uid_key=make.KEY, dates=DATES)


KVP, INSTANCE, TIME, SPACING = 0x00180060, 0x00200013, 0x00080033, 0x00280030
# The patient of make.ct is 00123456, born 1961-12-30, examined 2020-03-04.
TOLD = [
    *(
        (KVP, b"DS", v)
        for v in (b"123456", b"-123456", b"123456.0", b"1.23456E5", b"12345600e-2", b"123\\456")
    ),
    *((KVP, b"DS", v) for v in (b"20200304.", b"200304", b"611230", b"611230.0", b"04032020", b"12301961")),
    *((KVP, b"DS", v) for v in (b"611230.1234567", b"6112301234567.", b"6112301234567E0")),
    *(
        (KVP, b"DS", v)
        for v in (b"6.112301234567E12", b"12345600e-2", b"61123012.34567", b"123456789.5", b"0012345.")
    ),
    *((INSTANCE, b"IS", v) for v in (b"123456", b"123456.5", b"611230", b"1012345678", b"123\\456")),
    *((TIME, b"TM", v) for v in (b"123456", b"101530.123456", b"101530.611230", b"12:34:56")),
]
MEASURED = [
    *((KVP, b"DS", v) for v in (b"120", b"300304", b"98765.4321", b"1.5E5", b"3.4028235E38", b"1E-7")),
    *((KVP, b"DS", v) for v in (b"0.123456", b"12.611230", b"0.6112301234567", b"-159.6112301234", b"1E10")),
    *((SPACING, b"DS", v) for v in (b"0.712890625\\0.7", b"12\\34")),
    *((INSTANCE, b"IS", v) for v in (b"512", b"10123456", b"200305", b"")),
    *((TIME, b"TM", v) for v in (b"101530.25", b"200304", b"101530.612300", b"")),
]


@pytest.mark.parametrize(("tag", "vr", "value"), TOLD)
def test_an_identifier_written_as_a_number_goes(tag: int, vr: bytes, value: bytes) -> None:
    result = stripped(tag, vr, value)
    assert value not in result.data
    assert value.replace(b":", b"") not in result.data
    path = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    assert {(found.code, found.where) for found in result.findings} == {("invalid_value", path)}
    assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("number", "stays"), [(123456, False), (-123456, False), (20200304, False), (123457, True)]
)
def test_a_binary_number_is_an_identifier_too(order: str, number: int, stays: bool) -> None:
    value = struct.pack(f"{order}i", number)
    raw = make.element(0x00190010, b"LO", b"GEMS_ACQU_01") + make.element(0x00191002, b"SL", value)
    result = strip(make.insert(make.write(make.ct()), raw), uid_key=make.KEY, dates=DATES)
    assert (make.element(0x00191002, b"SL", value) in result.data) is stays


def test_binary_lists_go_whole_and_long_ones_are_measured() -> None:
    for count, stays in ((2, False), (40, True)):
        value = struct.pack(f"<{count}i", *[0x5C5C] * (count - 1), 123456)
        described = make.element(0x00603002, b"US", struct.pack("<H", count))
        item = described + make.element(0x00603020, b"UL", value)
        raw = make.element(0x00603000, b"SQ", b"\xfe\xff\x00\xe0" + struct.pack("<I", len(item)) + item)
        result = strip(make.insert(make.write(make.ct()), raw), uid_key=make.KEY, dates=DATES)
        assert (value in result.data) is stays
        assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []


@pytest.mark.parametrize(("age", "stays"), [("103Y", True), ("611Y", False), ("611", False), ("611D", True)])
def test_nobody_is_six_hundred_years_old(age: str, stays: bool) -> None:
    result = strip(make.write(make.ct(PatientAge=age)), uid_key=make.KEY, dates=DATES)
    assert (result.dataset.PatientAge == age) is stays


@pytest.mark.parametrize(("tag", "vr", "value"), MEASURED)
def test_what_was_measured_stays(tag: int, vr: bytes, value: bytes) -> None:
    result = stripped(tag, vr, value)
    assert make.element(tag, vr, value + b" " * (len(value) % 2)) in result.data
    assert result.findings == []


def test_of_many_numbers_the_one_that_tells_goes_alone() -> None:
    data = make.write(make.ct(WindowCenter=["40", "123456.0"], WindowWidth=["400", "1600"]))
    result = strip(data, uid_key=make.KEY, dates=DATES)
    assert make.element(0x00281050, b"DS", b"40\\ ") in result.data


def test_eight_digits_that_are_no_date_are_no_date() -> None:
    assert known({"20209940"}) == Known(frozenset({b"20209940"}), frozenset())
    assert b"200304" in known({"20200304"}).days
