"""Saving answers: all or none, nothing overwritten unseen, every change an event."""

from typing import Any

import pytest
from django.utils import timezone, translation

from cohort import dictionary
from cohort.models import Answer, AnswerChange, Case
from cohort.services import answers, queries, submission
from imaging.models import Series
from registry.errors import Problem
from registry.models import AuditEvent, User
from tests.cohort import people
from tests.cohort.filled import COMPLETE


def problem_of(call: Any, **arguments: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call(**arguments)
    return caught.value


def test_an_answer_is_kept_with_who_when_old_and_new(case: Case, site_person: User) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": 52}, revision=0)
    saved = answers.save(
        actor=site_person, case=case, changes={"age_yr": "53"}, revision=1, reason="read again"
    )
    assert saved == answers.Saved(2, ("age_yr",))
    assert answers.kept(case)["age_yr"] == "53"
    change = AnswerChange.objects.filter(case=case, item="age_yr").last()
    assert change is not None
    assert (change.old, change.new, change.by, change.reason) == ("52", "53", site_person, "read again")
    assert change.cause == AnswerChange.Cause.ENTERED
    event = AuditEvent.objects.filter(verb=AuditEvent.Verb.FORM_CHANGED).last()
    assert event is not None
    assert event.detail == {"revision": 2, "items": ["age_yr"], "cleared": []}


def test_what_is_computed_is_kept_with_its_cause(case: Case, site_person: User) -> None:
    answers.save(actor=site_person, case=case, changes={"out_status": "2", "out_end_day": "9"})
    kept = answers.kept(case)
    assert (kept["out_death"], kept["los_days"], kept["site_code"]) == ("1", "9", "S03")
    change = AnswerChange.objects.get(case=case, item="out_death")
    assert (change.cause, change.new) == (AnswerChange.Cause.COMPUTED, "1")


def test_the_same_answer_again_changes_nothing(case: Case, site_person: User) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": "52"})
    before = AnswerChange.objects.count()
    assert answers.save(actor=site_person, case=case, changes={"age_yr": " 52 "}) == answers.Saved(1)
    assert AnswerChange.objects.count() == before


def test_one_bad_answer_keeps_all_out(case: Case, site_person: User) -> None:
    changes = {"age_yr": "52", "sex": "3", "vs_temp": "390", "eligible": "1", "img_kind": "CT", "shoe": "44"}
    problem = problem_of(answers.save, actor=site_person, case=case, changes=changes)
    codes = {name: field["code"] for name, field in problem.extra["fields"].items()}
    assert codes == {
        "sex": "not_a_choice",
        "vs_temp": "out_of_range",
        "eligible": "computed_item",
        "img_kind": "not_in_form",
        "shoe": "unknown_item",
    }
    assert problem.status == 400
    assert not Answer.objects.exists()
    case.refresh_from_db()
    assert case.revision == 0


def test_refusals_speak_the_readers_language(case: Case, site_person: User) -> None:
    with translation.override("ko"):
        problem = problem_of(answers.save, actor=site_person, case=case, changes={"vs_temp": "390"})
    assert problem.extra["fields"]["vs_temp"]["message"].startswith("체온: 30에서 45 °C 사이")


def test_a_date_is_refused_and_not_repeated(case: Case, site_person: User) -> None:
    problem = problem_of(answers.save, actor=site_person, case=case, changes={"pcr_first_day": "2020-03-02"})
    assert problem.extra["fields"]["pcr_first_day"]["code"] == "date_not_allowed"
    assert "2020" not in problem.message + str(problem.extra)


def test_a_closed_branch_is_cleared_with_a_trace(case: Case, site_person: User) -> None:
    answers.save(
        actor=site_person,
        case=case,
        changes={"route": "3", "transfer_from_site": "1", "transfer_from_code": "S05"},
    )
    saved = answers.save(actor=site_person, case=case, changes={"route": "1"})
    assert set(saved.cleared) == {"transfer_from_site", "transfer_from_code"}
    assert "transfer_from_code" not in answers.kept(case)
    change = AnswerChange.objects.filter(case=case, item="transfer_from_code").last()
    assert change is not None
    assert (change.cause, change.old, change.new) == (AnswerChange.Cause.CLEARED, "S05", "")


def test_an_answer_to_a_question_that_is_not_asked_is_refused(case: Case, site_person: User) -> None:
    problem = problem_of(
        answers.save, actor=site_person, case=case, changes={"sx_none": "1", "sx_fever": "1"}
    )
    assert problem.extra["fields"]["sx_fever"]["code"] == "closed_item"


def test_a_number_typed_first_was_measured(case: Case, site_person: User) -> None:
    saved = answers.save(actor=site_person, case=case, changes={"vs_temp": 37.4})
    assert set(saved.entered) == {"vs_temp", "vs_temp_st"}
    assert answers.kept(case)["vs_temp_st"] == "DONE"
    problem = problem_of(
        answers.save, actor=site_person, case=case, changes={"lab_ldh": "400", "lab_ldh_st": "ND"}
    )
    assert problem.extra["fields"]["lab_ldh"]["code"] == "closed_item"


def test_two_people_do_not_overwrite_each_other(case: Case, site_person: User, colleague: User) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": "52", "sex": "1"}, revision=0)
    answers.save(actor=colleague, case=case, changes={"age_yr": "25"}, revision=1)
    problem = problem_of(
        answers.save, actor=site_person, case=case, changes={"age_yr": "53", "sex": "2"}, revision=1
    )
    assert (problem.code, problem.status) == ("changed_meanwhile", 409)
    field = problem.extra["fields"]["age_yr"]
    assert (field["yours"], field["theirs"], field["by"]) == ("53", "25", colleague.name)
    assert set(problem.extra["fields"]) == {"age_yr"}
    assert answers.kept(case)["sex"] == "1"


def test_two_people_on_different_items_go_on(case: Case, site_person: User, colleague: User) -> None:
    answers.save(actor=site_person, case=case, changes={"age_yr": "52"}, revision=0)
    saved = answers.save(actor=colleague, case=case, changes={"sex": "1"}, revision=0)
    assert saved.revision == 2


def test_a_branch_does_not_clear_what_somebody_else_just_typed(
    case: Case, site_person: User, colleague: User
) -> None:
    answers.save(actor=site_person, case=case, changes={"sx_none": "0"}, revision=0)
    answers.save(actor=colleague, case=case, changes={"sx_fever": "1"}, revision=1)
    problem = problem_of(answers.save, actor=site_person, case=case, changes={"sx_none": "1"}, revision=1)
    assert set(problem.extra["fields"]) == {"sx_fever"}
    assert answers.kept(case)["sx_none"] == "0"


def test_a_revision_from_nowhere_is_refused(case: Case, site_person: User) -> None:
    assert (
        problem_of(answers.save, actor=site_person, case=case, changes={}, revision=7).code == "bad_revision"
    )


@pytest.mark.parametrize("reason", ["x" * 201, "a\0b", "\ud800"])
def test_a_reason_that_no_database_keeps_is_refused(case: Case, site_person: User, reason: str) -> None:
    problem = problem_of(answers.save, actor=site_person, case=case, changes={"sex": "1"}, reason=reason)
    assert problem.code == "bad_reason"


def test_others_do_not_write(case: Case, foreign_person: User, curator: User) -> None:
    for actor in (foreign_person, curator):
        assert problem_of(answers.save, actor=actor, case=case, changes={"sex": "1"}).code == "not_your_site"


def fill(case: Case, person: User) -> None:
    answers.save(actor=person, case=case, changes=COMPLETE)


def test_a_complete_form_is_sent(case: Case, site_person: User, stored_series: Series) -> None:
    fill(case, site_person)
    form = answers.form_of(case)
    assert (form.missing, form.findings) == ([], [])
    sent = submission.submit(actor=site_person, case=case)
    assert sent.state == Case.State.SUBMITTED
    assert sent.submitted_at is not None
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.FORM_SUBMITTED).count() == 1
    assert problem_of(submission.submit, actor=site_person, case=case).code == "form_closed"
    assert problem_of(answers.save, actor=site_person, case=case, changes={"sex": "1"}).code == "form_closed"


