"""The 522 as they are made, before any database: every published figure, and forms that the checks pass."""

from collections import Counter
from functools import cache

import pytest

from cohort import checks, dictionary, references
from cohort import values as form_values
from cohort.summary import ImagingRecord, Person, Summary, summarise
from cohort.summary.arithmetic import half_up, share
from demo.cohort.exams import NOT_PRINTED
from demo.cohort.people import Member, make, members
from demo.cohort.sites import HOSPITALS
from demo.patients import ON_THEIR_WAY, drawn_members, patients
from imaging.slots import Taken, slots
from phantom.vendors import DETECTORS, SCANNERS

KICC = references.get("kicc19")
LEVEL = {one.code: one.level for one in HOSPITALS}
PRINTED_MACHINES = ("INNOVISION", "GM85", "CXDI")
SUSPECT_MINIMUM = ("albumin",)


def facts(member: Member) -> dict[str, str]:
    return {"subject": "S03-0001-U", "site": member.site, "site_level": LEVEL[member.site], "irb_ok": "1"}


@cache
def summary() -> Summary:
    form = dictionary.get()
    return summarise(
        [
            Person(
                f"{one.site}-{one.number:04d}-A",
                one.site,
                LEVEL[one.site],
                checks.settle(form, one.answers, facts(one)).values,
                tuple(
                    ImagingRecord(
                        exam.kind, vendor=exam.vendor, model=exam.model, thickness_mm=exam.thickness
                    )
                    for exam in one.exams
                ),
            )
            for one in members()
        ]
    )


@pytest.mark.parametrize("row", KICC.counts)
def test_every_published_count_comes_out(row: str) -> None:
    wanted, found = KICC.counts[row], summary().shares[row]
    assert (found.n, found.denominator) == (wanted.n, wanted.of)
    assert found.pct == share(wanted.n, wanted.of)


@pytest.mark.parametrize("row", KICC.means)
def test_every_published_mean_comes_out(row: str) -> None:
    wanted, found = KICC.means[row], summary().means[row]
    assert wanted.n in (None, found.n)
    for value, printed in ((found.mean, wanted.mean), (found.sd, wanted.sd)):
        assert half_up(value or 0, wanted.decimals) == half_up(printed or 0, wanted.decimals)
    assert found.max == wanted.max
    assert found.min == wanted.min or row in SUSPECT_MINIMUM


def test_the_modalities_and_machines_add_up() -> None:
    told = summary()
    assert told.imaging == {"both": 440, "ct_only": 25, "cxr_only": 57, "neither": 0}
    films = [exam for one in members() for exam in one.exams if exam.kind == "CXR"]
    machines = {(exam.vendor, exam.model) for exam in films}
    assert len(films) == KICC.totals["cxr_images"]
    assert len(machines) == KICC.totals["cxr_machine_types"]
    assert len({vendor for vendor, _model in machines}) > 17
    others = [exam.model for exam in films if exam.model not in PRINTED_MACHINES]
    assert all(model.startswith("Synthetic unit") for model in others)


def test_what_the_paper_does_not_print_says_so() -> None:
    models = {exam.model for one in members() for exam in one.exams if exam.kind == "CT"}
    assert models == {NOT_PRINTED, "SOMATOM Definition Flash", "SOMATOM Definition AS+"}
    assert all("Demo" in one.name and "데모" in one.name_ko for one in HOSPITALS)


def test_every_form_is_complete_free_of_contradiction_and_in_the_form_s_own_coding() -> None:
    form = dictionary.get()
    for one in members():
        settled = checks.settle(form, one.answers, facts(one))
        assert settled.cleared == ()
        assert checks.missing(form, settled, facts(one)) == []
        found = checks.findings(form, settled.values, facts(one))
        assert [finding.code for finding in found if finding.severity == "error"] == []
        assert {
            item: form_values.parse(form.items[item], text) for item, text in one.answers.items()
        } == one.answers


def test_exams_lie_within_the_stay_and_after_the_diagnosis() -> None:
    for one in members():
        stay, diagnosed = int(one.answers["out_end_day"]), int(one.answers["pcr_pos_day"])
        assert all(0 <= exam.day <= stay for exam in one.exams)
        assert all(diagnosed <= exam.day for exam in one.exams if exam.kind == "CT")
        moments = Counter((exam.kind, exam.day, exam.hour) for exam in one.exams)
        assert max(moments.values()) == 1


def test_most_radiographs_follow_the_rule_of_the_protocol() -> None:
    from datetime import date, time, timedelta

    filled: Counter[str] = Counter()
    for one in members():
        taken = [
            Taken(n, exam.kind, date(2000, 1, 1) + timedelta(exam.day), time(exam.hour, 40), True)
            for n, exam in enumerate(one.exams)
        ]
        filled.update(slot for slot, _number in slots(taken).values())
    assert filled["baseline"] == KICC.counts["cxr_any"].n
    assert filled["other"] < 0.35 * KICC.totals["cxr_images"]


def test_another_seed_gives_other_people_and_the_same_figures() -> None:
    others = make(KICC, 20)
    assert [one.answers for one in others] != [one.answers for one in members()]
    assert sum(one.answers["sex"] == "1" for one in others) == KICC.counts["male"].n
    ages = [int(one.answers["age_yr"]) for one in others]
    assert half_up(sum(ages) / len(ages), 1) == half_up(KICC.means["age"].mean, 1)


def test_a_dozen_are_drawn_and_the_others_are_records() -> None:
    assert len(drawn_members()) == 12
    for patient in patients():
        assert {scan.vendor for scan in patient.scans} <= set(SCANNERS)
        assert {film.vendor for film in patient.films} <= set(DETECTORS)
    assert [patient.number for patient in patients() if not patient.member] == [
        one.number for one in ON_THEIR_WAY
    ]
    assert len({patient.key for patient in patients()}) == len(patients())
