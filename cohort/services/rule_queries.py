"""Questions that rest on a finding of the form's checks: they close themselves when it is gone."""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from cohort.models import Case, Query, QueryMessage
from cohort.values import Finding
from registry.models import AuditEvent
from registry.services import audit

State, Event = Query.State, QueryMessage.Event


def key_of(finding: Finding) -> str:
    """What names a finding of a form: its code and the first item that it is about."""
    return f"{finding.code}:{finding.items[0]}"


def speaking(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Findings that a question can rest on, by their key."""
    return {key_of(finding): finding for finding in findings}


def close_passed(changed: Sequence[tuple[Case, Sequence[Finding]]]) -> None:
    """Close the questions of rules that do not speak any more in the cases that were changed."""
    keys = {case.pk: speaking(findings) for case, findings in changed}
    waiting = Query.objects.filter(case__in=keys, state__in=(State.OPEN, State.ANSWERED)).exclude(rule="")
    passed = [
        query for query in waiting.select_related("case__subject") if query.rule not in keys[query.case_id]
    ]
    if not passed:
        return
    Query.objects.filter(pk__in=[query.pk for query in passed]).update(
        state=State.CLOSED, closed_at=timezone.now()
    )
    QueryMessage.objects.bulk_create(QueryMessage(query=query, event=Event.PASSED) for query in passed)
    audit.record_all(
        verb=AuditEvent.Verb.QUERY_CLOSED,
        actor=None,
        events=[
            audit.Event(query.case.subject.code, {"query": query.pk, "item": query.item, "rule": query.rule})
            for query in passed
        ],
    )
