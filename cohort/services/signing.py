"""Electronic signatures: a site radiologist signs a complete form with the password again.

A signature says: I have checked these answers against the records of the patient, and they are right. It is
bound to the digest of the content (cohort/content.py); the next change breaks it.
"""

from django.db import transaction
from django.http import HttpRequest

from cohort import content, record_problems  # noqa: F401 - registers its codes
from cohort.models import Case, Signature
from cohort.services import answers, submission
from registry.errors import Problem
from registry.models import AuditEvent, Role, User
from registry.services import again, audit


def may_sign(user: User, case: Case) -> bool:
    """Whether the person signs forms of this case's site."""
    return user.role == Role.RADIOLOGIST and answers.of_own_site(user, case)


def sign(*, request: HttpRequest, actor: User, case: Case, revision: int, password: str) -> Signature:
    """Sign the form as it was at `revision`. Raises Problem.

    The password is checked before anything else is said of the form.
    """
    if not may_sign(actor, case):
        raise Problem("not_a_signer")
    _confirm(request, actor, password)
    return put(actor=actor, case=case, revision=revision)


def sign_and_submit(*, request: HttpRequest, actor: User, case: Case, revision: int, password: str) -> Case:
    """Sign and send in one step: both, or neither. Raises Problem."""
    if not may_sign(actor, case):
        raise Problem("not_a_signer")
    _confirm(request, actor, password)
    with transaction.atomic():
        if answers.locked(case).signature_id is None:
            put(actor=actor, case=case, revision=revision)
        return submission.submit(actor=actor, case=case)


@transaction.atomic
def put(*, actor: User, case: Case, revision: int) -> Signature:
    """Put the signature of somebody who was asked for the password under a form. Raises Problem."""
    case = answers.locked(case)
    if not may_sign(actor, case):
        raise Problem("not_a_signer")
    if case.state == Case.State.ACCEPTED:
        raise Problem("form_locked")
    if case.signature:
        raise Problem("already_signed", name=case.signature.name)
    if case.revision != revision:
        raise Problem("sign_changed")
    form = answers.form_of(case)
    if not case.complete or form.missing or not form.consistent:
        raise Problem("not_complete", what=" ".join(submission.readiness(form).of_the_form))
    signature = Signature.objects.create(
        case=case, by=actor, name=actor.name, revision=revision, content=digest_of(case)
    )
    case.signature = signature
    case.save(update_fields=["signature", "updated_at"])
    audit.record(
        verb=AuditEvent.Verb.FORM_SIGNED,
        actor=actor,
        subject_code=case.subject.code,
        detail={"signature": signature.pk, "revision": revision, "content": signature.content},
    )
    return signature


def digest_of(case: Case) -> str:
    """Digest of the content as it is kept now."""
    return content.digest(case.subject.code, case.dictionary, answers.kept(case))


def holds(signature: Signature) -> bool:
    """Whether what is kept is what was signed."""
    return signature.broken_at is None and signature.content == digest_of(signature.case)


def _confirm(request: HttpRequest, actor: User, password: str) -> None:
    try:
        again.confirm(request=request, user=actor, password=password)
    except again.NotAgain as no:
        raise Problem("locked_out" if no.locked else "password_wrong") from None
