"""Withdrawing a series: it stays with its object and its receipts, and counts for nothing from then on."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from imaging.models import Series, SeriesQuerySet
from imaging.services.reasons import reason_of
from imaging.services.recording import fill_slots
from imaging.signals import images_to_go
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit


@transaction.atomic
def withdraw(
    *, actor: User, series_id: uuid.UUID, reason: str, replaced_by: uuid.UUID | None = None
) -> Series:
    """Take a stored series out of slots, summaries and exports, for a reason.

    `replaced_by`: the stored series of the same patient that stands for it. Receivers of a signal say when.
    Problem not_allowed, not_found, reason_needed, identifying_text, withdrawn_already, nothing_to_withdraw,
    not_a_replacement, and those of the receivers of `images_to_go`.
    """
    visible = Series.objects.visible_to(actor).select_related("exam__subject")
    series = visible.filter(pk=series_id).first()
    if series is None:
        raise Problem("not_found")
    if not may_ask(actor):
        raise Problem("not_allowed")
    reason = reason_of(reason)
    subject = Subject.objects.select_for_update(no_key=True).get(pk=series.exam.subject_id)
    series = visible.get(pk=series_id)
    images_to_go.send(sender=Series, subject=subject, actor=actor)
    if series.state == Series.State.WITHDRAWN:
        raise Problem("withdrawn_already")
    if series.state != Series.State.STORED:
        raise Problem("nothing_to_withdraw")
    series.state, series.withdrawn_at = Series.State.WITHDRAWN, timezone.now()
    series.withdrawn_by, series.withdrawn_because = actor, reason
    series.replaced_by = _replacement(series, replaced_by)
    series.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because", "replaced_by"])
    fill_slots(subject=subject)
    audit.record(
        verb=AuditEvent.Verb.SERIES_WITHDRAWN,
        actor=actor,
        subject_code=subject.code,
        target=str(series.pk),
        detail={"replaced_by": str(replaced_by or ""), "instances": series.instance_count},
    )
    return series


def may_ask(actor: User) -> bool:
    """Whether the person is one of those who withdraw: people of a site, and curators."""
    return actor.is_curator or (actor.at_site and not actor.is_machine)


def may_withdraw(*, actor: User, subject: Subject) -> bool:
    """Whether the person could withdraw a series of this subject now."""
    if not may_ask(actor):
        return False
    try:
        images_to_go.send(sender=Series, subject=subject, actor=actor)
    except Problem:
        return False
    return True


def stands_for(*, series: Series, earlier: Sequence[uuid.UUID]) -> None:
    """Say that a series that came again stands for its withdrawn versions, where nothing does yet.

    Inside the transaction that stores it, with the subject's row locked.
    """
    gone = Series.objects.filter(pk__in=earlier, state=Series.State.WITHDRAWN, replaced_by=None)
    gone.update(replaced_by=series)


def replacements(series: Series) -> SeriesQuerySet:
    """Stored series that can stand for this one: of the same patient, a CT for a CT, a film for a film."""
    exam = series.exam
    alike = Series.objects.stored().filter(exam__subject=exam.subject_id, exam__kind=exam.kind)
    return alike.exclude(pk=series.pk)


def _replacement(series: Series, wanted: uuid.UUID | None) -> Series | None:
    if wanted is None:
        return None
    found = replacements(series).filter(pk=wanted).first()
    if found is None:
        raise Problem("not_a_replacement")
    return found
