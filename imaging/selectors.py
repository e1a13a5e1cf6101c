"""Reading what is stored."""

import uuid
from collections.abc import Iterable, Set

from django.db.models import Q

from imaging.models import Exam, Instance, Series
from imaging.signals import objects_kept
from imaging.slots import Taken
from imaging.validation import is_frontal
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


def taken(*, exams: Iterable[Exam]) -> list[Taken]:
    """The exams as the rule of slots wants them; usable with a series on file that may fill a slot."""
    listed = list(exams)
    usable: set[int] = set()
    series = Series.objects.on_file().filter(exam__in=listed)
    for exam_id, view, kind in series.values_list("exam_id", "view_position", "exam__kind"):
        if kind == Exam.Kind.CT or not view or is_frontal(view):
            usable.add(exam_id)
    return [
        Taken(exam.pk, exam.kind, exam.shifted_date, exam.shifted_time, exam.anchored, exam.pk in usable)
        for exam in listed
    ]


def on_record(*, name: str) -> bool:
    """Whether a row claims the object."""
    return Series.objects.filter(Q(object_name=name) | Q(preview_name=name)).exists() or bool(kept({name}))


def kept(names: Set[str]) -> set[str]:
    """Those of the objects that another room needs although no series claims them."""
    answers = objects_kept.send(sender=None, names=names)
    return {name for _receiver, told in answers for name in told}


def withdrawn(*, identifiers: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these series were withdrawn."""
    gone = Series.objects.filter(pk__in=list(identifiers), state=Series.State.WITHDRAWN)
    return set(gone.values_list("pk", flat=True))
