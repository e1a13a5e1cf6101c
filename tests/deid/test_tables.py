"""Binary values that hold text, and tables that are not as long as they say."""

from __future__ import annotations

import struct
import time
from datetime import date

import pytest

from deid import Dates, Result, strip
from deid.engine import Stripper
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))
WORDS = b"KIM CHULSOO 010-9999-88 "
LUT, DESCRIPTOR, OF_LUT = 0x00283006, 0x00283002, 0x00283000
HISTOGRAM, BINS, OF_HISTOGRAM = 0x00603020, 0x00603002, 0x00603000
WORLD, FIRST, LAST, OF_WORLD = 0x00409212, 0x00409216, 0x00409211, 0x00409096


def stripped(*raw: bytes, **values: object) -> Result:
    data = make.insert(make.write(make.ct(**values)), b"".join(raw))
    result = strip(data, uid_key=make.KEY, dates=DATES)
    assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []
    return result


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def within(tag: int, *raw: bytes) -> bytes:
    body = b"".join(raw)
    return make.element(tag, b"SQ", b"\xfe\xff\x00\xe0" + struct.pack("<I", len(body)) + body)


def lut(described: bytes, table: bytes) -> bytes:
    return within(OF_LUT, make.element(DESCRIPTOR, b"US", described), make.element(LUT, b"OW", table))


def histogram(bins: int, table: bytes) -> bytes:
    return within(OF_HISTOGRAM, make.element(BINS, b"US", words(bins)), make.element(HISTOGRAM, b"UL", table))


def world(first: int, last: int, table: bytes) -> bytes:
    return within(
        OF_WORLD,
        make.element(LAST, b"US", words(last)),
        make.element(WORLD, b"FD", table),
        make.element(FIRST, b"US", words(first)),
    )


RAMP = struct.pack("<4d", 0, 0.5, 1, 1.5)
GONE = [
    lut(words(4, 0, 16), WORDS),
    lut(words(12, 0, 16), WORDS),
    lut(words(4, 0, 16), bytes(9) + b"GIL"),
    lut(words(4, 0, 16), words(1, 2, 3, 4, 5)),
    lut(words(4, 0), words(1, 2, 3, 4)),
    lut(b"", words(1, 2, 3, 4)),
    within(OF_LUT, make.element(LUT, b"OW", words(1, 2, 3, 4))),
    histogram(3, words(1, 0, 2, 0)),
    histogram(2, b"KIM CHUL"),
    histogram(6, WORDS),
    world(0, 4, RAMP),
    world(0, 2, WORDS),
    within(OF_WORLD, make.element(WORLD, b"FD", RAMP)),
    make.element(0x00281201, b"OW", words(1, 2, 3, 4)),
    make.element(0x00281101, b"US", words(4, 0, 16)) + make.element(0x00281201, b"OW", words(1, 2, 3, 4)),
    make.element(0x00209157, b"UL", b"KIM CHUL"),
    make.element(0x00189378, b"US", b"KIM CHUL"),
    make.element(0x00187056, b"FL", WORDS),
    make.element(0x00720052, b"AT", WORDS),
]
KEPT = [
    lut(words(4, 0, 16), words(1, 2, 3, 4)),
    lut(words(4, 0, 8), words(1, 2, 3, 4)),
    lut(words(3, 0, 8), b"\1\2\3\0"),
    lut(words(0, 0, 16), bytes(range(256)) * 512),
    histogram(2, words(1, 0, 2, 0)),
    lut(words(4, 0, 16), b""),
    world(3, 6, RAMP),
    world(65534, 1, RAMP),
]


@pytest.mark.parametrize("raw", GONE)
def test_text_where_numbers_belong_goes(raw: bytes) -> None:
    result = stripped(raw)
    assert raw not in result.data
    assert raw[-8:] not in result.data[: -len(make.ct().PixelData)]
    assert result.changed


@pytest.mark.parametrize("raw", KEPT)
def test_a_table_of_the_length_that_it_says_stays(raw: bytes) -> None:
    assert raw in stripped(raw).data


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "PALETTE COLOR"])
def test_a_palette_belongs_to_a_picture_in_its_colours(photometric: str) -> None:
    table = make.element(0x00281202, b"OW", words(1, 2, 3, 4))
    result = stripped(
        make.element(0x00281102, b"US", words(4, 0, 16)), table, PhotometricInterpretation=photometric
    )
    assert (table in result.data) is (photometric == "PALETTE COLOR")


def test_a_palette_that_differs_within_a_series_is_judged_again() -> None:
    def of(count: int) -> bytes:
        table = make.element(0x00281202, b"OW", words(1, 2, 3, 4))
        described = make.element(0x00281102, b"US", words(count, 0, 16))
        return make.insert(make.write(make.ct(PhotometricInterpretation="PALETTE COLOR")), described + table)

    stripper = Stripper(uid_key=make.KEY, dates=DATES)
    assert 0x00281202 in stripper.strip(of(4)).dataset
    assert 0x00281202 not in stripper.strip(of(5)).dataset


def test_a_long_blank_costs_no_more_than_its_length() -> None:
    started = time.process_time()
    stripped(lut(words(0, 0, 16), b" " * 131_071 + b"\1"))
    assert time.process_time() - started < 2


def test_in_big_endian_the_first_byte_counts() -> None:
    ds = make.ct(PixelData=bytes(512))
    ds.add_new(0x00209157, "UL", [1, 2, 0x1FFFFFFF])
    result = strip(make.write(ds, "1.2.840.10008.1.2.2"), uid_key=make.KEY, dates=DATES)
    assert list(result.dataset.DimensionIndexValues) == [1, 2, 0x1FFFFFFF]
    ds.DimensionIndexValues = [0x4B494D20, 2]
    result = strip(make.write(ds, "1.2.840.10008.1.2.2"), uid_key=make.KEY, dates=DATES)
    assert "DimensionIndexValues" not in result.dataset
