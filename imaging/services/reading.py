"""Reading what is sealed, for people who may; every reading of images is on the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from imaging.models import Series
from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, User
from registry.services import audit
from registry.services.subjects import subject_key
from vault import open_sealed


@dataclass(frozen=True)
class Plain:
    """Decrypted bytes, as they are asked for."""

    name: str
    size: int
    chunks: Iterator[bytes]


def open_archive(*, actor: User, series: Series, asks_only: bool = False) -> Plain:
    """The series as a ZIP of DICOM files.

    Problem series_held_back, series_is_synthetic, subject_withdrawn; StoreError.

    asks_only: name and size without the bytes, which is no reading.
    """
    if series.state == Series.State.SYNTHETIC:
        raise Problem("series_is_synthetic")
    if series.object_name is None:
        raise Problem("series_held_back")
    subject = series.exam.subject
    reader = open_sealed(vaults.store(), series.object_name, subject_key=subject_key(subject), kind="series")
    name = f"{subject.code}_{series.pk}.zip"
    if asks_only:
        return Plain(name, reader.size, iter(()))
    audit.record(
        verb=AuditEvent.Verb.SERIES_READ,
        actor=actor,
        subject_code=subject.code,
        target=str(series.pk),
        detail={"bytes": reader.size, "instances": series.instance_count},
    )
    return Plain(name, reader.size, reader.chunks())


def preview(*, series: Series) -> bytes:
    """The preview as PNG. Problem not_found when the series has none; StoreError."""
    if not series.preview_name:
        raise Problem("not_found")
    key = subject_key(series.exam.subject)
    return open_sealed(vaults.store(), series.preview_name, subject_key=key, kind="preview").read()
