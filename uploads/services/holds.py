"""Deciding about series whose pictures hold text: by a person of the hospital, or by the end of the time.

The job goes on by itself after a decision to mask or to keep. The staged bytes stay until then, and go after
a refusal or when nobody decided for `HELD_DAYS`.
"""

import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from imaging.services.recording import let_go
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Subject, User
from registry.services import audit
from registry.services.subjects import subject_key
from uploads.models import Hold, Job, UploadFile
from uploads.services import queue, regions, staging
from uploads.services.receiving import check_may_upload
from uploads.services.states import advance
from vault import StoreError

log = structlog.get_logger(__name__)
HELD_DAYS = 30
REASON_LENGTH = 400
UNSEEN_TOLD = 12
Decision = Hold.Decision


def decide(*, actor: User, hold_id: uuid.UUID, decision: str, given: Any = (), reason: str = "") -> Hold:
    """Record what a person of the hospital decided, and let the job go on or end it.

    given: regions to mask, as services.regions.checked takes them. To keep text, the actor must have opened a
    picture of every place where it was found, or one picture where none was. Problem: not_found,
    already_decided, unknown_decision, those of regions.checked, no_reason_to_keep, long_reason_to_keep,
    identifying_text, text_not_seen; to mask or keep also those of `check_may_upload`.
    """
    if decision not in (Decision.MASK, Decision.KEEP, Decision.REFUSE):
        raise Problem("unknown_decision")
    reason = _reason(reason, needed=decision == Decision.KEEP)
    with transaction.atomic():
        hold = _locked(hold_id)
        if not Hold.objects.visible_to(actor).filter(pk=hold_id).exists():
            raise Problem("not_found")
        if hold.decision:
            raise Problem("already_decided")
        if decision == Decision.MASK:
            hold.regions = regions.checked(hold, given)
        if decision == Decision.KEEP and (unseen := not_seen(actor=actor, hold=hold)):
            numbers = ", ".join(str(index + 1) for index in unseen[:UNSEEN_TOLD])
            raise Problem("text_not_seen", numbers=numbers, extra={"pictures": unseen})
        if decision != Decision.REFUSE:
            check_may_upload(actor=actor, subject=hold.job.upload.subject)
        hold.decision, hold.reason = decision, reason
        hold.decided_at, hold.decided_by = timezone.now(), actor
        hold.save()
        if decision == Decision.REFUSE:
            _end(hold, "text_refused")
        else:
            _go_on(hold)
        _audit(hold, actor)
    if decision == Decision.REFUSE:
        _clear(hold)
    return hold


def opened(*, actor: User, hold: Hold) -> set[int]:
    """Which pictures of the hold the actor has opened, by the audit trail."""
    events = AuditEvent.objects.filter(verb=AuditEvent.Verb.PICTURE_SEEN, actor=actor)
    events = events.filter(subject_code=hold.job.upload.subject.code, target=str(hold.series))
    details = events.values_list("detail", flat=True)
    return {detail["picture"] for detail in details if detail.get("hold") == str(hold.pk)}


def not_seen(*, actor: User, hold: Hold) -> list[int]:
    """Indices of pictures that the actor has to open, so that no place with text is left that was not looked
    at; empty when there is none.
    """
    seen, wanted = opened(actor=actor, hold=hold), []
    for place in regions.places(hold):
        if not seen.intersection(place.pictures):
            seen.add(place.pictures[0])
            wanted.append(place.pictures[0])
    return wanted if seen else [0]


def expire(*, days: int = HELD_DAYS) -> int:
    """End holds that nobody decided for so long; their staged bytes go with the next tidying.

    Returns how many.
    """
    before, count = timezone.now() - timedelta(days=days), 0
    for pk in Hold.objects.open().filter(opened_at__lt=before).values_list("pk", flat=True):
        with transaction.atomic():
            hold = _locked(pk)
            if hold.decision:
                continue
            hold.decision, hold.decided_at = Decision.EXPIRED, timezone.now()
            hold.save()
            _end(hold, "text_undecided")
            _audit(hold, None)
            count += 1
    return count


