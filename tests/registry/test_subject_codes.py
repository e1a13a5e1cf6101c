import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.services.subjects import check_letter, subject_code


@pytest.mark.parametrize(
    ("site", "sequence", "code"),
    [
        ("S03", 42, "S03-0042-K"),
        ("S03", 1, "S03-0001-U"),
        ("S17", 9999, "S17-9999-N"),
    ],
)
def test_code_has_site_sequence_and_letter(site: str, sequence: int, code: str) -> None:
    assert subject_code(site, sequence) == code


@given(st.integers(0, 99), st.integers(0, 9999), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_changes_the_letter(site: int, sequence: int, place: int, by: int) -> None:
    digits = [int(d) for d in f"{site:02d}{sequence:04d}"]
    digits[place] = (digits[place] + by) % 10
    text = "".join(map(str, digits))
    assert check_letter(int(text[:2]), int(text[2:])) != check_letter(site, sequence)


@given(st.integers(0, 99), st.integers(0, 9999))
def test_two_neighbours_swapped_change_the_letter(site: int, sequence: int) -> None:
    digits = f"{site:02d}{sequence:04d}"
    for left, right in itertools.pairwise(range(6)):
        if digits[left] == digits[right]:
            continue
        swapped = list(digits)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        text = "".join(swapped)
        assert check_letter(int(text[:2]), int(text[2:])) != check_letter(site, sequence)
