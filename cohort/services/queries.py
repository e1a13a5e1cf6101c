"""Questions on a case: a curator asks, the site answers, the curator closes or asks again.

Only while the case is submitted or returned. Each step locks the case's row first, as a decision does.
"""

from django.db import transaction
from django.utils import timezone

from cohort import dictionary, values
from cohort.models import Case, Query, QueryMessage
from cohort.services import answers
from imaging.models import Exam
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, User
from registry.services import audit

LENGTH = 1000
STATES = (Case.State.SUBMITTED, Case.State.RETURNED)


@transaction.atomic
def open(*, actor: User, case: Case, text: str, item: str = "", exam: Exam | None = None) -> Query:
    """Ask about an item, an exam, or (with neither) the case.

    The same words of the same person about the same thing are one question while it is open.
    """
    _check_curator(actor)
    text = _text(text)
    case = answers.locked(case)
    _check_state(case)
    if item and item not in dictionary.get(case.dictionary).items:
        raise Problem("unknown_item", item=item[:40])
    if exam is not None and exam.subject_id != case.subject_id:
        raise Problem("foreign_exam")
    if same := _asked_already(actor, case, text, item, exam):
        return same
    query = Query.objects.create(case=case, item=item, exam=exam)
    QueryMessage.objects.create(query=query, by=actor, text=text)
    _record(AuditEvent.Verb.QUERY_OPENED, actor, query)
    return query


@transaction.atomic
def answer(*, actor: User, query: Query, text: str) -> Query:
    """Answer a question for the site; a second message to an answered one is kept too."""
    query = _locked(query)
    if not answers.of_own_site(actor, query.case):
        raise Problem("not_your_site")
    _check_state(query.case)
    _say(actor, query, text)
    query.state = Query.State.ANSWERED
    query.save(update_fields=["state"])
    _record(AuditEvent.Verb.QUERY_ANSWERED, actor, query)
    return query


@transaction.atomic
def ask_again(*, actor: User, query: Query, text: str) -> Query:
    """Put a question back to the site, with a further word."""
    _check_curator(actor)
    query = _locked(query)
    _check_state(query.case)
    _say(actor, query, text)
    query.state = Query.State.OPEN
    query.save(update_fields=["state"])
    _record(AuditEvent.Verb.QUERY_OPENED, actor, query)
    return query


@transaction.atomic
def close(*, actor: User, query: Query, text: str = "") -> Query:
    """Close a question, with or without a last word."""
    _check_curator(actor)
    query = _locked(query)
    if query.state == Query.State.CLOSED:
        return query
    _check_state(query.case)
    if text.strip():
        _say(actor, query, text)
    query.state = Query.State.CLOSED
    query.closed_at = timezone.now()
    query.save(update_fields=["state", "closed_at"])
    _record(AuditEvent.Verb.QUERY_CLOSED, actor, query)
    return query


def _asked_already(actor: User, case: Case, text: str, item: str, exam: Exam | None) -> Query | None:
    same = Query.objects.filter(case=case, item=item, exam=exam, state=Query.State.OPEN)
    return same.filter(messages__by=actor, messages__text=text).first()


def _check_curator(actor: User) -> None:
    if not actor.is_curator:
        raise Problem("only_curators")


def _locked(query: Query) -> Query:
    case = answers.locked(query.case)
    query = Query.objects.select_for_update().get(pk=query.pk)
    query.case = case
    return query


def _check_state(case: Case) -> None:
    if case.state not in STATES:
        raise Problem("not_in_review", subject=case.subject.code, state=case.get_state_display())


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LENGTH or not values.storable(text.replace("\n", " ").replace("\t", " ")):
        raise Problem("empty_message", length=LENGTH)
    refuse_identifying(text)
    return text


def _say(actor: User, query: Query, text: str) -> None:
    if query.state == Query.State.CLOSED:
        raise Problem("query_closed")
    text = _text(text)
    last = query.messages.last()
    if last is None or (last.by_id, last.text) != (actor.pk, text):
        QueryMessage.objects.create(query=query, by=actor, text=text)


def _record(verb: AuditEvent.Verb, actor: User, query: Query) -> None:
    detail = {"query": query.pk, "item": query.item}
    audit.record(verb=verb, actor=actor, subject_code=query.case.subject.code, detail=detail)
