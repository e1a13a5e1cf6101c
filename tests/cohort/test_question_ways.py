"""Questions by a rule, given to somebody, verified, counted in days; a return at once; the digest."""

import datetime
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohort.models import Case, DigestMail, Query, QueryMessage
from cohort.services import answers, digest, queries, review
from registry.errors import Problem
from registry.models import AuditEvent, User
from tests.cohort import people

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
RULE = "low_saturation_without_oxygen:vs_spo2"
ODD = {"vs_spo2": "85", "vs_spo2_st": "DONE", "tx_o2": "0"}


@pytest.fixture
def sent(site_person: User) -> Case:
    """A case of which a rule says something."""
    return people.complete(site_person, **ODD)


def code_of(service: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(Problem) as told:
        service(**arguments)
    return told.value.code


def test_a_rules_question_closes_itself_when_the_rule_passes_and_says_so(
    sent: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    seen = people.seen(sent)
    review.send_back(actor=curator, **seen, rules=[RULE])
    query = Query.objects.get()
    assert (query.item, query.rule, query.state) == ("vs_spo2", RULE, Query.State.OPEN)
    answers.save(actor=site_person, case=sent, changes={"age_yr": "64"}, reason="Read again")
    assert Query.objects.get().state == Query.State.OPEN
    answers.save(actor=site_person, case=sent, changes={"vs_spo2": "95"}, reason="Typed wrong")
    query = Query.objects.get()
    assert (query.state, query.messages.last().event) == (Query.State.CLOSED, QueryMessage.Event.PASSED)
    event = AuditEvent.objects.filter(verb=AuditEvent.Verb.QUERY_CLOSED).get()
    assert (event.actor, event.detail["rule"]) == (None, RULE)
    page = signed_in(curator).get(reverse("questions"), {"show": "closed"}).content.decode()
    assert "Closed by itself: the check passes now" in page
    assert "Oxygen saturation is below 90 % but no oxygen was given" in page


def test_a_rule_asks_once_and_only_when_it_speaks(sent: Case, curator: User) -> None:
    first = queries.ask_by_rules(actor=curator, case=sent, rules=[RULE, RULE])
    assert queries.ask_by_rules(actor=curator, case=sent, rules=[RULE])[0] == first[0]
    assert Query.objects.count() == 1
    assert code_of(queries.ask_by_rules, actor=curator, case=sent, rules=["no_such:age_yr"]) == "rule_silent"


def test_a_return_sends_all_its_points_in_one_message(
    sent: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    queries.open(actor=curator, case=sent, text="Which ward was it?", item="out_icu")
    reader = signed_in(curator)
    code = sent.subject.code
    assert RULE in reader.get(reverse("review", args=[code])).content.decode()
    seen = people.seen(sent)
    body = {"revision": seen["revision"], "images": seen["images"], "rules": [RULE], "reason": "Two things"}
    reader.post(reverse("review_return", args=[code]), body)
    page = signed_in(site_person).get(reverse("subject", args=[code])).content.decode()
    notice = page[page.index("notice-warning") : page.index("</ul>", page.index("notice-warning"))]
    for point in ("Two things", "Which ward was it?", "Oxygen saturation is below 90 %"):
        assert point in notice
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.CASE_RETURNED)
    assert event.detail["questions"] == 2


def test_an_answer_is_verified_also_after_the_question_was_closed(
    sent: Case, site_person: User, curator: User
) -> None:
    query = queries.open(actor=curator, case=sent, text="Which ward was it?")
    assert code_of(queries.verify, actor=curator, query=query) == "query_not_answered"
    queries.answer(actor=site_person, query=query, text="Ward 3")
    assert code_of(queries.verify, actor=site_person, query=query) == "only_curators"
    review.accept(actor=curator, **people.seen(sent))
    queries.verify(actor=curator, query=query)
    query.refresh_from_db()
    assert (query.state, query.messages.last().event) == (Query.State.VERIFIED, QueryMessage.Event.VERIFIED)
    assert code_of(queries.answer, actor=site_person, query=query, text="So") == "not_in_review"


def test_a_question_is_given_to_a_colleague(
    sent: Case, site_person: User, colleague: User, foreign_person: User, curator: User, signed_in: SignedIn
) -> None:
    query = queries.open(actor=curator, case=sent, text="Which ward was it?")
    for nobody in (foreign_person, curator):
        assert code_of(queries.assign, actor=site_person, query=query, to=nobody) == "not_of_the_site"
    assert code_of(queries.assign, actor=foreign_person, query=query, to=foreign_person) == "not_your_site"
    signed_in(site_person).post(reverse("question_assign", args=[query.pk]), {"to": colleague.pk})
    query.refresh_from_db()
    assert query.assigned_to == colleague
    for person, shown in ((colleague, True), (site_person, False)):
        page = signed_in(person).get(reverse("questions"), {"mine": "1"}).content.decode()
        assert ("Which ward was it?" in page) is shown
    verbs = AuditEvent.objects.filter(verb=AuditEvent.Verb.QUERY_ASSIGNED)
    assert verbs.count() == 1


def test_questions_age_and_are_sorted_by_age(
    sent: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    for days, text in ((3, "The older one"), (1, "The newer one")):
        query = queries.open(actor=curator, case=sent, text=text)
        Query.objects.filter(pk=query.pk).update(opened_at=timezone.now() - datetime.timedelta(days=days))
    client = signed_in(site_person)
    page = client.get(reverse("questions")).content.decode()
    assert "3 days" in page
    assert page.index("The older one") < page.index("The newer one")
    page = client.get(reverse("questions"), {"sort": "new"}).content.decode()
    assert page.index("The newer one") < page.index("The older one")
    listed = client.get(reverse("api-cohort:form_queries", args=[sent.subject.code])).json()
    assert [one["days"] for one in listed] == [3, 1]


def test_each_begins_with_the_list_of_what_is_theirs(
    sent: Case, site_person: User, curator: User, signed_in: SignedIn
) -> None:
    query = queries.open(actor=curator, case=sent, text="Which ward was it?")
    assert "Which ward" in signed_in(site_person).get(reverse("questions")).content.decode()
    assert "Which ward" not in signed_in(curator).get(reverse("questions")).content.decode()
    queries.answer(actor=site_person, query=query, text="Ward 3")
    assert "Ward 3" in signed_in(curator).get(reverse("questions")).content.decode()


def test_one_mail_a_day_with_counts_and_links_alone(
    sent: Case, site_person: User, colleague: User, curator: User, lead: User, settings: LazySettings
) -> None:
    word = "Which ward was it?"
    query = queries.open(actor=curator, case=sent, text=word)
    queries.assign(actor=curator, query=query, to=site_person)
    call_command("send_digest")
    assert mail.outbox == []
    settings.DIGEST_ADDRESS = "https://registry.example.org"
    assert (digest.send_all(), digest.send_all()) == (2, 0)
    assert {one.to[0] for one in mail.outbox} == {site_person.email, curator.email}
    text = next(one for one in mail.outbox if one.to == [site_person.email]).body
    assert "1 question waits for an answer" in text
    assert "답변을 기다리는 질문 1건" in text
    assert "https://registry.example.org/questions/" in text
    for one in mail.outbox:
        assert not [part for part in (word, sent.subject.code, "S03") if part in one.body + one.subject]
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert digest.send_all(day=tomorrow) == 2
    assert DigestMail.objects.count() == 4


def test_a_mail_that_is_not_taken_is_tried_again(sent: Case, settings: LazySettings, curator: User) -> None:
    settings.DIGEST_ADDRESS = "https://registry.example.org"
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    assert digest.send_all() == 0
    assert not DigestMail.objects.exists()
    settings.EMAIL_BACKEND = usual
    assert digest.send_all() == 1
