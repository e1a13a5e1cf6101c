"""A curator waives one finding of one series, or withdraws the waiver; each with a reason, on record."""

import uuid

from django.db import transaction
from django.utils import timezone

from imaging.findings import found_of
from imaging.judgements import Waiver
from imaging.models import Series
from imaging.services.reasons import reason_of
from imaging.validation import DECIDED
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit


@transaction.atomic
def waive(*, actor: User, series_id: uuid.UUID, finding: str, reason: str) -> Waiver:
    """Say why this finding (by its key) does not stand in the way; the same again gives the same waiver.

    Problem not_allowed, not_found, reason_needed, identifying_text, series_not_stored, finding_gone,
    finding_needs_no_waiver.
    """
    if not actor.is_curator:
        raise Problem("not_allowed")
    reason = reason_of(reason)
    series = _locked(actor, series_id)
    found = next((one for one in found_of([series])[series.pk] if one.key == finding), None)
    if found is None:
        raise Problem("finding_gone")
    if found.severity not in DECIDED:
        raise Problem("finding_needs_no_waiver")
    if found.waiver is not None:
        return found.waiver
    waiver = Waiver.objects.create(
        series=series, code=found.code, finding=finding, reason=reason, by=actor, at=timezone.now()
    )
    _record(AuditEvent.Verb.FINDING_WAIVED, actor, waiver)
    return waiver


@transaction.atomic
def withdraw(*, actor: User, waiver_id: int, reason: str) -> Waiver:
    """Take a waiver back; the finding waits for a decision again.

    Problem not_allowed, not_found, reason_needed, identifying_text, waiver_withdrawn.
    """
    if not actor.is_curator:
        raise Problem("not_allowed")
    reason = reason_of(reason)
    seen = Waiver.objects.visible_to(actor).filter(pk=waiver_id).first()
    if seen is None:
        raise Problem("not_found")
    _locked(actor, seen.series_id)
    waiver = Waiver.objects.select_related("series__exam__subject").get(pk=waiver_id)
    if waiver.withdrawn_at is not None:
        raise Problem("waiver_withdrawn")
    waiver.withdrawn_by, waiver.withdrawn_at, waiver.withdrawn_because = actor, timezone.now(), reason
    waiver.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    _record(AuditEvent.Verb.WAIVER_WITHDRAWN, actor, waiver)
    return waiver


def _locked(actor: User, series_id: uuid.UUID) -> Series:
    """The series with its subject's row locked: it does not change and no case is decided meanwhile."""
    visible = Series.objects.visible_to(actor).select_related("exam__subject")
    series = visible.filter(pk=series_id).first()
    if series is None:
        raise Problem("not_found")
    Subject.objects.select_for_update(no_key=True).get(pk=series.exam.subject_id)
    series = visible.get(pk=series_id)
    if series.state != Series.State.STORED:
        raise Problem("series_not_stored")
    return series


def _record(verb: AuditEvent.Verb, actor: User, waiver: Waiver) -> None:
    audit.record(
        verb=verb,
        actor=actor,
        subject_code=waiver.series.exam.subject.code,
        target=str(waiver.series_id),
        detail={"waiver": waiver.pk, "code": waiver.code, "finding": waiver.finding},
    )