def picture_file(*, actor: User, hold: Hold, number: int) -> tuple[bytes, int]:
    """Staged bytes of the file of picture `number` of an open hold, and the frame in it; on the audit trail.

    Problem: not_found, already_decided, subject_withdrawn; StoreError.
    """
    if not 0 <= number < len(hold.found):
        raise Problem("not_found")
    if hold.decision:
        raise Problem("already_decided")
    shown = hold.found[number]
    file = hold.job.files.filter(sha256=shown["file"]).exclude(staged_name="").first()
    if file is None:
        raise Problem("not_found")
    try:
        data = staging.read(file=file, subject_key=subject_key(hold.job.upload.subject))
    except staging.Lost:
        raise Problem("not_found") from None
    audit.record(
        verb=AuditEvent.Verb.PICTURE_SEEN,
        actor=actor,
        subject_code=hold.job.upload.subject.code,
        target=str(hold.series),
        detail={"hold": str(hold.pk), "picture": number},
    )
    return data, shown["frame"]


def _locked(hold_id: uuid.UUID) -> Hold:
    """The hold with subject, upload and job locked, in the order that everybody takes them."""
    hold = Hold.objects.select_related("job__upload__subject__site").filter(pk=hold_id).first()
    if hold is None:
        raise Problem("not_found")
    Subject.objects.select_for_update(no_key=True).get(pk=hold.job.upload.subject_id)
    type(hold.job.upload).objects.select_for_update().get(pk=hold.job.upload_id)
    Job.objects.select_for_update().get(pk=hold.job_id)
    hold.refresh_from_db(fields=["decision", "decided_at", "decided_by"])
    return hold


def _files(hold: Hold) -> Any:
    return UploadFile.objects.filter(job=hold.job, verdict=UploadFile.Verdict.QUARANTINED, code="burned_in")


def _go_on(hold: Hold) -> None:
    """Files lose their verdict, the job is queued again, and the upload is at work again."""
    _files(hold).update(verdict="", code="", where="")
    Job.objects.filter(pk=hold.job_id, state=Job.State.HELD).update(
        state=Job.State.QUEUED, sent_at=None, not_before=None, files_done=0
    )
    advance(upload_id=hold.job.upload_id, again=True)
    queue.send_on_commit(hold.job_id)


def _end(hold: Hold, code: str) -> None:
    """Files are refused with `code`, the job is done, and the series is off the record."""
    _files(hold).update(verdict=UploadFile.Verdict.REFUSED, code=code)
    Job.objects.filter(pk=hold.job_id, state=Job.State.HELD).update(
        state=Job.State.DONE, finished_at=timezone.now()
    )
    let_go(identifier=hold.series)
    advance(upload_id=hold.job.upload_id, again=True)


def _clear(hold: Hold) -> None:
    """Delete the staged bytes now; where the store is down, the next tidying does."""
    try:
        staging.clear(upload_id=hold.job.upload_id)
    except StoreError as error:
        log.warning(
            "staged bytes wait for the tidying", upload=str(hold.job.upload_id), error=type(error).__name__
        )


def _audit(hold: Hold, actor: User | None) -> None:
    audit.record(
        verb=AuditEvent.Verb.TEXT_DECIDED,
        actor=actor,
        subject_code=hold.job.upload.subject.code,
        target=str(hold.series),
        detail={
            "hold": str(hold.pk),
            "decision": hold.decision,
            "pictures": len(hold.found),
            "regions": [[one["file"], one["frame"], *one["box"]] for one in hold.regions],
            "reason_given": bool(hold.reason),
        },
    )


def _reason(reason: str, *, needed: bool) -> str:
    reason = " ".join(reason.replace("\0", " ").split())
    if needed and not reason:
        raise Problem("no_reason_to_keep")
    if len(reason) > REASON_LENGTH:
        raise Problem("long_reason_to_keep", length=len(reason), most=REASON_LENGTH)
    refuse_identifying(reason)
    return reason
