"""Questions on a case: a curator asks, the site answers, the curator closes, verifies or asks again.

Only while the case is submitted or returned; verifying goes on when it is accepted. Each step locks the
case's row first, as a decision does.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from cohort import dictionary, values
from cohort.models import Case, Query, QueryMessage
from cohort.services import answers
from cohort.services.rule_queries import speaking
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
def ask_by_rules(*, actor: User, case: Case, rules: Iterable[str]) -> list[Query]:
    """Ask about findings of the form, by their keys; what is asked already is not asked twice.

    Raises Problem `rule_silent` when the form says nothing of the kind.
    """
    _check_curator(actor)
    case = answers.locked(case)
    _check_state(case)
    found = speaking(answers.form_of(case).findings)
    asked = []
    for rule in dict.fromkeys(rules):
        if rule not in found:
            raise Problem("rule_silent")
        waiting = (Query.State.OPEN, Query.State.ANSWERED)
        query = Query.objects.filter(case=case, rule=rule, state__in=waiting).first()
        if query is None:
            query = Query.objects.create(case=case, item=found[rule].items[0], rule=rule)
            _note(query, QueryMessage.Event.RULE, actor, found[rule].message("en"))
            _record(AuditEvent.Verb.QUERY_OPENED, actor, query)
        asked.append(query)
    return asked


@transaction.atomic
def assign(*, actor: User, query: Query, to: User | None) -> Query:
    """Give a question to a person of the case's site, or (None) back to all of them."""
    query = _locked(query)
    if not (actor.is_curator or answers.of_own_site(actor, query.case)):
        raise Problem("not_your_site")
    if query.done:
        raise Problem("query_closed")
    if to is not None and not (to.is_active and not to.is_machine and answers.of_own_site(to, query.case)):
        raise Problem("not_of_the_site")
    if query.assigned_to_id != (to.pk if to else None):
        query.assigned_to = to
        query.save(update_fields=["assigned_to"])
        _note(query, QueryMessage.Event.ASSIGNED, actor, to.name if to else "")
        _record(AuditEvent.Verb.QUERY_ASSIGNED, actor, query)
    return query


@transaction.atomic
def verify(*, actor: User, query: Query, text: str = "") -> Query:
    """Say that the answer was held against the form and is right; an answered or a closed question."""
    _check_curator(actor)
    query = _locked(query)
    if query.state == Query.State.VERIFIED:
        return query
    if query.state == Query.State.OPEN:
        raise Problem("query_not_answered")
    query.state, query.closed_at = Query.State.VERIFIED, query.closed_at or timezone.now()
    query.save(update_fields=["state", "closed_at"])
    _note(query, QueryMessage.Event.VERIFIED, actor, _text(text) if text.strip() else "")
    _record(AuditEvent.Verb.QUERY_VERIFIED, actor, query)
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
    if query.done:
        return query
    _check_state(query.case)
    query.state, query.closed_at = Query.State.CLOSED, timezone.now()
    query.save(update_fields=["state", "closed_at"])
    _note(query, QueryMessage.Event.CLOSED, actor, _text(text) if text.strip() else "")
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
    if query.done:
        raise Problem("query_closed")
    text = _text(text)
    last = query.messages.last()
    if last is None or (last.by_id, last.text) != (actor.pk, text):
        QueryMessage.objects.create(query=query, by=actor, text=text)


def _note(query: Query, event: QueryMessage.Event, actor: User, text: str) -> None:
    QueryMessage.objects.create(query=query, event=event, by=actor, text=text)


def _record(verb: AuditEvent.Verb, actor: User, query: Query) -> None:
    detail = {"query": query.pk, "item": query.item}
    audit.record(verb=verb, actor=actor, subject_code=query.case.subject.code, detail=detail)
