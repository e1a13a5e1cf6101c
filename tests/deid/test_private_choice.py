"""Private elements of our choice stay, if their value is what it should be; what we chose against goes."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from deid import Dates, strip
from deid.profile import read_csv
from tests.deid import make

NUMBERS = {"DS": "12.5", "IS": "7", "SS": -3, "US": 3, "SL": -70000, "UL": 7, "FL": 0.5, "FD": 0.25}
CODES = {"CS": "NORMAL", "SH": "SS30"}
KEPT = read_csv("private.csv")


def with_private(element: str, creator: str, vr: str, value: object) -> Dataset:
    ds = make.ct()
    ds.private_block(int(element[:4], 16), creator, create=True).add_new(int(element[-2:], 16), vr, value)
    return ds


def left(ds: Dataset, element: str) -> object:
    out = make.read(strip(make.write(ds), uid_key=make.KEY, dates=Dates.keyed(make.KEY, "x")).data)
    return out.get((int(element[:4], 16), 0x1000 | int(element[-2:], 16)))


@pytest.mark.parametrize("row", KEPT, ids=lambda row: f"{row['creator']} {row['element']}")
def test_what_is_listed_stays_with_its_value(row: dict[str, str]) -> None:
    value = (NUMBERS | CODES)[row["vr"]]
    found = left(with_private(row["element"], row["creator"], row["vr"], value), row["element"])
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("value", [b"HONG GIL", b"0123456 ", b"123456789 ", b"1.2.3.4 ", b"2020-03-04"])
@pytest.mark.parametrize("vr", ["DS", "IS"])
def test_text_and_numbers_of_somebody_in_a_number_lose_their_value(vr: str, value: bytes) -> None:
    row = next(row for row in KEPT if row["vr"] == vr and row["source"] != "E.3.10-1")
    group, low = int(row["element"][:4], 16), int(row["element"][-2:], 16)
    creator = row["creator"].encode().ljust(len(row["creator"]) + len(row["creator"]) % 2)
    raw = make.element(group << 16 | 0x10, b"LO", creator)
    raw += make.element(group << 16 | 0x1000 | low, vr.encode(), value)
    data = make.write(make.ct())
    spot = data.index(b"\x20\x00\x0d\x00UI") if group < 0x20 else data.index(b"\xe0\x7f\x10\x00OW")
    out = strip(data[:spot] + raw + data[spot:], uid_key=make.KEY, dates=Dates.keyed(make.KEY, "x")).data
    assert value.strip() not in out


def test_a_short_text_of_our_choice_keeps_known_words_alone() -> None:
    element, creator = "0053,xx40", "GEHC_CT_ADVAPP_001"
    found = left(with_private(element, creator, "SH", "SS30 Vellichor"), element)
    assert found is not None
    assert found.value == "SS30"


@pytest.mark.parametrize(
    ("element", "creator", "vr", "value"),
    [
        ("0009,xx27", "GEMS_IDEN_01", "SL", 862399669),
        ("0023,xx70", "GEMS_STDY_01", "FD", 862399761.25),
        ("0013,xx13", "CTP", "LO", "991071"),
        ("00E1,xx63", "ELSCINT1", "SH", "KOREAN"),
        ("7005,xx1E", "TOSHIBA_MEC_CT3", "UL", 77441122),
        ("0019,xxA7", "GEMS_ACQU_01", "DS", "77441122"),
        ("0019,xx23", "GEMS_ACQU_02", "DS", "12.5"),
    ],
)
def test_what_was_chosen_against_goes(element: str, creator: str, vr: str, value: object) -> None:
    assert left(with_private(element, creator, vr, value), element) is None
