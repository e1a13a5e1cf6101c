"""How far a form is, kept beside its answers: a row per section, and what its case says of the whole."""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from cohort.checks import Meter
from cohort.models import Case, SectionState, Signature
from registry.models import AuditEvent, User
from registry.services import audit

BATCH = 2000
OF_CASE = ("given", "complete", "completed_at", "signature")


def sections(case: Case, meters: Iterable[Meter]) -> list[SectionState]:
    """The rows of a case's sections, not kept yet."""
    return [
        SectionState(
            case=case,
            section=meter.section.slug,
            given=meter.given,
            missing=meter.required - meter.answered,
            errors=meter.errors,
            complete=meter.complete and meter.given > 0,
        )
        for meter in meters
    ]


def note(actor: User, changed: Sequence[tuple[Case, Sequence[Meter]]]) -> None:
    """Keep the states of sections, set those of the cases (the caller saves `OF_CASE`), break signatures."""
    rows = []
    for case, meters in changed:
        rows += sections(case, meters)
        case.given = sum(meter.given for meter in meters)
        case.complete = case.given > 0 and all(meter.complete for meter in meters)
        if case.complete and case.completed_at is None:
            case.completed_at = timezone.now()
    SectionState.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["case", "section"],
        update_fields=["given", "missing", "errors", "complete"],
    )
    _break(actor, [case for case, _ in changed if case.signature_id])


def _break(actor: User, signed: Sequence[Case]) -> None:
    if not signed:
        return
    Signature.objects.filter(pk__in=[case.signature_id for case in signed]).update(
        broken_at=timezone.now(), broken_by=actor
    )
    events = [
        audit.Event(case.subject.code, {"signature": case.signature_id, "revision": case.revision})
        for case in signed
    ]
    audit.record_all(verb=AuditEvent.Verb.SIGNATURE_BROKEN, actor=actor, events=events)
    for case in signed:
        case.signature = None
