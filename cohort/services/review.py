"""What a curator decides on a case: accept it, or send it back. Each decision is a row and an event."""

from django.db import transaction
from django.utils import timezone

from cohort import review_problems  # noqa: F401 - registers its codes
from cohort.images import images_digest
from cohort.models import Answer, Case, Decision, Query
from cohort.selectors_worklist import exam_facts
from cohort.slots import missing, slots
from cohort.values import storable
from imaging.findings import undecided
from imaging.models import Series
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Subject, User
from registry.services import audit

REASON_LENGTH = 1000
RETURNABLE = (Case.State.SUBMITTED, Case.State.ACCEPTED)


@transaction.atomic
def accept(*, actor: User, code: str, revision: int, images: str, reason: str = "") -> Decision:
    """Accept the case of subject `code` as it was at `revision`, with the `images` of that digest.

    An open question forbids it, and a finding of the images that nobody decided about; a missing exam
    asks for a reason. Answered questions are closed with it.
    Raises Problem.
    """
    case = _locked(actor, code, revision, images, states=(Case.State.SUBMITTED,))
    reason = _reason(reason)
    waiting = case.queries.filter(state=Query.State.OPEN).count()
    if waiting:
        raise Problem("question_open", count=waiting)
    if waiting := undecided(Series.objects.on_file().filter(exam__subject=case.subject_id)):
        raise Problem("finding_undecided", count=waiting)
    lacking = missing_exams(case)
    if lacking and not reason:
        raise Problem("exam_missing_without_reason", count=lacking)
    closed = case.queries.filter(state=Query.State.ANSWERED).update(
        state=Query.State.CLOSED, closed_at=timezone.now()
    )
    return _decide(
        case,
        actor,
        Decision.Kind.ACCEPT,
        Case.State.ACCEPTED,
        reason,
        images,
        {"missing_exams": lacking, "questions_closed": closed},
    )


@transaction.atomic
def send_back(*, actor: User, code: str, revision: int, images: str, reason: str = "") -> Decision:
    """Return the case to its site, an accepted one too. It needs an open question or a reason.

    Raises Problem.
    """
    case = _locked(actor, code, revision, images, states=RETURNABLE)
    reason = _reason(reason)
    waiting = case.queries.filter(state=Query.State.OPEN).count()
    if not waiting and not reason:
        raise Problem("return_without_reason")
    return _decide(
        case, actor, Decision.Kind.RETURN, Case.State.RETURNED, reason, images, {"questions": waiting}
    )


def missing_exams(case: Case) -> int:
    """How many exams that the collection rule asks for are not here."""
    end = Answer.objects.filter(case=case, item="out_status").values_list("value", flat=True).first() or ""
    return missing(slots(exam_facts([case.subject_id])[case.subject_id], end_status=end))


def _locked(actor: User, code: str, revision: int, images: str, *, states: tuple[Case.State, ...]) -> Case:
    """The case, as the actor saw it. The subject's row is locked too: no series is stored meanwhile."""
    if not actor.is_curator:
        raise Problem("not_allowed")
    Subject.objects.select_for_update(no_key=True).filter(code=code).first()
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("subject")
        .filter(subject__code=code)
        .first()
    )
    if case is None:
        raise Problem("not_found")
    if case.state not in states:
        raise Problem("case_not_submitted", subject=code, state=case.get_state_display())
    if case.revision != revision:
        raise Problem("case_changed", subject=code)
    if images_digest(Series.objects.filter(exam__subject=case.subject_id)) != images:
        raise Problem("images_changed", subject=code)
    return case


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > REASON_LENGTH:
        raise Problem("reason_too_long", length=len(reason), most=REASON_LENGTH)
    if not storable(reason):
        raise Problem("reason_not_text")
    refuse_identifying(reason)
    return reason


def _decide(
    case: Case,
    actor: User,
    kind: Decision.Kind,
    state: Case.State,
    reason: str,
    images: str,
    detail: dict[str, int],
) -> Decision:
    case.state = state
    case.save(update_fields=["state", "updated_at"])
    decision = Decision.objects.create(
        case=case, kind=kind, reason=reason, by=actor, revision=case.revision, images=images
    )
    verb = AuditEvent.Verb.CASE_ACCEPTED if kind == Decision.Kind.ACCEPT else AuditEvent.Verb.CASE_RETURNED
    audit.record(
        verb=verb,
        actor=actor,
        subject_code=case.subject.code,
        target=f"revision {case.revision}",
        detail=detail | {"images": images, "reason_given": bool(reason)},
    )
    return decision
