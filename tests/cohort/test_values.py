"""One value at a time: what is kept, what is refused, what is unusual."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort import dictionary, messages
from cohort.values import LENGTH, Refused, parse, storable, unusual

ITEMS = dictionary.get().items


@pytest.mark.parametrize(
    ("name", "raw", "kept"),
    [
        ("age_yr", "52", "52"),
        ("age_yr", 52, "52"),
        ("age_yr", 52.0, "52"),
        ("age_yr", " 052 ", "52"),
        ("age_yr", "５２", "52"),
        ("age_yr", "", ""),
        ("age_yr", None, ""),
        ("age_yr", "0", "0"),
        ("lab_wbc", "5,697", "5697"),
        ("sx_onset_day", "-4", "-4"),
        ("sx_onset_day", "−4", "-4"),
        ("sx_onset_day", "-0", "0"),
        ("sx_onset_day", "+3", "3"),
        ("vs_temp", "37.40", "37.4"),
        ("vs_temp", "37.", "37"),
        ("vs_temp", 37.4, "37.4"),
        ("lab_tbil", ".7", "0.7"),
        ("lab_dd", "0.053", "0.053"),
        ("tx_fio2", "1", "1"),
        ("elig_pcr", True, "1"),
        ("elig_pcr", 0, "0"),
        ("residence", "UNK", "UNK"),
        ("sx_other", ["11", "1", "11"], "1|11"),
        ("sx_other", "10|2", "2|10"),
        ("sx_other", [], ""),
        ("sx_other", 4, "4"),
        ("sx_other", ["", None], ""),
        ("tc_chief", "  미열과 근육통 ", "미열과 근육통"),
        ("tc_chief", "x" * LENGTH, "x" * LENGTH),
    ],
)
def test_what_is_kept(name: str, raw: Any, kept: str) -> None:
    assert parse(ITEMS[name], raw) == kept


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("age_yr", "121", "out_of_range"),
        ("age_yr", "-1", "out_of_range"),
        ("age_yr", "52.5", "not_a_whole_number"),
        ("age_yr", "5e1", "not_a_whole_number"),
        ("age_yr", "fifty", "not_a_whole_number"),
        ("age_yr", "1,2", "not_a_whole_number"),
        ("age_yr", 10**30, "not_a_whole_number"),
        ("age_yr", float("nan"), "not_a_whole_number"),
        ("age_yr", float("inf"), "not_a_whole_number"),
        ("age_yr", {"a": 1}, "wrong_shape"),
        ("age_yr", ["52"], "wrong_shape"),
        ("age_yr", "5\x002", "not_text"),
        ("sx_onset_day", "2020-03-01", "date_not_allowed"),
        ("sx_onset_day", "2020. 3. 1.", "date_not_allowed"),
        ("sx_onset_day", "20200301", "date_not_allowed"),
        ("sx_onset_day", "2020년 3월 1일", "date_not_allowed"),
        ("sx_onset_day", "03/01/2020", "date_not_allowed"),
        ("vs_temp", "37,512", "not_a_number"),
        ("vs_temp", "37.45", "too_many_decimals"),
        ("vs_temp", "99.99", "out_of_range"),
        ("vs_temp", "NaN", "not_a_number"),
        ("vs_temp", "1" * 10, "not_a_number"),
        ("tx_fio2", "40", "out_of_range"),
        ("sex", "male", "not_a_choice"),
        ("sex", "1|2", "not_a_choice"),
        ("sx_other", ["1", "77"], "not_a_choice"),
        ("sx_other", [["1"]], "wrong_shape"),
        ("tc_chief", "x" * (LENGTH + 1), "too_long"),
        ("tc_chief", "a\nb", "not_text"),
        ("tc_chief", "\ud800", "not_text"),
    ],
)
def test_what_is_refused_says_why_in_both_languages(name: str, raw: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(ITEMS[name], raw)
    finding = caught.value.finding
    assert (finding.code, finding.items, finding.severity) == (code, (name,), "error")
    english, korean = finding.message("en"), finding.message("ko")
    assert ITEMS[name].label.en in english
    assert ITEMS[name].label.ko in korean
    assert "%(" not in english + korean


def test_every_message_is_in_both_languages() -> None:
    for code, text in messages.texts().items():
        assert set(text) == {"en", "ko"}, code
        assert text["en"].endswith(".")
        assert text["ko"].endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "warns"),
    [
        ("age_yr", "11", False),
        ("age_yr", "97", False),
        ("age_yr", "10", True),
        ("age_yr", "98", True),
        ("vs_temp", "34.9", True),
        ("age_yr", "", False),
        ("sex", "1", False),
        ("los_days", "95", True),
    ],
)
def test_what_is_unusual(name: str, value: str, warns: bool) -> None:
    assert (unusual(ITEMS[name], value) is not None) == warns


NUMBERS = [item for item in ITEMS.values() if item.typed and item.type in ("integer", "decimal")]
RAW = st.one_of(
    st.text(max_size=300),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@given(st.sampled_from([item for item in ITEMS.values() if item.typed]), RAW)
def test_anything_is_kept_in_its_own_form_or_refused(item: dictionary.Item, raw: Any) -> None:
    try:
        kept = parse(item, raw)
    except Refused as refused:
        said = refused.finding.message("ko")
        assert said
        return
    assert parse(item, kept) == kept
    assert storable(kept)
    assert len(kept) <= LENGTH


@given(st.sampled_from(NUMBERS), st.decimals(-(10**6), 10**6, places=2))
def test_the_hard_range_decides(item: dictionary.Item, number: Decimal) -> None:
    if item.type == "integer":
        number = number.to_integral_value()
    number = round(number, min(item.decimals, 2)) if item.decimals else round(number)
    if item.hard.holds(Decimal(number)):
        assert Decimal(parse(item, str(number))) == number
        return
    with pytest.raises(Refused) as caught:
        parse(item, str(number))
    assert caught.value.finding.code == "out_of_range"


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [("vs_temp", "36,8", "36.8"), ("vs_temp", "３６，８", "36.8"), ("lab_crp", "0,05", "0.05")],
)
def test_a_comma_is_a_decimal_mark_where_it_can_be_nothing_else(name: str, typed: str, kept: str) -> None:
    assert parse(ITEMS[name], typed) == kept


@pytest.mark.parametrize("typed", ["1,234", "12,345", "1,2,3"])
def test_a_comma_that_may_part_thousands_is_asked_about(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(ITEMS["lab_crp"], typed)
    assert refused.value.finding.code == "not_a_number"
