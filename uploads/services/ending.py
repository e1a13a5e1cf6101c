"""Ending an upload that never came to its end: a person gives it up, or it was left alone for too long."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit
from uploads.models import Upload, UploadFile
from uploads.services import staging
from uploads.services.states import advance


@dataclass(frozen=True)
class Left:
    """An open upload left alone: how many files have arrived, with how many bytes, and when the last."""

    upload: Upload
    arrived: int
    bytes: int
    last: datetime


def discard(*, actor: User, upload_id: uuid.UUID) -> Upload:
    """End an open upload without its files: what has arrived is deleted, the receipt says so. Idempotent."""
    with transaction.atomic():
        Subject.objects.select_for_update(no_key=True).get(uploads=upload_id)
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if not actor.at_site or actor.site_id != upload.subject.site_id:
            raise Problem("not_allowed")
        if upload.state != Upload.State.OPEN:
            return upload
        dropped = _refuse(upload, "discarded")
        audit.record(
            verb=AuditEvent.Verb.FILE_REFUSED,
            actor=actor,
            subject_code=upload.subject.code,
            target=str(upload.id),
            detail={"codes": {"discarded": dropped}},
        )
        upload = advance(upload_id=upload.id, complete=True)
    staging.clear(upload_id=upload.id)
    return upload


def left_alone(*, days: int) -> list[Left]:
    """Open uploads of which nothing has arrived for so many days, the longest alone first."""
    return [_left(upload) for upload in _stale(days).select_related("subject").order_by("created_at")]


def expire(*, upload_id: uuid.UUID, days: int) -> Left | None:
    """End an upload that was left alone, on record; None when somebody has gone on with it. StoreError."""
    with transaction.atomic():
        Subject.objects.select_for_update(no_key=True).get(uploads=upload_id)
        Upload.objects.select_for_update().get(pk=upload_id)
        upload = _stale(days).select_related("subject").filter(pk=upload_id).first()
        if upload is None:
            return None
        left = _left(upload)
        lacking = _refuse(upload, "expired")
        audit.record(
            verb=AuditEvent.Verb.UPLOAD_EXPIRED,
            subject_code=upload.subject.code,
            target=str(upload.id),
            detail={"files": lacking, "arrived": left.arrived, "bytes": left.bytes},
        )
        advance(upload_id=upload.id, complete=True)
    staging.clear(upload_id=upload_id)
    return left


def _stale(days: int) -> QuerySet[Upload]:
    before = timezone.now() - timedelta(days=days)
    moved = UploadFile.objects.filter(upload=OuterRef("pk"), received_at__gte=before)
    return Upload.objects.filter(~Exists(moved), state=Upload.State.OPEN, created_at__lt=before)


def _left(upload: Upload) -> Left:
    here = upload.files.filter(~Q(staged_name=""), received_at__isnull=False)
    last = here.order_by("-received_at").values_list("received_at", flat=True).first()
    size = here.aggregate(size=Sum("size"))["size"] or 0
    return Left(upload, here.count(), size, last or upload.created_at)


def _refuse(upload: Upload, code: str) -> int:
    return upload.files.filter(verdict="").update(verdict=UploadFile.Verdict.REFUSED, code=code)
