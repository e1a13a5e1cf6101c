"""Objects between being written and being on record: see models.UnclaimedObject."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from imaging.selectors import on_record
from registry import vaults
from uploads.models import Job, UnclaimedObject
from uploads.services.leases import Lease

ENDED = (Job.State.DONE, Job.State.FAILED)


@transaction.atomic
def intend(*, lease: Lease, names: Iterable[str]) -> None:
    """Say which objects the job is about to write; what it said in an earlier attempt is left to `clear`."""
    job, wanted = lease.hold(), set(names)
    UnclaimedObject.objects.filter(job=job).exclude(name__in=wanted).update(job=None)
    for name in sorted(wanted):
        UnclaimedObject.objects.update_or_create(name=name, defaults={"job": job})


def claim(*, names: Iterable[str], released: Iterable[str]) -> None:
    """Inside the transaction that puts `names` on record: they are claimed, and `released` no longer are."""
    claimed = set(names)
    UnclaimedObject.objects.filter(name__in=claimed).delete()
    for name in {name for name in released if name} - claimed:
        UnclaimedObject.objects.update_or_create(name=name, defaults={"job": None})


def clear() -> int:
    """Delete the objects that nobody will claim; return how many. StoreError when the store is down."""
    count = 0
    nobodys = Q(job=None) | Q(job__state__in=ENDED)
    for pk in UnclaimedObject.objects.filter(nobodys).values_list("pk", flat=True):
        with transaction.atomic():
            row = UnclaimedObject.objects.select_for_update(of=("self",)).filter(nobodys, pk=pk).first()
            if row is not None:
                if not on_record(name=row.name):
                    vaults.store().delete(row.name)
                row.delete()
                count += 1
    return count
