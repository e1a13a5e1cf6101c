"""Putting a series on record.

Everything here runs inside the caller's transaction, with the subject's row locked.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import ProtectedError
from django.utils import timezone

from imaging import vendors
from imaging.models import Exam, Instance, Series
from imaging.selectors import taken, withdrawn
from imaging.services.twins import note_twins
from imaging.slots import slots
from imaging.validation import VERSION, Facts, finding, judge, plane, thickness_class
from imaging.validation.geometry import stack
from imaging.validation.rules import positions
from registry.models import Subject
from vault import IndexEntry


@dataclass(frozen=True)
class Stored:
    """An instance as it lies in the archive."""

    facts: Facts
    entry: IndexEntry
    pixel_sha256: str
    decoded_sha256: str
    source_sha256: str


@dataclass(frozen=True)
class Origin:
    """Where a series came from."""

    upload_id: uuid.UUID
    stripped_at_site: bool
    anchored: bool
    findings: Sequence[dict[str, Any]]
    receipt: dict[str, Any]


@dataclass(frozen=True)
class Archive:
    object_name: str
    preview_name: str
    plain_bytes: int
    sealed_bytes: int


class Withdrawn(Exception):
    """The series was withdrawn while more of it came; what came belongs to its next version."""


def record_series(
    *, subject: Subject, identifier: uuid.UUID, instances: Sequence[Stored], archive: Archive, origin: Origin
) -> Series:
    """Write exam, series and instances, or replace a series that holds less.

    Then fill the subject's slots. Raises Withdrawn: what is withdrawn is not written over.
    """
    if withdrawn(identifiers=[identifier]):
        raise Withdrawn
    series_facts = [instance.facts for instance in instances]
    first = series_facts[0]
    exam = _exam(subject, first, anchored=origin.anchored)
    found = [*judge(series_facts), *origin.findings, *_across(subject, exam)]
    series, _ = Series.objects.update_or_create(
        pk=identifier,
        defaults={
            **_header(first, series_facts),
            "exam": exam,
            "state": Series.State.STORED,
            "findings": _each_once(found),
            "rules": VERSION,
            "receipt": origin.receipt,
            "object_name": archive.object_name,
            "preview_name": archive.preview_name,
            "instance_count": len(instances),
            "plain_bytes": archive.plain_bytes,
            "sealed_bytes": archive.sealed_bytes,
            "upload_id": origin.upload_id,
            "stripped_at_site": origin.stripped_at_site,
            "stored_at": timezone.now(),
        },
    )
    series.instances.all().delete()
    Instance.objects.bulk_create(
        (
            Instance(
                series=series,
                sop_uid=instance.facts.sop_uid,
                name=instance.entry.name,
                number=instance.facts.number,
                position_mm=instance.facts.position,
                frames=instance.facts.frames,
                offset=instance.entry.offset,
                length=instance.entry.length,
                sha256=instance.entry.sha256,
                pixel_sha256=instance.pixel_sha256,
                decoded_sha256=instance.decoded_sha256,
                source_sha256=instance.source_sha256,
            )
            for instance in instances
        ),
        batch_size=500,
    )
    fill_slots(subject=subject)
    note_twins(series=series)
    return series


def hold_back(*, subject: Subject, identifier: uuid.UUID, facts: Facts, origin: Origin) -> Series | None:
    """Put a series on record as held back, without an object.

    None when a stored or a withdrawn one is there, which stays as it is.
    """
    if Series.objects.sealed().filter(pk=identifier).exists():
        return None
    series, _ = Series.objects.update_or_create(
        pk=identifier,
        defaults={
            **_header(facts, [facts]),
            "exam": _exam(subject, facts, anchored=origin.anchored),
            "state": Series.State.QUARANTINED,
            "findings": list(origin.findings),
            "rules": VERSION,
            "receipt": origin.receipt,
            "object_name": None,
            "preview_name": "",
            "upload_id": origin.upload_id,
            "stripped_at_site": origin.stripped_at_site,
            "stored_at": timezone.now(),
        },
    )
    fill_slots(subject=subject)
    return series


def let_go(*, identifier: uuid.UUID) -> None:
    """Take a series that was held back off the record, and its exam where nothing else is in it.

    A stored one stays.
    """
    held = Series.objects.filter(pk=identifier, state=Series.State.QUARANTINED)
    for series in held.select_related("exam__subject"):
        exam = series.exam
        series.delete()
        if not exam.series.exists():
            with suppress(ProtectedError):  # somebody asked a question about it, so it stays
                exam.delete()
        fill_slots(subject=exam.subject)


def fill_slots(*, subject: Subject) -> None:
    """Give every exam of the subject the slot that follows from all of them."""
    exams = list(subject.exams.all())
    answers = slots(taken(exams=exams))
    for exam in exams:
        if (exam.slot, exam.slot_number) != answers[exam.pk]:
            exam.slot, exam.slot_number = answers[exam.pk]
            exam.save(update_fields=["slot", "slot_number"])


def _exam(subject: Subject, first: Facts, *, anchored: bool) -> Exam:
    exam, made = Exam.objects.get_or_create(
        subject=subject,
        study_uid=first.study_uid,
        kind=first.kind,
        defaults={"shifted_date": first.day, "shifted_time": first.clock, "anchored": anchored, "slot": ""},
    )
    if not made and not exam.series.filter(state=Series.State.STORED).exists():
        exam.shifted_date, exam.shifted_time, exam.anchored = first.day, first.clock, anchored
        exam.save(update_fields=["shifted_date", "shifted_time", "anchored"])
    elif not made and _earlier(first, exam):
        exam.shifted_date, exam.shifted_time = first.day, first.clock
        exam.save(update_fields=["shifted_date", "shifted_time"])
    return exam


def _earlier(first: Facts, exam: Exam) -> bool:
    """Whether a series began before what is on record; so the order of arrival does not matter."""
    if first.day is None:
        return False
    if exam.shifted_date is None or first.day < exam.shifted_date:
        return True
    sooner = first.clock is not None and (exam.shifted_time is None or first.clock < exam.shifted_time)
    return first.day == exam.shifted_date and sooner


def _header(first: Facts, series: Sequence[Facts]) -> dict[str, Any]:
    judged = stack(positions(series)) if first.kind == "CT" else None
    return {
        "series_uid": first.series_uid,
        "modality": first.modality[:16],
        "sop_class": first.sop_class,
        "transfer_syntax": first.transfer_syntax,
        "description": first.description[:64],
        "vendor": vendors.vendor(first.vendor, radiograph=first.kind == "CXR"),
        "vendor_raw": first.vendor[:64],
        "model": vendors.model(first.model),
        "kernel": first.kernel[:64],
        "plane": plane(first.orientation) if first.kind == "CT" else "",
        "view_position": first.view[:16],
        "thickness_mm": first.thickness if first.kind == "CT" else None,
        "spacing_mm": judged.step if judged else None,
        "rows": first.rows,
        "columns": first.columns,
        "header": {
            "model_raw": first.model[:64],
            "image_type": "\\".join(first.image_type)[:128],
            "photometric": first.photometric,
            "pixel_spacing_mm": list(first.pixel_spacing),
            "thickness_class": thickness_class(first.thickness) if first.kind == "CT" else "",
            "extent_mm": round(judged.extent, 2) if judged else None,
            "body_part": first.body_part[:32],
            "patient_position": first.patient_position[:16],
            "kv": first.peak_kv,
            "frames": sum(facts.frames for facts in series),
        },
    }


def _across(subject: Subject, exam: Exam) -> list[dict[str, Any]]:
    """What is visible only beside other exams of the subject."""
    others = subject.exams.exclude(anchored=exam.anchored).filter(series__state=Series.State.STORED)
    return [finding("mixed_calendars")] if others.exists() else []


def _each_once(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for item in found:
        known.setdefault(f"{item['code']} {item['values']}", item)
    return list(known.values())
