"""A curator's decisions: what they need, what they forbid, and that they are kept."""

from collections.abc import Callable

import pytest
from django.test import Client

from cohort.models import Case, Decision, Query
from cohort.selectors_worklist import review_queue
from cohort.services import queries, review
from imaging.models import Series
from registry.errors import Problem
from registry.models import AuditEvent, Role, User
from tests.cohort import people

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def site_person() -> User:
    return people.user(at=people.site())


@pytest.fixture
def curator() -> User:
    return people.user(Role.CURATOR)


def code_of(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.code


def test_a_complete_case_is_accepted_on_record(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    decision = review.accept(actor=curator, **people.seen(case))
    case.refresh_from_db()
    assert case.state == Case.State.ACCEPTED
    assert (decision.kind, decision.by, decision.revision) == ("accept", curator, 1)
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.CASE_ACCEPTED)
    assert (event.subject_code, event.detail["missing_exams"]) == (case.subject.code, 0)


def test_an_open_question_forbids_acceptance_with_any_reason(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    queries.open(actor=curator, case=case, text="Which day?")
    with pytest.raises(Problem) as refused:
        review.accept(actor=curator, **people.seen(case), reason="I know it")
    assert code_of(refused) == "question_open"


def test_answered_questions_are_closed_by_acceptance(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    query = queries.open(actor=curator, case=case, text="Which day?")
    queries.answer(actor=site_person, query=query, text="Day 3")
    review.accept(actor=curator, **people.seen(case))
    query.refresh_from_db()
    assert query.state == Query.State.CLOSED
    assert query.closed_at is not None


def test_a_missing_exam_wants_a_reason(site_person: User, curator: User) -> None:
    subject = people.subject(site_person)
    people.exam(subject, "CT", 1)
    case = people.case(subject, Case.State.SUBMITTED)
    with pytest.raises(Problem) as refused:
        review.accept(actor=curator, **people.seen(case), reason="  ")
    assert code_of(refused) == "exam_missing_without_reason"
    assert refused.value.values["count"] == 3
    decision = review.accept(actor=curator, **people.seen(case), reason="Transferred\n in with CT only")
    assert decision.reason == "Transferred in with CT only"


def test_a_return_wants_a_question_or_a_reason(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    with pytest.raises(Problem) as refused:
        review.send_back(actor=curator, **people.seen(case))
    assert code_of(refused) == "return_without_reason"
    queries.open(actor=curator, case=case, text="Which day?")
    review.send_back(actor=curator, **people.seen(case))
    case.refresh_from_db()
    assert case.state == Case.State.RETURNED


@pytest.mark.parametrize("state", [Case.State.DRAFT, Case.State.RETURNED, Case.State.ACCEPTED])
def test_only_a_submitted_case_is_accepted_and_none_is_returned_twice(
    site_person: User, curator: User, state: str
) -> None:
    case = people.complete(site_person, state)
    refusing = [review.accept] if state == Case.State.ACCEPTED else [review.accept, review.send_back]
    for decide in refusing:
        with pytest.raises(Problem) as refused:
            decide(actor=curator, **people.seen(case), reason="now")
        assert code_of(refused) == "case_not_submitted"
    assert not Decision.objects.exists()


def test_a_case_that_changed_meanwhile_is_not_decided(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    Case.objects.update(revision=2)
    with pytest.raises(Problem) as refused:
        review.accept(actor=curator, **people.seen(case))
    assert code_of(refused) == "case_changed"


@pytest.mark.parametrize("role", [Role.LEAD, Role.RESEARCHER, Role.ADMIN])
def test_nobody_else_decides(site_person: User, role: Role) -> None:
    case = people.complete(site_person)
    for actor in (people.user(role), site_person):
        with pytest.raises(Problem) as refused:
            review.accept(actor=actor, **people.seen(case))
        assert code_of(refused) == "not_allowed"


def test_a_reason_of_any_length_is_not_kept(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    with pytest.raises(Problem) as refused:
        review.send_back(actor=curator, **people.seen(case), reason="x" * 1001)
    assert code_of(refused) == "reason_too_long"


def test_a_reason_with_a_nul_is_refused_not_broken(site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    with pytest.raises(Problem) as refused:
        review.send_back(actor=curator, **people.seen(case), reason="see\x00this")
    assert code_of(refused) == "reason_not_text"


def test_the_queue_is_first_in_first_out(site_person: User, curator: User) -> None:
    cases = [people.complete(site_person) for _ in range(3)]
    assert [line.case for line in review_queue(curator)] == cases


def test_the_review_page_shows_what_a_decision_needs(
    signed_in: SignIn, site_person: User, curator: User
) -> None:
    case = people.complete(site_person, tx_ecmo="1", tx_mv="0")
    exam = people.exam(
        case.subject,
        "CT",
        8,
        findings=[
            {"code": "missing_slices", "severity": "error", "values": {"count": 2, "positions_mm": [4.0]}}
        ],
    )
    text = signed_in(curator).get(f"/review/{case.subject.code}/").content.decode()
    assert "2 slices are missing" in text
    assert "ECMO implies mechanical ventilation" in text
    assert f'href="#exam-{exam.pk}"' in text
    assert 'href="#item-tx_ecmo"' in text
    assert 'id="item-tx_ecmo"' in text
    assert 'id="item-tx_rdv"' not in text
    for key in ("a", "q", "r"):
        assert f'data-key="{key}"' in text


def test_accepting_leads_to_the_next_case_then_to_the_queue(
    signed_in: SignIn, site_person: User, curator: User
) -> None:
    first, second = (people.seen(people.complete(site_person)) for _ in range(2))
    client = signed_in(curator)
    to_second = client.post(f"/review/{first['code']}/accept/", first)
    assert to_second["Location"] == f"/review/{second['code']}/"
    assert client.post(f"/review/{second['code']}/accept/", second)["Location"] == "/review/"


def test_a_refused_decision_keeps_what_was_typed(signed_in: SignIn, site_person: User, curator: User) -> None:
    case = people.complete(site_person)
    response = signed_in(curator).post(
        f"/review/{case.subject.code}/return/", {"revision": 7, "reason": "Send the thin series"}
    )
    assert response.status_code == 409
    assert "Send the thin series" in response.content.decode()
    assert "was changed after you opened it" in response.content.decode()


def test_a_question_goes_round(signed_in: SignIn, site_person: User, curator: User) -> None:
    case = people.complete(site_person, Case.State.SUBMITTED)
    code, asks, answers = case.subject.code, signed_in(curator), signed_in(site_person)
    exam = case.subject.exams.get(kind="CT")
    assert (
        asks.post(f"/review/{code}/ask/", {"about": f"exam:{exam.pk}", "text": "Thinner?"}).status_code == 302
    )
    query = Query.objects.get()
    assert query.exam == exam
    assert "Thinner?" in answers.get("/questions/").content.decode()
    assert "Thinner?" in answers.get(f"/subjects/{code}/").content.decode()
    answers.post(f"/questions/{query.pk}/answer/", {"text": "There is none", "next": f"/subjects/{code}/"})
    assert "There is none" in asks.get(f"/review/{code}/").content.decode()
    assert (
        asks.post(f"/questions/{query.pk}/close/", {"next": "//evil.example/"})["Location"] == "/questions/"
    )
    query.refresh_from_db()
    assert query.state == Query.State.CLOSED


def test_an_exam_of_somebody_else_cannot_be_asked_about(
    signed_in: SignIn, site_person: User, curator: User
) -> None:
    case, other = people.complete(site_person), people.complete(site_person)
    foreign = other.subject.exams.first()
    client = signed_in(curator)
    for about, status in ((f"exam:{foreign.pk}", 404), ("exam:x", 404), ("exam:²", 404), ("no_item", 400)):
        response = client.post(f"/review/{case.subject.code}/ask/", {"about": about, "text": "Why?"})
        assert response.status_code == status
    assert not Query.objects.exists()


def test_findings_are_grouped_worst_first_and_counted_alike_in_the_queue(
    site_person: User, curator: User, signed_in: SignIn
) -> None:
    case = people.complete(site_person)
    found = [
        {"code": "dates_shifted_here", "severity": "info", "values": {}},
        {"code": "no_thickness", "severity": "warning", "values": {}},
        {"code": "no_vendor", "severity": "waiver", "values": {}},
    ]
    Series.objects.filter(exam__subject=case.subject_id).update(findings=found)
    exams = Series.objects.filter(exam__subject=case.subject_id).values("exam").distinct().count()
    client = signed_in(curator)
    page = client.get(f"/review/{case.subject.code}/")
    told = page.context["remarks"]
    words = [one.word for one in told.main if one.code in ("no_vendor", "no_thickness")]
    assert words == ["Needs a reason", "Look"]
    assert [one.code for one in told.dates] == ["dates_shifted_here"]
    assert [len(one.places) for one in told.dates] == [exams]
    assert page.content.decode().count("The header does not give the slice thickness.") == 1
    assert client.get("/review/").context["lines"][0][1] == told.count


def test_a_refused_decision_can_be_read_again(site_person: User, curator: User, signed_in: SignIn) -> None:
    case = people.complete(site_person)
    queries.open(actor=curator, case=case, text="Which day?")
    client = signed_in(curator)
    for step in ("accept", "return", "ask"):
        answer = client.get(f"/review/{case.subject.code}/{step}/")
        assert (answer.status_code, answer.url) == (302, f"/review/{case.subject.code}/")
    page = client.get(f"/review/{case.subject.code}/").content.decode()
    assert "1 question is open, so the case cannot be accepted yet." in page
