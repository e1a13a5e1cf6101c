from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.dates import FIRST_TRUE_YEAR, Dates, time

ZERO = Dates.day_zero(date(2020, 3, 1))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20200301", "20000101"),
        ("20200304", "20000104"),
        ("20200229", "19991231"),
        ("2020.03.04", "20000104"),
        ("20200230", None),
        ("2020", None),
        ("Gildong", None),
        ("00010101", None),
        ("", None),
    ],
)
def test_days_from_admission(text: str, moved: str | None) -> None:
    assert ZERO.date(text) == moved


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20200304101530.25", "20000104101530.25"),
        ("20200304101530+0900", "20000104101530+0900"),
        ("202003041015", "200001041015"),
        ("20200304", "20000104"),
        ("202003", None),
        ("2020030499", None),
    ],
)
def test_date_times_keep_their_time(text: str, moved: str | None) -> None:
    assert ZERO.datetime(text) == moved


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("101530.25", "101530.25"),
        ("10:15:30", "101530"),
        ("1015", "1015"),
        ("10", "10"),
        ("25", None),
        ("Hong", None),
        ("1015309", None),
    ],
)
def test_times(text: str, plain: str | None) -> None:
    assert time(text) == plain


@given(
    st.binary(min_size=16, max_size=32),
    st.text(max_size=20),
    st.dates(date(1950, 1, 1), date(2031, 12, 31)),
    st.integers(0, 400),
)
def test_a_keyed_offset_keeps_intervals_and_ends_before_true_dates(
    key: bytes, ref: str, day: date, gap: int
) -> None:
    keyed = Dates.keyed(key, ref)
    later = date.fromordinal(day.toordinal() + gap)
    one, two = keyed.date(day.strftime("%Y%m%d")), keyed.date(later.strftime("%Y%m%d"))
    assert one is not None
    assert two is not None
    first, second = (date(int(d[:4]), int(d[4:6]), int(d[6:])) for d in (one, two))
    assert (second - first).days == gap
    if later.year <= 2031:
        assert second.year < FIRST_TRUE_YEAR
    assert keyed == Dates.keyed(key, ref)


def test_kept_dates_are_true_when_they_are_too_late() -> None:
    assert Dates.keep().date("20000104") == "20000104"
    assert Dates.keep().date("20200304") is None
    assert not Dates.keep().anchored
