"""Numbers in another unit: converted where it is written, asked about where only the size tells."""

from typing import Any

import pytest

from cohort import dictionary
from cohort.changes import prepare
from cohort.dictionary import DictionaryError
from cohort.models import AnswerChange, Case
from cohort.services import answers, importing
from registry.errors import Problem
from registry.models import User
from tests.cohort.filled import COMPLETE
from tests.cohort.workbooks import plain_sheet

FACTS = {"subject": "S03-0001-U", "site": "S03", "site_level": "T", "irb_ok": "1"}


def judged(name: str, typed: Any) -> Any:
    known = dictionary.get()
    around = {"tx_o2": "1", "tx_o2_device": "1", f"{name}_st": "DONE"}
    kept = {key: value for key, value in around.items() if key in known.items}
    return prepare(known, FACTS, kept, {name: typed})


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("lab_wbc", "5.7 10^3/uL", "5700"),
        ("lab_wbc", "5.7x10³/µL", "5700"),
        ("lab_wbc", "5.7K/μL", "5700"),
        ("lab_wbc", "5.7 10^9/L", "5700"),
        ("lab_plt", "19만/μL", "190000"),
        ("lab_crp", "35 mg/L", "3.5"),
        ("lab_dd", "350 ng/mL", "0.35"),
        ("lab_cr", "88.4 umol/L", "1"),
        ("lab_alb", "41 g/L", "4.1"),
        ("tx_fio2", "40 %", "0.4"),
        ("tx_fio2", "４０％", "0.4"),
    ],
)
def test_a_written_unit_is_converted_and_what_was_typed_is_kept(name: str, typed: str, kept: str) -> None:
    made = judged(name, typed)
    assert (made.wanted[name], made.originals[name], made.refused) == (kept, typed, {})


@pytest.mark.parametrize(
    ("name", "typed", "kept"), [("lab_wbc", "5,697 /uL", "5697"), ("lab_crp", "0.5mg/dl", "0.5")]
)
def test_the_items_own_unit_is_taken_off(name: str, typed: str, kept: str) -> None:
    made = judged(name, typed)
    assert (made.wanted[name], made.originals) == (kept, {})


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("lab_wbc", "5.7", "5.7 looks like 10³/μL, that is 5700 /μL"),
        ("lab_alb", 41, "41 looks like g/L, that is 4.1 g/dL"),
        ("tx_fio2", "40", "40 looks like %, that is 0.4"),
        ("tx_fio2", "3", "3 looks like L/min. That is the answer to “Highest oxygen flow”"),
        ("tx_fio2", "3 L", "3 L looks like L/min"),
        ("lab_wbc", "5 apples", "must be a whole number"),
        ("lab_wbc", "700000", "must lie between"),
    ],
)
def test_what_cannot_be_kept_says_which_unit_it_seems_to_be(name: str, typed: Any, said: str) -> None:
    made = judged(name, typed)
    assert said in made.refused[name].message("en")
    assert made.refused[name].message("ko")
    assert name not in made.wanted


@pytest.mark.django_db
def test_the_original_stands_in_the_record(case: Case, site_person: User) -> None:
    answers.save(actor=site_person, case=case, changes={**COMPLETE, "lab_crp": "35 mg/L"})
    change = AnswerChange.objects.get(item="lab_crp")
    assert (change.new, change.original) == ("3.5", "35 mg/L")
    with pytest.raises(Problem):
        answers.save(actor=site_person, case=case, changes={"lab_crp": "35 mg/L per day"}, reason="So")


@pytest.mark.django_db
def test_a_workbook_may_have_units_in_its_cells(case: Case, site_person: User) -> None:
    sheet = plain_sheet(["subject_id", "lab_crp_st", "lab_crp"], [case.subject.code, "DONE", "35 mg/L"])
    plan = importing.look(actor=site_person, data=sheet)
    importing.bring(actor=site_person, data=sheet, seen=plan.digest)
    change = AnswerChange.objects.get(item="lab_crp")
    assert (change.new, change.original) == ("3.5", "35 mg/L")


def test_a_unit_without_a_factor_is_a_mistake_in_the_dictionary() -> None:
    path = dictionary.FOLDER / "kicc19.toml"
    texts = {
        "settings": path.read_text(encoding="utf-8").replace("times = 10000", "times = 0"),
        "items": path.with_suffix(".csv").read_text(encoding="utf-8-sig"),
        "korean": path.with_suffix(".ko.csv").read_text(encoding="utf-8-sig"),
    }
    with pytest.raises(DictionaryError, match="factor above zero"):
        dictionary.build(**texts)
