"""The table's arithmetic and its rows, on people small enough to count by hand."""

from pathlib import Path

import pytest

from cohort.summary import ImagingRecord, Person, summarise
from cohort.summary.arithmetic import half_up, share, spread
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES
from cohort.summary.small_cells import PARTITIONS, hide
from cohort.summary.summarise import as_data
from cohort.summary.table import notes, table1

LINES = (Path(__file__).parent / "kicc19_rows.txt").read_text().splitlines()
PUBLISHED_SHARES = LINES[LINES.index("[shares]") + 1 : LINES.index("[means]")]
PUBLISHED_MEANS = LINES[LINES.index("[means]") + 1 :]


def person(number: int, exams: tuple[ImagingRecord, ...] = (), **answers: str) -> Person:
    return Person(f"S03-{number:04d}-A", "S03", "T", answers, exams)


def ct(**facts: object) -> ImagingRecord:
    return ImagingRecord("CT", **facts)


CXR = ImagingRecord("CXR")


def test_every_row_that_the_paper_prints_has_its_id() -> None:
    assert set(PUBLISHED_SHARES) <= {row.id for row in SHARES}
    assert {row.id for row in MEANS} == set(PUBLISHED_MEANS)
    assert len({row.id for row in SHARES}) == len(SHARES)


def test_every_row_names_a_denominator_that_exists() -> None:
    assert {row.of for row in (*SHARES, *MEANS)} <= set(DENOMINATORS)
    assert {row for rows in PARTITIONS for row in rows} <= {row.id for row in SHARES}


@pytest.mark.parametrize(
    ("n", "of", "percent"),
    [
        (239, 522, 45.8),
        (38, 522, 7.3),
        (110, 497, 22.1),
        (1, 8, 12.5),
        (1, 16, 6.3),
        (3, 16, 18.8),
        (0, 9, 0.0),
    ],
)
def test_shares_round_half_up(n: int, of: int, percent: float) -> None:
    assert share(n, of) == percent


def test_a_share_of_nobody_is_not_a_number_but_nothing() -> None:
    assert share(0, 0) is None


def test_half_up_is_not_half_to_even() -> None:
    assert [str(half_up(value, 1)) for value in (0.25, 0.35, 0.05)] == ["0.3", "0.4", "0.1"]


def test_spread_is_the_sample_s() -> None:
    found = spread([1, 1, 1, 1, 1, 1, 1, 5, 8, 11, 18])
    assert (found.n, found.min, found.max) == (11, 1, 18)
    assert float(half_up(found.mean, 1)) == 4.5
    assert float(half_up(found.sd, 1)) == 5.7


def test_spread_of_one_and_of_none() -> None:
    assert spread([7.0]).sd is None
    assert spread([7.0]).mean == 7.0
    assert spread([]).mean is None


def test_an_empty_cohort_has_counts_and_no_shares() -> None:
    summary = summarise([])
    assert all(part.n == 0 and part.pct is None for part in summary.shares.values())
    assert all(numbers.mean is None for numbers in summary.means.values())


def test_disease_rows_fold_kidney_and_liver_into_others() -> None:
    summary = summarise(
        [
            person(1, comorb_none="0", comorb_any="1", comorb_ckd="1"),
            person(2, comorb_none="0", comorb_any="1", comorb_cld="1", comorb_other="1"),
            person(3, comorb_none="0", comorb_any="1", comorb_dm="1", comorb_ckd="UNK"),
            person(4, comorb_none="1", comorb_any="0"),
        ]
    )
    assert summary.shares["comorb_others"].n == 2
    assert summary.shares["comorb_none"].pct == 25.0
    assert summary.denominators["diseased"] == 3


def test_deaths_and_delays_have_their_own_denominators() -> None:
    summary = summarise(
        [
            person(1, out_status="2", comorb_dm="1", comorb_any="1", age_yr="74"),
            person(2, out_status="1", comorb_dm="1", comorb_any="1", age_yr="30"),
            person(
                3, out_status="2", age_yr="80", pcr_first_result="0", pcr_repeat_reason="3", pcr_delay="4"
            ),
        ]
    )
    assert (summary.shares["death_dm"].n, summary.shares["death_dm"].denominator) == (1, 2)
    assert summary.means["death_age"].mean == 77
    assert (summary.shares["pcr_why_symptoms"].n, summary.shares["pcr_why_symptoms"].denominator) == (1, 1)
    assert summary.means["pcr_delay"].n == 1


def test_a_test_not_done_is_neither_a_value_nor_in_the_denominator() -> None:
    summary = summarise(
        [
            person(1, lab_ldh_st="DONE", lab_ldh="400"),
            person(2, lab_ldh_st="ND", lab_ldh=""),
            person(3, lab_ldh_st="BLOD", lab_ldh="10"),
            person(4, lab_ldh_st="ND", lab_ldh="9999"),
        ]
    )
    assert summary.denominators["ldh_tested"] == 2
    assert (summary.means["ldh"].n, summary.means["ldh"].max) == (2, 400)


