"""Values with a wanted mean and spread: found where they can be, refused where they cannot."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort import references
from cohort.references import Mean
from cohort.summary.arithmetic import half_up, spread
from demo.cohort.fitting import Band, CannotFit, as_printed, values

KICC = references.get("kicc19").means
PLACES = {"bilirubin": 1, "bun": 1, "crp": 1, "ddimer": 3, "procalcitonin": 2}
EASY = [row for row in KICC if row not in ("albumin", "creatinine")]


@pytest.mark.parametrize("row", EASY)
def test_each_published_mean_and_spread_is_met_with_its_range(row: str) -> None:
    wanted = KICC[row]
    found = values(
        wanted, [Band(wanted.n or 400, wanted.min or 0, wanted.max or 0)], places=PLACES.get(row, 0), seed=1
    )
    told = spread([float(one) for one in found])
    assert half_up(told.mean or 0, wanted.decimals) == half_up(wanted.mean, wanted.decimals)
    assert half_up(told.sd or 0, wanted.decimals) == half_up(wanted.sd or 0, wanted.decimals)
    assert (told.min, told.max) == (wanted.min, wanted.max)


def test_so_many_values_lie_below_a_threshold_by_construction() -> None:
    wanted = KICC["lymphocyte"]
    found = values(wanted, [Band(151, 340, 999), Band(371, 1000, 12300)], places=0, seed=3)
    assert sum(one < 1000 for one in found) == 151
    assert as_printed([float(one) for one in found], wanted)


def test_values_that_are_there_already_count_and_stay() -> None:
    wanted = Mean(mean=52.3, sd=19.3, decimals=1)
    found = values(wanted, [Band(100, 11, 97)], places=0, seed=5, fixed=[63, 93, 74])
    assert [int(one) for one in found[:3]] == [63, 93, 74]
    assert len(found) == 103
    assert as_printed([float(one) for one in found], wanted)


def test_the_printed_range_of_albumin_cannot_have_the_printed_spread() -> None:
    """Bhatia and Davis: the SD is at most sqrt((5.1 - 4.0) * (4.0 - 3.7) * 522 / 521) = 0.575."""
    strict = Mean(mean=4.0, sd=0.60, min=3.7, max=5.1, decimals=2)
    with pytest.raises(CannotFit):
        values(strict, [Band(522, 3.7, 5.1)], places=1, seed=1)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(60, 300),
    st.integers(-50, 50),
    st.integers(20, 400),
    st.floats(0.4, 0.6),
    st.floats(0.2, 0.3),
    st.integers(0, 999),
)
def test_any_possible_spread_is_met(
    n: int, low: int, width: int, middle: float, wide: float, seed: int
) -> None:
    wanted = Mean(round(low + middle * width, 1), round(wide * width, 1), low, low + width, n, 1)
    found = [float(one) for one in values(wanted, [Band(n, low, low + width)], places=1, seed=seed)]
    assert as_printed(found, wanted)
    assert (min(found), max(found)) == (low, low + width)


def test_the_same_seed_gives_the_same_values() -> None:
    bands = [Band(522, 17, 256)]
    assert values(KICC["alt"], bands, places=0, seed=4) == values(KICC["alt"], bands, places=0, seed=4)
    assert values(KICC["alt"], bands, places=0, seed=4) != values(KICC["alt"], bands, places=0, seed=5)
