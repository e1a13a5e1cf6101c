"""Staged bytes: sealed with the subject's key, read by the jobs, deleted when every file has its answer."""

import uuid

from django.db.models import Q

from registry import vaults
from uploads.models import Upload, UploadFile
from vault import SealError, open_sealed

READS = 3


def read(*, file: UploadFile, subject_key: bytes) -> bytes:
    """The file's bytes. A sender may put the same bytes anew while we read; then the read is repeated."""
    for attempt in range(READS):
        try:
            return open_sealed(vaults.store(), file.staged_name, subject_key=subject_key).read()
        except SealError:
            if attempt == READS - 1:
                raise
    raise AssertionError


def clear(*, upload_id: uuid.UUID | None = None, limit: int = 5000) -> int:
    """Delete staged bytes that nobody needs any more; return how many. StoreError when the store is down."""
    finished = UploadFile.objects.exclude(staged_name="").filter(
        ~Q(verdict="") & ~Q(upload__state=Upload.State.OPEN)
    )
    if upload_id is not None:
        finished = finished.filter(upload_id=upload_id)
    count = 0
    for pk, name in finished.values_list("pk", "staged_name")[:limit]:
        vaults.store().delete(name)
        UploadFile.objects.filter(pk=pk).update(staged_name="")
        count += 1
    return count
