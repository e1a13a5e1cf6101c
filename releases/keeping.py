"""The store keeps what a release names (signal of `imaging`)."""

from collections.abc import Set
from typing import Any

from django.dispatch import receiver

from imaging.signals import objects_kept
from releases.models import ReleasedObject

BATCH = 500


@receiver(objects_kept)
def released(names: Set[str], **_: Any) -> set[str]:
    listed = sorted(names)
    found: set[str] = set()
    for start in range(0, len(listed), BATCH):
        part = ReleasedObject.objects.filter(name__in=listed[start : start + BATCH])
        found.update(part.values_list("name", flat=True))
    return found
