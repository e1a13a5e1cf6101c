"""Sweeping staging: uploads that were left alone end, and bytes that nobody will ask for go. On record."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from registry import vaults
from registry.models import AuditEvent
from registry.services import audit
from uploads.models import UploadFile
from uploads.services import ending, inventory
from uploads.services.ending import Left
from uploads.services.staging import GIVEN_UP

UNFINISHED_SECONDS = 86_400


@dataclass
class Gone:
    """What went, or would: expired uploads, kept files of those given up and their bytes, unknown objects."""

    expired: list[Left] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    unknown: int = 0


def would_go(*, days: int) -> Gone:
    """What `sweep` would delete now. StoreError."""
    files, size = _counted(_given_up(days))
    return Gone(ending.left_alone(days=days), files, size, sum(1 for _ in inventory.orphans("staging/")))


def sweep(*, days: int) -> Gone:
    """End uploads of which nothing has arrived for so many days; delete staged bytes of those that were
    given up as long ago, staged objects that no row knows of, and what killed writers left. StoreError.
    """
    store, gone = vaults.store(), Gone()
    for fault in list(inventory.orphans("staging/")):
        store.delete(fault.name)
        gone.unknown += 1
    for left in ending.left_alone(days=days):
        if ended := ending.expire(upload_id=left.upload.pk, days=days):
            gone.expired.append(ended)
    gone.files, gone.bytes = _counted(_given_up(days))
    for pk, name in list(_given_up(days).values_list("pk", "staged_name")):
        UploadFile.objects.filter(pk=pk).update(received_at=None)
        store.delete(name)
        UploadFile.objects.filter(pk=pk).update(staged_name="")
    store.discard_unfinished(older_than=UNFINISHED_SECONDS)
    if gone.expired or gone.files or gone.unknown:
        counts = {"uploads": len(gone.expired), "files": gone.files, "unknown": gone.unknown}
        size = gone.bytes + sum(left.bytes for left in gone.expired)
        audit.record(verb=AuditEvent.Verb.STAGING_SWEPT, detail=counts | {"bytes": size})
    return gone


def _given_up(days: int) -> QuerySet[UploadFile]:
    before = timezone.now() - timedelta(days=days)
    return UploadFile.objects.exclude(staged_name="").filter(code=GIVEN_UP, upload__finished_at__lt=before)


def _counted(files: QuerySet[UploadFile]) -> tuple[int, int]:
    return files.count(), files.aggregate(size=Sum("size"))["size"] or 0
