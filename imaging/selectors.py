"""Reading what is stored."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from imaging.models import Instance, Series
from registry.models import Subject

BATCH = 500


def stored_sources(*, subject: Subject, digests: Iterable[str]) -> set[str]:
    """Which of these files (SHA-256 of the bytes as they were sent) the subject has in series that count."""
    wanted, found = list(digests), set[str]()
    mine = Instance.objects.filter(series__exam__subject=subject, series__state=Series.State.STORED)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        found.update(mine.filter(source_sha256__in=part).values_list("source_sha256", flat=True))
    return found


def series_with(*, identifier: uuid.UUID) -> Series | None:
    return Series.objects.select_related("exam").filter(pk=identifier).first()


def on_record(*, name: str) -> bool:
    """Whether a row claims the object."""
    return Series.objects.filter(Q(object_name=name) | Q(preview_name=name)).exists()


def withdrawn(*, identifiers: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these series were withdrawn."""
    gone = Series.objects.filter(pk__in=list(identifiers), state=Series.State.WITHDRAWN)
    return set(gone.values_list("pk", flat=True))
