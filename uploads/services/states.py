"""The states of an upload; `advance` alone writes them.

open → processing (its files are there) → done (nothing asks for a person) | attention (something does);
attention → processing again when a person has decided about a held series.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from uploads.models import Job, Upload, UploadFile
from uploads.verdicts import wants_attention

UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def advance(*, upload_id: uuid.UUID, complete: bool = False, again: bool = False) -> Upload:
    """Bring an upload to the state that its files and jobs imply; `complete` closes an open one, `again`
    reopens the work on one that wanted attention.

    Idempotent.
    """
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    now = timezone.now()
    if upload.state == Upload.State.ATTENTION and again:
        upload.state, upload.finished_at = Upload.State.PROCESSING, None
    if upload.state == Upload.State.OPEN and complete:
        upload.state, upload.completed_at = Upload.State.PROCESSING, now
    if upload.state == Upload.State.PROCESSING and _finished(upload):
        upload.state = Upload.State.ATTENTION if _wants_attention(upload) else Upload.State.DONE
        upload.finished_at = now
    upload.save(update_fields=["state", "completed_at", "finished_at"])
    return upload


def _finished(upload: Upload) -> bool:
    without_verdict = upload.files.filter(verdict="").exists()
    return not without_verdict and not upload.jobs.filter(state__in=UNFINISHED).exists()


def _wants_attention(upload: Upload) -> bool:
    if upload.files.filter(verdict=UploadFile.Verdict.QUARANTINED).exists():
        return True
    refused = upload.files.filter(verdict=UploadFile.Verdict.REFUSED)
    return any(wants_attention(code) for code in refused.values_list("code", flat=True).distinct())
