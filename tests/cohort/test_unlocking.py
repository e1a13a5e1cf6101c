"""A site asks to have a form back; a curator or the lead grants or refuses, with a trace."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cohort.models import Case, Decision, FormState, UnlockRequest
from cohort.services import answers, review, unlocking
from registry.errors import Problem
from registry.models import AuditEvent, User
from tests.cohort import people

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
WHY = "The day of discharge is wrong"


@pytest.fixture
def accepted(site_person: User) -> Case:
    return people.complete(site_person, Case.State.ACCEPTED)


def code_of(service: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Problem) as told:
        service(**arguments)
    return told.value.code


def test_a_locked_form_comes_back_when_the_lead_grants_it(
    accepted: Case, site_person: User, lead: User
) -> None:
    asked = unlocking.ask(actor=site_person, case=accepted, reason=WHY)
    assert Case.objects.get().form_state == FormState.LOCKED
    unlocking.grant(actor=lead, request=asked)
    case = Case.objects.get()
    assert (case.state, case.form_state) == (Case.State.RETURNED, FormState.SIGNED)
    decision = Decision.objects.get()
    assert (decision.kind, decision.reason, decision.by) == (Decision.Kind.RETURN, WHY, lead)
    verbs = list(AuditEvent.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs[-3:] == ["unlock asked", "unlock granted", "case returned"]
    answers.save(actor=site_person, case=case, changes={"out_end_day": "15"}, reason=WHY)
    assert Case.objects.get().signature is None


def test_a_refusal_says_why_and_the_site_may_ask_again(
    accepted: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    asked = unlocking.ask(actor=site_person, case=accepted, reason=WHY)
    assert (
        code_of(unlocking.refuse, actor=curator, request=asked, answer=" ") == "unlock_refusal_needs_reason"
    )
    unlocking.refuse(actor=curator, request=asked, answer="It is right as it is")
    assert Case.objects.get().state == Case.State.ACCEPTED
    page = signed_in(site_person).get(reverse("subject", args=[accepted.subject.code])).content.decode()
    assert "It is right as it is" in page
    assert code_of(unlocking.grant, actor=curator, request=asked) == "unlock_decided"
    unlocking.ask(actor=site_person, case=accepted, reason=WHY)


def test_who_may_ask_and_who_decides(
    accepted: Case, site_person: User, foreign_person: User, curator: User
) -> None:
    assert code_of(unlocking.ask, actor=foreign_person, case=accepted, reason=WHY) == "not_your_site"
    assert code_of(unlocking.ask, actor=site_person, case=accepted, reason="") == "unlock_needs_reason"
    number = "010-1234-5678"
    assert code_of(unlocking.ask, actor=site_person, case=accepted, reason=number) == "identifying_text"
    asked = unlocking.ask(actor=site_person, case=accepted, reason=WHY)
    assert code_of(unlocking.ask, actor=site_person, case=accepted, reason=WHY) == "unlock_asked"
    assert code_of(unlocking.grant, actor=site_person, request=asked) == "only_deciders"
    draft = people.case(people.subject(site_person))
    assert code_of(unlocking.ask, actor=site_person, case=draft, reason=WHY) == "form_is_open"


def test_returning_a_case_answers_the_request(accepted: Case, site_person: User, curator: User) -> None:
    unlocking.ask(actor=site_person, case=accepted, reason=WHY)
    review.send_back(actor=curator, **people.seen(accepted), reason="Correct the day")
    assert UnlockRequest.objects.get().state == UnlockRequest.State.GRANTED


def test_the_way_over_the_pages_and_the_api(
    accepted: Case, site_person: User, curator: User, lead: User, signed_in: SignedIn
) -> None:
    code = accepted.subject.code
    site, reader = signed_in(site_person), signed_in(curator)
    site.post(reverse("unlock_ask", args=[code]), {"reason": WHY})
    for client, name, arguments in (
        (reader, "review", [code]),
        (reader, "review_queue", []),
        (signed_in(lead), "questions", []),
        (signed_in(lead), "subject", [code]),
        (site, "subject", [code]),
    ):
        assert WHY in client.get(reverse(name, args=arguments)).content.decode(), name
    waiting = reader.get(reverse("api-cohort:unlocks")).json()
    assert [(one["subject"], one["reason"]) for one in waiting] == [(code, WHY)]
    granted = reader.post(reverse("api-cohort:unlock_grant", args=[waiting[0]["id"]]))
    assert granted.json()["state"] == "granted"
    assert reader.get(reverse("api-cohort:unlocks")).json() == []
