"""Objects between being written and being on record: see models.UnclaimedObject."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imaging.selectors import on_record
from registry import vaults
from uploads.models import Job, UnclaimedObject
from uploads.services.leases import Lease

GRACE = timedelta(hours=1)
"""How long an object outlives its replacement, so that who reads it comes to the end, and how long a name
waits that a worker without its lease may still be writing."""


@transaction.atomic
def intend(*, lease: Lease, names: Iterable[str]) -> None:
    """Say which objects the job is about to write; what it said in an earlier attempt is left to `clear`."""
    job = lease.hold()
    UnclaimedObject.objects.filter(job=job).update(job=None, until=timezone.now() + GRACE)
    UnclaimedObject.objects.bulk_create(UnclaimedObject(name=name, job=job) for name in names)


def claim(*, names: Iterable[str], released: Iterable[str]) -> None:
    """Inside the transaction that puts `names` on record: they are claimed, and `released` no longer are."""
    until = timezone.now() + GRACE
    UnclaimedObject.objects.filter(name__in=list(names)).delete()
    UnclaimedObject.objects.bulk_create(UnclaimedObject(name=name, until=until) for name in released)


def clear() -> int:
    """Delete the objects that nobody will claim; return how many. StoreError when the store is down."""
    count, now = 0, timezone.now()
    nobodys = (
        Q(job=None, until__lte=now)
        | Q(job__state__in=(Job.State.DONE, Job.State.HELD))
        | Q(job__state=Job.State.FAILED, job__finished_at__lte=now - GRACE)
    )
    for pk in UnclaimedObject.objects.filter(nobodys).values_list("pk", flat=True):
        with transaction.atomic():
            row = UnclaimedObject.objects.select_for_update(of=("self",)).filter(nobodys, pk=pk).first()
            if row is not None:
                if not on_record(name=row.name):
                    vaults.store().delete(row.name)
                row.delete()
                count += 1
    return count
