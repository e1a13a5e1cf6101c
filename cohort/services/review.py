"""What a curator decides on a case: accept it, or send it back. Each decision is a row and an event."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from cohort import review_problems  # noqa: F401 - registers its codes
from cohort.images import images_digest
from cohort.models import Answer, Case, Decision, Query, UnlockRequest
from cohort.selectors_worklist import exam_facts
from cohort.services import queries
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

    An open question forbids it, and a finding of the images that nobody decided about; a missing exam, or a
    form without a signature in force, asks for a reason. Answered questions are closed with it, and the form
    is locked. Raises Problem.
    """
    case = _locked(actor, code, revision, images, states=(Case.State.SUBMITTED,))
    reason = read_reason(reason)
    waiting = case.queries.filter(state=Query.State.OPEN).count()
    if waiting:
        raise Problem("question_open", count=waiting)
    if waiting := undecided(Series.objects.on_file().filter(exam__subject=case.subject_id)):
        raise Problem("finding_undecided", count=waiting)
    lacking = missing_exams(case)
    if lacking and not reason:
        raise Problem("exam_missing_without_reason", count=lacking)
    if case.signature_id is None and not reason:
        raise Problem("not_signed_without_reason")
    closed = case.queries.filter(state=Query.State.ANSWERED).update(
        state=Query.State.CLOSED, closed_at=timezone.now()
    )
    return decide(
        case,
        actor,
        Decision.Kind.ACCEPT,
        Case.State.ACCEPTED,
        reason,
        images,
        {"missing_exams": lacking, "questions_closed": closed, "signed": case.signature_id is not None},
    )


@transaction.atomic
def send_back(
    *,
    actor: User,
    code: str,
    revision: int,
    images: str,
    reason: str = "",
    rules: Iterable[str] = (),
) -> Decision:
    """Return the case to its site, an accepted one too, with all its points at once.

    Points are the open questions, the findings of the form with the keys `rules`, which become questions, and
    the reason; there is at least one. Raises Problem.
    """
    case = _locked(actor, code, revision, images, states=RETURNABLE)
    reason, rules = read_reason(reason), list(rules)
    waiting = case.queries.filter(state=Query.State.OPEN).count()
    if not waiting and not reason and not rules:
        raise Problem("return_without_reason")
    case.unlock_requests.filter(state=UnlockRequest.State.OPEN).update(
        state=UnlockRequest.State.GRANTED, decided_by=actor, decided_at=timezone.now()
    )
    detail = {"questions": waiting + len(rules)}
    decision = decide(case, actor, Decision.Kind.RETURN, Case.State.RETURNED, reason, images, detail)
    if rules:
        queries.ask_by_rules(actor=actor, case=case, rules=rules)
    return decision


def missing_exams(case: Case) -> int:
    """How many exams that the collection rule asks for are not here."""
    end = Answer.objects.filter(case=case.pk, item="out_status").values_list("value", flat=True).first() or ""
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


def read_reason(reason: str) -> str:
    """A reason as it is kept: one line, no more than `REASON_LENGTH`, naming nobody. Raises Problem."""
    reason = " ".join(reason.split())
    if len(reason) > REASON_LENGTH:
        raise Problem("reason_too_long", length=len(reason), most=REASON_LENGTH)
    if not storable(reason):
        raise Problem("reason_not_text")
    refuse_identifying(reason)
    return reason


def decide(
    case: Case,
    actor: User,
    kind: Decision.Kind,
    state: Case.State,
    reason: str,
    images: str,
    detail: dict[str, int],
) -> Decision:
    """Write a decision on a locked case: its state, the row, the event."""
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
