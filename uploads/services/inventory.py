"""Comparing store and tables: every object opens and matches its index; none is missing, none left over."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from imaging.models import Series
from imaging.selectors import kept
from registry import vaults
from registry.errors import Problem
from registry.models import Subject
from registry.services.subjects import subject_key
from uploads.models import UnclaimedObject, UploadFile
from vault import IndexEntry, MissingObject, SealError, verify_archive, verify_sealed


@dataclass(frozen=True)
class Fault:
    """What is wrong with one object: `code` missing, orphan, or why it does not open."""

    code: str
    name: str
    series: uuid.UUID | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.name}" + (f" (series {self.series})" if self.series else "")


def objects() -> Iterator[Fault | str]:
    """Check every object on record; yields the name of each good one and a Fault for each other.

    StoreError.
    """
    rows = Series.objects.sealed().select_related("exam__subject").order_by("exam__subject_id", "pk")
    for series in rows.iterator(chunk_size=200):
        try:
            key = subject_key(series.exam.subject)
        except Problem:
            continue
        yield _checked(series, series.object_name or "", key, archive=True)
        if series.preview_name:
            yield _checked(series, series.preview_name, key, archive=False)


def _checked(series: Series, name: str, key: bytes, *, archive: bool) -> Fault | str:
    try:
        if archive:
            index = series.instances.order_by("offset").values_list("name", "offset", "length", "sha256")
            entries = [IndexEntry(*row) for row in index]
            verify_archive(vaults.store(), name, subject_key=key, entries=entries)
        else:
            verify_sealed(vaults.store(), name, subject_key=key)
    except MissingObject:
        return Fault("missing", name, series.pk)
    except SealError as error:
        return Fault(error.code, name, series.pk)
    return name


def orphans(prefix: str = "") -> Iterator[Fault]:
    """Objects under `prefix` that no row knows of, not even as staged or unclaimed. StoreError.

    The names are read first and the tables after, so what is being written meanwhile is not taken for an
    orphan.
    """
    names = list(vaults.store().list(prefix))
    known = set(Series.objects.sealed().values_list("object_name", flat=True))
    known |= set(Series.objects.sealed().values_list("preview_name", flat=True))
    known |= set(UploadFile.objects.exclude(staged_name="").values_list("staged_name", flat=True))
    known |= set(UnclaimedObject.objects.values_list("name", flat=True))
    known |= kept(set(names) - known)
    return (Fault("orphan", name) for name in names if name not in known)


def synthetic() -> int:
    """Series that are records of invented people, without an object."""
    return Series.objects.filter(state=Series.State.SYNTHETIC).count()


def withdrawn() -> int:
    """Subjects whose key was destroyed; their objects are noise and are not opened."""
    return Subject.objects.filter(key__wrapped=None).count()
