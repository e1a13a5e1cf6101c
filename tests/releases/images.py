"""Cases with real sealed archives in the store, for the tests of a release's images."""

import hashlib

from cohort.models import Case
from imaging.models import Instance, Series
from registry import vaults
from registry.models import User
from registry.services.subjects import create_subject, subject_key
from tests.cohort import people
from vault import ArchiveWriter


def case_with_images(by: User, *, images: int = 3, size: int = 1000) -> Series:
    """An accepted case whose one CT series of `images` images of `size` bytes lies in the store."""
    subject = create_subject(actor=by)
    series = people.exam(subject, "CT", 1).series.get()
    people.case(subject, Case.State.ACCEPTED)
    with ArchiveWriter(vaults.store(), series.object_name, subject_key=subject_key(subject)) as archive:
        for number in range(1, images + 1):
            archive.add(f"{number:06}.dcm", bytes((number + place) % 251 for place in range(size)))
    Instance.objects.bulk_create(
        Instance(
            series=series,
            sop_uid=f"2.25.{number}",
            name=entry.name,
            offset=entry.offset,
            length=entry.length,
            sha256=entry.sha256,
            pixel_sha256="0" * 64,
            decoded_sha256="0" * 64,
            source_sha256=hashlib.sha256(entry.name.encode()).hexdigest(),
        )
        for number, entry in enumerate(archive.entries)
    )
    series.instance_count, series.plain_bytes = images, archive.plain_bytes
    series.sealed_bytes = archive.sealed_bytes
    series.save()
    return series
