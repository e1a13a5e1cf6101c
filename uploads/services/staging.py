"""Staged bytes: sealed with the subject's key, read by the jobs, deleted when every file has its answer."""

import uuid
from collections.abc import Sequence

import structlog
from django.db.models import Q

from registry import vaults
from registry.models import Subject
from uploads.models import Job, Upload, UploadFile
from vault import MissingObject, SealError, open_sealed

log = structlog.get_logger(__name__)
READS = 3
BATCH = 500
GIVEN_UP = "not_processed"
HELD = Q(job__state=Job.State.HELD, code="burned_in")


class Lost(Exception):
    """The staged object is gone, or is not what was sealed."""


def read(*, file: UploadFile, subject_key: bytes) -> bytes:
    """The file's bytes. A sender may put the same bytes anew while we read; then the read is repeated.

    Raises Lost; StoreError.
    """
    for _ in range(READS):
        try:
            return open_sealed(vaults.store(), file.staged_name, subject_key=subject_key).read()
        except MissingObject:
            break
        except SealError as error:
            log.error("staged object is damaged", upload=str(file.upload_id), code=error.code)
    raise Lost


def clear(*, upload_id: uuid.UUID | None = None, limit: int = 5000) -> int:
    """Delete staged bytes that nobody needs any more; return how many. StoreError when the store is down.

    Files that were given up (`not_processed`) keep theirs for another try, until they are abandoned; those of
    a held job keep theirs until a person has decided.
    """
    finished = UploadFile.objects.exclude(staged_name="").filter(
        ~Q(verdict="") & ~Q(upload__state=Upload.State.OPEN) & ~Q(code=GIVEN_UP) & ~HELD
    )
    if upload_id is not None:
        finished = finished.filter(upload_id=upload_id)
    count = 0
    for pk, name in finished.values_list("pk", "staged_name")[:limit]:
        vaults.store().delete(name)
        UploadFile.objects.filter(pk=pk).update(staged_name="")
        count += 1
    return count


def adopt(*, subject: Subject, digests: Sequence[str]) -> dict[str, str]:
    """Take over what is kept of files that were given up, in the caller's transaction: digest → object."""
    found: dict[str, str] = {}
    for start in range(0, len(digests), BATCH):
        rows = (
            UploadFile.objects.select_for_update(of=("self",))
            .filter(upload__subject=subject, code=GIVEN_UP, sha256__in=digests[start : start + BATCH])
            .exclude(staged_name="")
        )
        for file in rows:
            if found.setdefault(file.sha256, file.staged_name) == file.staged_name:
                UploadFile.objects.filter(pk=file.pk).update(staged_name="")
    return found