def test_an_unready_form_says_all_that_is_missing(case: Case, site_person: User, curator: User) -> None:
    fill(case, site_person)
    answers.save(actor=site_person, case=case, changes={"age_yr": "", "vs_sbp": "70"}, reason="Typed wrong")
    queries.open(actor=curator, case=people.give_back(Case.objects.get()), text="Which hospital was it?")
    problem = problem_of(submission.submit, actor=site_person, case=case)
    assert problem.code == "not_ready"
    assert problem.extra["missing"] == ["age_yr"]
    assert [error["code"] for error in problem.extra["errors"]] == ["diastolic_not_below_systolic"]
    assert (problem.extra["exams"], problem.extra["open_queries"]) == (0, 1)
    assert "Demographics" in problem.message
    case.refresh_from_db()
    assert case.state == Case.State.RETURNED


@pytest.mark.parametrize("obstacle", ["answer", "contradiction", "exam", "question"])
def test_each_obstacle_alone_stops_the_sending(
    case: Case, site_person: User, curator: User, stored_series: Series, obstacle: str
) -> None:
    fill(case, site_person)
    if obstacle == "answer":
        answers.save(actor=site_person, case=case, changes={"age_yr": ""}, reason="Unknown")
    elif obstacle == "contradiction":
        answers.save(actor=site_person, case=case, changes={"vs_sbp": "79"}, reason="Typed wrong")
    elif obstacle == "exam":
        Series.objects.update(state=Series.State.QUARANTINED, object_name=None, instance_count=0)
    else:
        queries.open(actor=curator, case=people.give_back(Case.objects.get()), text="Which hospital was it?")
    assert problem_of(submission.submit, actor=site_person, case=case).code == "not_ready"


def test_a_returned_form_is_open_again(case: Case, site_person: User) -> None:
    Case.objects.filter(pk=case.pk).update(state=Case.State.RETURNED, submitted_at=timezone.now())
    case.refresh_from_db()
    assert answers.save(actor=site_person, case=case, changes={"sex": "1"}).revision == 1


def test_others_do_not_send(case: Case, foreign_person: User, curator: User) -> None:
    for actor in (foreign_person, curator):
        assert problem_of(submission.submit, actor=actor, case=case).code == "not_your_site"


def test_every_item_of_a_complete_form_is_in_the_dictionary() -> None:
    assert set(COMPLETE) <= set(dictionary.get().items)
