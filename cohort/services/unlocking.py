"""A site asks to have a form back that it sent; a curator or the lead grants or refuses."""

from django.db import transaction
from django.utils import timezone

from cohort import record_problems  # noqa: F401 - registers its codes
from cohort.images import images_digest
from cohort.models import Case, Decision, UnlockRequest
from cohort.services import answers, review
from imaging.models import Series
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit

State = UnlockRequest.State


@transaction.atomic
def ask(*, actor: User, case: Case, reason: str) -> UnlockRequest:
    """Ask for a form that is with the task force or locked. Raises Problem."""
    if not answers.of_own_site(actor, case):
        raise Problem("not_your_site")
    reason = review.read_reason(reason)
    if not reason:
        raise Problem("unlock_needs_reason")
    case = answers.locked(case)
    if case.state in answers.OPEN_STATES:
        raise Problem("form_is_open", subject=case.subject.code)
    if case.unlock_requests.filter(state=State.OPEN).exists():
        raise Problem("unlock_asked")
    made = UnlockRequest.objects.create(case=case, reason=reason, by=actor)
    _record(AuditEvent.Verb.UNLOCK_ASKED, actor, made)
    return made


@transaction.atomic
def grant(*, actor: User, request: UnlockRequest) -> Decision:
    """Give the form back: the case is returned, for the reason that the site gave. Raises Problem."""
    case, request = _locked(actor, request)
    _decided(actor, request, State.GRANTED)
    _record(AuditEvent.Verb.UNLOCK_GRANTED, actor, request)
    images = images_digest(Series.objects.filter(exam__subject=case.subject_id))
    return review.decide(
        case,
        actor,
        Decision.Kind.RETURN,
        Case.State.RETURNED,
        request.reason,
        images,
        {"unlock_request": request.pk},
    )


@transaction.atomic
def refuse(*, actor: User, request: UnlockRequest, answer: str) -> UnlockRequest:
    """Keep the form and say why. Raises Problem."""
    _check_decider(actor)
    answer = review.read_reason(answer)
    if not answer:
        raise Problem("unlock_refusal_needs_reason")
    _case, request = _locked(actor, request)
    request.answer = answer
    _decided(actor, request, State.REFUSED)
    _record(AuditEvent.Verb.UNLOCK_REFUSED, actor, request)
    return request


def _check_decider(actor: User) -> None:
    if not actor.sees_every_site:
        raise Problem("only_deciders")


def _locked(actor: User, request: UnlockRequest) -> tuple[Case, UnlockRequest]:
    _check_decider(actor)
    Subject.objects.select_for_update(no_key=True).get(pk=request.case.subject_id)
    case = answers.locked(request.case)
    request = UnlockRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != State.OPEN:
        raise Problem("unlock_decided")
    request.case = case
    return case, request


def _decided(actor: User, request: UnlockRequest, state: UnlockRequest.State) -> None:
    request.state, request.decided_by, request.decided_at = state, actor, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _record(verb: AuditEvent.Verb, actor: User, request: UnlockRequest) -> None:
    audit.record(
        verb=verb, actor=actor, subject_code=request.case.subject.code, detail={"unlock_request": request.pk}
    )