def test_imaging_counts_scans_and_people_apart() -> None:
    summary = summarise(
        [
            person(
                1,
                (
                    ct(vendor="Siemens Healthineers", model="SOMATOM Definition Flash", thickness_mm=1.0),
                    ct(vendor="Siemens Healthineers", model="SOMATOM Definition AS+", thickness_mm=1.5),
                    CXR,
                ),
            ),
            person(2, (CXR, CXR, CXR, CXR, CXR)),
            person(3, (ct(vendor="GE Healthcare", thickness_mm=3.0),)),
            person(4, (ct(thickness_mm=5.0), ct(vendor="Philips"))),
        ]
    )
    counts = {name: part.n for name, part in summary.shares.items()}
    assert (summary.denominators["ct_scans"], summary.denominators["ct_patients"]) == (5, 3)
    assert (counts["ct_scans_1"], counts["ct_scans_2"]) == (1, 2)
    assert (counts["st_le15"], counts["st_15_3"], counts["st_gt3"], counts["st_unknown"]) == (2, 1, 1, 1)
    assert (counts["vendor_siemens"], counts["vendor_ge"], counts["vendor_other"]) == (2, 1, 1)
    assert (counts["model_flash"], counts["model_asplus"]) == (1, 1)
    assert (counts["cxr_1"], counts["cxr_ge4"]) == (1, 1)
    assert summary.imaging == {"both": 1, "ct_only": 2, "cxr_only": 1, "neither": 0}


def test_people_are_counted_by_exams_by_home_and_the_dead_by_age() -> None:
    told = summarise(
        [
            person(1, (CXR, CXR, CXR), residence="27", out_status="2", age_yr="63"),
            person(2, (CXR, ct()), residence="27", out_status="2", age_yr="91"),
            person(3, residence="11", out_status="1", age_yr="70"),
        ]
    )
    assert (told.films, told.scans) == ({"1": 1, "2": 0, "3": 1}, {"1": 1})
    assert told.homes == {"27": 2, "11": 1}
    assert told.death_ages == {"60–69": 1, "70–79": 0, "80–89": 0, "90–99": 1}
    nobody = summarise([])
    assert (nobody.films, nobody.homes, nobody.death_ages) == ({}, {}, {})


def test_small_bars_are_hidden_and_one_more_when_one_would_tell() -> None:
    people = forty(women=20)
    for n, one in enumerate(people):
        one.answers["residence"] = "11" if n < 2 else "26" if n < 12 else "27"
    assert hide(summarise(people)).homes == {"27": 28, "26": None, "11": None}


def forty(women: int, **others: int) -> list[Person]:
    """Forty people: so many women, and for each answer `item__value` so many with it."""
    people = [{"sex": "2" if n < women else "1"} for n in range(40)]
    for name, count in others.items():
        item, value = name.split("__")
        for answers in people[:count]:
            answers[item] = value
    return [person(n, **answers) for n, answers in enumerate(people)]


def test_a_small_cell_is_hidden_and_its_complement_too() -> None:
    summary = hide(summarise(forty(women=3)))
    assert summary.shares["female"].hidden
    assert summary.shares["male"].hidden
    assert as_data(summary)["categorical"]["male"]["n"] is None


def test_cells_of_five_and_of_none_are_shown() -> None:
    summary = hide(summarise(forty(women=5, sx_none__0=10)))
    assert summary.shares["female"].n == 5
    assert not summary.shares["ecmo"].hidden


def test_all_but_a_few_is_a_small_cell() -> None:
    assert hide(summarise(forty(women=5, tx_o2__1=38))).shares["o2"].hidden


def test_a_small_denominator_hides_its_rows_and_their_means() -> None:
    summary = hide(summarise(forty(women=20, out_status__2=3, age_yr__70=40)))
    assert summary.denominators["deaths"] is None
    assert summary.shares["death"].hidden
    assert summary.shares["death_dm"].hidden
    assert summary.means["death_age"].mean is None
    assert summary.means["age"].n == 40


def test_a_denominator_does_not_tell_what_a_hidden_row_leaves_of_the_cohort() -> None:
    people = forty(women=20)
    for n, one in enumerate(people):
        one.answers["sx_none"] = "1" if n < 3 else "0"
    summary = hide(summarise(people))
    assert summary.shares["sx_none"].hidden
    assert summary.denominators["symptomatic"] is None


def test_of_fewer_than_five_people_only_the_number_is_told() -> None:
    summary = hide(summarise(forty(women=2)[:4]))
    assert summary.denominators["cohort"] == 4
    assert all(part.hidden for name, part in summary.shares.items() if part.denominator)
    assert all(numbers.mean is None for numbers in summary.means.values())


def test_one_hidden_smoking_row_hides_the_next_smallest() -> None:
    people = forty(women=20)
    for n, one in enumerate(people):
        one.answers["smoking"] = "2" if n < 2 else "1" if n < 10 else "0"
    shares = hide(summarise(people)).shares
    assert [name for name in PARTITIONS[2] if shares[name].hidden] == ["smk_current", "smk_ex"]


def test_machines_add_up_to_their_exams() -> None:
    flash = {"vendor": "Siemens Healthineers", "model": "SOMATOM Definition Flash"}
    gm85 = ImagingRecord("CXR", vendor="Samsung Electronics", model="GM85")
    told = summarise([person(1, (ct(**flash), ct(vendor="Philips", model="iCT"), gm85, CXR))])
    counts = {name: part.n for name, part in told.shares.items()}
    assert (counts["model_flash"], counts["model_asplus"], counts["model_other"]) == (1, 0, 1)
    assert (counts["cxr_innovision"], counts["cxr_gm85"], counts["cxr_other"]) == (0, 1, 1)


def test_a_row_has_one_number_of_decimals_and_one_person_no_range() -> None:
    texts = [
        {line.id: line.value for group in table1(summarise(people)) for line in group.lines}["age"]
        for people in ([person(1, age_yr="11"), person(2, age_yr="97")], [person(1, age_yr="63")])
    ]
    assert texts == ["54.0 ± 60.8 (11.0–97.0)", "63.0 ± –"]


def test_notes_are_marked_by_letters_and_told_once() -> None:
    groups = table1(summarise([person(1)]))
    marks = {line.id: line.mark for group in groups for line in group.lines if line.note}
    assert list(marks.values()) == sorted(marks.values())
    assert [mark for mark, _note in notes(groups)] == sorted(set(marks.values()))
