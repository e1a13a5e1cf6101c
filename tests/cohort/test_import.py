"""Importing workbooks: looked at first, judged as the form judges, all or nothing, on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cohort import dictionary
from cohort.models import Answer, AnswerChange, Case
from cohort.services import answers, importing
from cohort.sheets.plan import Plan
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit
from registry.services.subjects import create_subject
from tests.cohort import people
from tests.cohort.filled import COMPLETE
from tests.cohort.workbooks import complete, filled, plain_sheet

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def look(actor: User, data: bytes) -> Plan:
    return importing.look(actor=actor, data=data)


def bring(actor: User, data: bytes, reason: str = "") -> importing.Brought:
    return importing.bring(actor=actor, data=data, seen=look(actor, data).digest, reason=reason)


def problem_of(call: Any, *arguments: Any, **named: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*arguments, **named)
    return caught.value


def codes(plan: Plan) -> list[tuple[str, str, str]]:
    """(sheet, cell, code) of every error."""
    return [(one.place.sheet_name[0], one.place.cell, one.finding.code) for one in plan.errors]


def test_what_a_workbook_brings_is_what_the_form_would_keep(site_person: User, subject: Subject) -> None:
    typed = create_subject(actor=site_person)
    answers.save(actor=site_person, case=answers.case_of(typed), changes=COMPLETE)
    brought = bring(site_person, complete(subject.code))
    by_form, by_workbook = (answers.kept(answers.case_of(one)) for one in (typed, subject))
    assert by_workbook == {**by_form, "subject_id": subject.code}
    assert brought.plan.counts["values_new"] == len(COMPLETE)
    assert brought.plan.counts["errors"] == 0


def test_a_dry_run_keeps_nothing(site_person: User, subject: Subject) -> None:
    plan = look(site_person, complete(subject.code, "new 1"))
    assert plan.counts == {
        "patients": 2,
        "new_patients": 1,
        "values_new": 2 * len(COMPLETE),
        "values_changed": 0,
        "values_cleared": 0,
        "errors": 0,
        "notes": 0,
    }
    assert not Answer.objects.exists()
    assert not Case.objects.exists()
    assert Subject.objects.count() == 1


def test_every_change_is_on_record_as_an_import(site_person: User, subject: Subject, case: Case) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": "51"})
    data = filled([(subject.code, {"age_yr": 52, "sex": "2 Female"})])
    assert problem_of(bring, site_person, data).code == "import_needs_reason"
    assert answers.kept(case)["age_yr"] == "51"
    bring(site_person, data, "read again")
    change = AnswerChange.objects.filter(item="age_yr").last()
    assert change is not None
    assert (change.old, change.new, change.reason, change.by) == ("51", "52", "read again", site_person)
    assert change.source == AnswerChange.Source.IMPORT
    assert AnswerChange.objects.filter(item="age_yr").first().source == AnswerChange.Source.FORM
    event = AuditEvent.objects.filter(verb=AuditEvent.Verb.FORM_CHANGED).last()
    assert event.detail == {"revision": 2, "items": ["age_yr", "sex"], "cleared": [], "source": "import"}
    assert list(audit.breaks()) == []


def test_one_bad_cell_keeps_everything_out(site_person: User, subject: Subject) -> None:
    other = create_subject(actor=site_person)
    data = filled([(subject.code, {"age_yr": 52}), (other.code, {"age_yr": 520, "vs_temp": "warm"})])
    plan = look(site_person, data)
    assert codes(plan) == [
        ("Demographics", "B5", "out_of_range"),
        ("Vital signs at admission", "C5", "not_a_number"),
    ]
    assert (
        problem_of(importing.bring, actor=site_person, data=data, seen=plan.digest).code
        == "import_has_errors"
    )
    assert not Answer.objects.exists()


def test_all_or_nothing_when_the_writing_itself_fails(
    site_person: User, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = complete("new 1", subject.code)
    seen = look(site_person, data).digest
    monkeypatch.setattr(audit, "digest", lambda event: None if event.verb == "form changed" else "0" * 64)
    with pytest.raises(Exception, match="null"):
        importing.bring(actor=site_person, data=data, seen=seen)
    assert Subject.objects.count() == 1
    assert not Answer.objects.exists()
    assert not AnswerChange.objects.exists()


def test_errors_say_what_where_and_what_to_do_in_the_readers_language(
    site_person: User, subject: Subject
) -> None:
    data = filled([(subject.code, {"sex": "unclear", "age_yr": 520})], language="ko")
    with translation.override("ko"):
        told = look(site_person, data).errors
        assert [one.place.named("ko") for one in told] == ["인구학적 특성 B4", "인구학적 특성 C4"]
        assert (
            told[0].finding.message("ko")
            == "입원 시 연령: 0에서 120 세 사이여야 합니다. 값과 단위를 확인하십시오."
        )
    assert told[1].finding.message("en") == "Sex has no such answer. Choose one of: 1 Male, 2 Female."
    assert "unclear" not in told[1].finding.message("en")


@pytest.mark.parametrize(
    ("item", "cell", "kept"),
    [
        ("sex", "1 Male", "1"),
        ("sex", "남", "1"),
        ("sex", "FEMALE", "2"),
        ("sex", 2, "2"),
        ("sex", 2.0, "2"),
        ("elig_pcr", True, "1"),
        ("elig_pcr", "예", "1"),
        ("elig_pcr", "O", "1"),
        ("residence", "대구", "27"),
        ("residence", "27, Daegu", "27"),
        ("smoking", "미상", "UNK"),
        ("pathogen_tested", "1|2", "1|2"),
        ("pathogen_tested", "2; 1", "1|2"),
        ("pathogen_tested", "1, 2", "1|2"),
        ("lab_alb", "4,1", "4.1"),
        ("lab_wbc", "5,697", "5697"),
        ("age_yr", "５２", "52"),
        ("pcr_first_day", -3, "-3"),
        ("pcr_first_day", "−3", "-3"),
    ],
)
def test_cells_are_understood(site_person: User, subject: Subject, item: str, cell: Any, kept: str) -> None:
    bring(site_person, filled([(subject.code, {item: cell})]))
    assert answers.kept(answers.case_of(subject))[item] == kept


@pytest.mark.parametrize(
    ("cell", "status", "kept"),
    [
        ("Not done", "ND", None),
        ("미시행", "ND", None),
        ("NI", "NI", None),
        ("<0.05", "BLOD", "0.05"),
        ("＜ 0.05", "BLOD", "0.05"),
        ("0.05 미만", "BLOD", "0.05"),
        (">100", "AULQ", "100"),
        (0.05, "DONE", "0.05"),
    ],
)
def test_what_was_not_measured_is_a_status(
    site_person: User, subject: Subject, cell: Any, status: str, kept: str | None
) -> None:
    bring(site_person, filled([(subject.code, {"lab_pct": cell})]))
    found = answers.kept(answers.case_of(subject))
    assert (found["lab_pct_st"], found.get("lab_pct")) == (status, kept)


def test_a_status_beside_the_number_is_what_counts(site_person: User, subject: Subject) -> None:
    plan = look(site_person, filled([(subject.code, {"lab_pct": "Not done", "lab_pct_st": "DONE"})]))
    assert [code for *_, code in codes(plan)] == ["not_a_number"]


def test_an_empty_cell_leaves_and_a_word_takes_back(site_person: User, subject: Subject, case: Case) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": "52", "sex": "1"})
    data = filled([(subject.code, {"age_yr": "[지움]", "sex": None, "residence": "27"})])
    plan = look(site_person, data)
    assert (plan.counts["values_cleared"], plan.counts["values_new"]) == (1, 1)
    bring(site_person, data, "wrong patient")
    kept = answers.kept(case)
    assert ("age_yr" in kept, kept["sex"], kept["residence"]) == (False, "1", "27")


def test_a_closed_question_is_refused_as_the_form_does(site_person: User, subject: Subject) -> None:
    plan = look(site_person, filled([(subject.code, {"sx_none": "1 Yes", "sx_fever": "1 Yes"})]))
    assert codes(plan) == [("Symptoms", "C4", "closed_item")]


def test_contradictions_are_told_and_kept_as_in_the_form(site_person: User, subject: Subject) -> None:
    data = filled([(subject.code, {"vs_sbp": 70, "vs_dbp": 79, "age_yr": 99})])
    plan = look(site_person, data)
    assert [one.finding.code for one in plan.notes] == ["unusual", "unusual", "diastolic_not_below_systolic"]
    bring(site_person, data)
    assert answers.kept(answers.case_of(subject))["vs_sbp"] == "70"


@pytest.mark.parametrize("state", [Case.State.SUBMITTED, Case.State.ACCEPTED])
def test_a_form_that_was_sent_is_refused_row_by_row(site_person: User, state: str) -> None:
    sent, own = people.complete(site_person, state).subject, create_subject(actor=site_person)
    plan = look(site_person, filled([(sent.code, {"age_yr": 50}), (own.code, {"age_yr": 51})]))
    assert codes(plan) == [("Demographics", "A4", "form_sent")]
    assert [line.label for line in plan.lines] == [own.code]


def test_only_patients_of_the_own_site(site_person: User, foreign_person: User) -> None:
    theirs = create_subject(actor=foreign_person)
    data = filled(
        [(theirs.code, {"age_yr": 50}), ("S03-9999-A", {"age_yr": 50}), ("12345678", {"age_yr": 50})]
    )
    plan = look(site_person, data)
    assert [code for *_, code in codes(plan)] == ["no_such_patient", "no_such_patient", "not_a_code"]
    assert "12345678" not in " ".join(one.finding.message("en") for one in plan.errors)


@pytest.mark.parametrize("role", ["curator", "lead", "researcher", "administrator"])
def test_nobody_else_imports(role: str, request: pytest.FixtureRequest, subject: Subject) -> None:
    actor = request.getfixturevalue(role)
    assert problem_of(look, actor, complete(subject.code)).code == "not_at_a_site"
    assert (
        problem_of(importing.bring, actor=actor, data=complete(subject.code), seen="").code == "not_at_a_site"
    )


def test_new_patients_are_made_once(site_person: User) -> None:
    data = complete("new 1", "new 2", "신규 3")
    brought = bring(site_person, data)
    assert [line.asked for line, _ in brought.codes] == ["new 1", "new 2", "new 3"]
    assert Subject.objects.count() == 3
    again = look(site_person, data)
    assert (again.counts["new_patients"], again.touched) == (0, [])
    assert [line.label for line in again.lines] == [code for _, code in brought.codes]
    bring(site_person, data)
    assert Subject.objects.count() == 3


def test_a_new_row_that_the_registry_has_under_a_code_is_noticed(site_person: User) -> None:
    code = bring(site_person, complete("new 1")).codes[0][1]
    plan = look(site_person, complete("new 7"))
    assert [code for *_, code in codes(plan)] == ["new_but_known"]
    assert code in plan.errors[0].finding.message("en")


def test_a_new_row_and_its_code_in_one_workbook_are_one_patient_too_many(site_person: User) -> None:
    rows = [["subject_id", "age_yr", "sex"], ["new 1", 52, "1"]]
    code = bring(site_person, plain_sheet(*rows)).codes[0][1]
    plan = look(site_person, plain_sheet(*rows, [code, 53, "1"]))
    assert codes(plan) == [("Sheet 1", "A3", "row_twice")]


def test_new_rows_need_a_number_when_there_are_several_sheets(site_person: User) -> None:
    plan = look(site_person, filled([("new", {"age_yr": 52, "vs_temp": 37})]))
    assert {code for *_, code in codes(plan)} == {"new_needs_number"}
    sheet = plain_sheet(["대상자 번호", "나이", "성별"], ["new", 52, "남"], ["new", 52, "남"])
    bring(site_person, sheet)
    assert Subject.objects.count() == 2


def test_without_an_approval_nobody_is_added(site_person: User, subject: Subject) -> None:
    site_person.site.approvals.all().delete()
    plan = look(site_person, filled([("new 1", {"age_yr": 52}), (subject.code, {"age_yr": 52})]))
    assert [code for *_, code in codes(plan)] == ["new_not_allowed"]


def test_what_changed_since_the_look_stops_the_import(
    site_person: User, colleague: User, subject: Subject, case: Case
) -> None:
    data = filled([(subject.code, {"age_yr": 52})])
    seen = look(site_person, data).digest
    answers.save(actor=colleague, case=case, changes={"age_yr": "25"})
    problem = problem_of(importing.bring, actor=site_person, data=data, seen=seen, reason="so")
    assert problem.code == "import_differs"
    assert answers.kept(case)["age_yr"] == "25"
    importing.bring(actor=site_person, data=data, seen=problem.extra["seen"], reason="so")
    assert answers.kept(case)["age_yr"] == "52"


def test_rows_that_do_not_say_whose_they_are(site_person: User, subject: Subject) -> None:
    rows = [["subject_id", "나이"], [subject.code, 52], [None, 53], [subject.code, 54], ["=1+1", 55]]
    plan = look(site_person, plain_sheet(*rows))
    assert codes(plan) == [
        ("Sheet 1", "A3", "no_code"),
        ("Sheet 1", "A4", "row_twice"),
        ("Sheet 1", "A5", "formula"),
    ]


def test_a_form_of_another_version_is_left_alone(site_person: User, subject: Subject, case: Case) -> None:
    case.dictionary = "kicc19-0"
    case.save()
    plan = look(site_person, filled([(subject.code, {"age_yr": 52})]))
    assert [code for *_, code in codes(plan)] == ["other_version"]


def test_many_patients_take_no_more_queries_than_one(
    site_person: User, django_assert_max_num_queries: Any
) -> None:
    keys = [create_subject(actor=site_person).code for _ in range(20)]
    data = complete(*keys)
    seen = look(site_person, data).digest
    with django_assert_max_num_queries(27):
        importing.bring(actor=site_person, data=data, seen=seen)
    assert Answer.objects.filter(item="age_yr").count() == 20


def test_columns_of_the_registry_s_own_are_not_read(site_person: User, subject: Subject) -> None:
    sheet = plain_sheet(["Subject ID", "Age", "Admission days", "Exam"], [subject.code, 52, 4, "CT"])
    plan = look(site_person, sheet)
    assert [item.name for item in plan.read.not_read] == ["los_days", "img_kind"]
    assert plan.counts["values_new"] == 1


def test_two_sheets_that_disagree(site_person: User, subject: Subject) -> None:
    from openpyxl import Workbook

    from tests.cohort.workbooks import saved

    book = Workbook()
    book.active.append(["subject_id", "age_yr"])
    book.active.append([subject.code, 52])
    other = book.create_sheet("again")
    other.append(["subject_id", "age_yr"])
    other.append([subject.code, 53])
    plan = look(site_person, saved(book))
    assert codes(plan) == [("Sheet 2", "B2", "two_values")]
    assert dictionary.get().items["age_yr"].label.en in plan.errors[0].finding.message("en")
