"""Where the paper disagrees with itself, and what stands beside the cohort."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from cohort import references
from cohort.references import Mean
from cohort.references.conflicts import ShareConflict, SpreadConflict, conflicts, widest
from cohort.summary import Person, summarise
from cohort.summary.beside import beside
from cohort.summary.paper import disagreements, printed_otherwise
from cohort.summary.summarise import Part

KICC = references.get("kicc19")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def person(number: int, **answers: str) -> Person:
    return Person(f"S03-{number:04d}-A", "S03", "T", answers)


def test_the_paper_s_conflicts_are_found_and_no_other() -> None:
    assert list(conflicts(KICC)) == ["o2", "mv", "icu", "cxr_ge4", "albumin"]


@pytest.mark.parametrize(
    ("row", "right", "wrong"),
    [
        ("mv", 7.3, (9.2, "Table 1", 48, 411, 415)),
        ("o2", 23.2, (23.4, "text", 122, 516, 518)),
        ("icu", 9.4, (9.6, "discussion", 50, 508, 513)),
        ("cxr_ge4", 22.1, (21.9, "text", 109, 502, 503)),
    ],
)
def test_a_wrong_share_comes_with_what_it_would_be_right_for(
    row: str, right: float, wrong: tuple[object, ...]
) -> None:
    found = conflicts(KICC)[row]
    assert isinstance(found, ShareConflict)
    assert found.right == right
    (one,) = found.wrong
    assert (one.percent, one.where, one.count, one.least, one.most) == wrong


def test_a_range_too_narrow_for_its_spread_is_a_conflict() -> None:
    found = conflicts(KICC)["albumin"]
    assert isinstance(found, SpreadConflict)
    assert found.most == pytest.approx(0.575, abs=0.0005)
    assert widest(Mean(mean=0.5, sd=0.5, min=0, max=1, n=2)) == pytest.approx(0.7071, abs=0.0001)
    assert widest(Mean(mean=5)) is None


def test_the_arithmetic_is_told_in_korean_too() -> None:
    with translation.override("ko"):
        told = {one.id: one for one in disagreements()}
    assert "522 중 48이거나 411–415 중 38입니다" in " ".join(told["mv"].sentences)
    assert "표준편차" in told["albumin"].sentences[0]


def test_the_arithmetic_is_told() -> None:
    told = {one.id: one for one in disagreements()}
    assert set(told) == {"o2", "mv", "icu", "cxr_ge4", "albumin", "tx_lpv", "tx_conservative"}
    said = " ".join(told["mv"].sentences)
    assert "38 / 522 = 7.28 %" in said
    assert "9.2 % would be 48 of 522, or 38 of 411 to 415." in said
    assert (told["mv"].printed, told["mv"].right) == ("38 (9.2), Table 1", "38 (7.3)")
    assert "99.8" in " ".join(told["cxr_ge4"].sentences)
    assert "0.575" in told["albumin"].sentences[0]
    assert "552" in told["tx_conservative"].sentences[0]


def test_a_number_shows_what_is_printed_otherwise_only_for_the_same_counts() -> None:
    assert printed_otherwise("mv", Part(38, 522, 7.3)) == ("9.2",)
    assert printed_otherwise("mv", Part(38, 521, 7.3)) == ()
    assert printed_otherwise("mv", Part(0, 522, None, hidden=True)) == ()
    assert printed_otherwise("male", Part(239, 522, 45.8)) == ()
    assert printed_otherwise("unheard of", Part(1, 2, 50.0)) == ()


def test_ours_and_theirs_stand_side_by_side_with_the_difference() -> None:
    people = [person(n, sx_fever="1" if n < 6 else "0", age_yr="52") for n in range(10)]
    pairs = {pair.id: pair for pair in beside(summarise(people), references.get("korea3060"))}
    assert list(pairs) == ["comorb_dm", "sx_fever", "sx_dyspnea", "icu", "death", "age"]
    fever = pairs["sx_fever"]
    assert (fever.ours, fever.theirs, fever.difference, fever.same) == ("60.0 %", "28.8 %", "+31.2", False)
    assert (pairs["age"].ours, pairs["age"].theirs, pairs["age"].difference) == ("52", "43", "+9")
    assert pairs["comorb_dm"].difference == "−8.4"


def test_nobody_beside_a_table_is_a_dash() -> None:
    pairs = beside(summarise([]), KICC)
    assert len(pairs) == len(KICC.counts) + len(KICC.means)
    assert {pair.difference for pair in pairs} == {"–"}
