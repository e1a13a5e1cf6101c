"""Putting exams of invented people on file as records without images; a demo's way, and refused elsewhere."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from imaging.models import Exam, Series
from imaging.slots import Taken, slots
from imaging.validation import thickness_class
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit

DAY_ZERO = datetime.date(2000, 1, 1)
NAMESPACE = uuid.UUID("0f3c2f7e-6a51-5c3b-9f0e-5a9d4f7a2b61")


@dataclass(frozen=True)
class Record:
    """An exam that was not drawn. `day` counts from admission; thickness in mm, of a CT alone."""

    kind: str
    day: int
    clock: datetime.time
    vendor: str
    model: str
    thickness_mm: float | None = None


@transaction.atomic
def record_synthetic(*, actor: User, subject: Subject, records: Sequence[Record]) -> int:
    """Write an exam and a synthetic series for each record, in the slot that it fills; answers how many.

    A subject that has exams already gets none. Raises Problem `only_in_a_demo`, `not_found`.
    """
    if not settings.DEMO:
        raise Problem("only_in_a_demo")
    if not actor.at_site or actor.site_id != subject.site_id:
        raise Problem("not_found")
    if not records or subject.exams.exists():
        return 0
    filled = slots(Taken(n, one.kind, _day(one), one.clock, True) for n, one in enumerate(records))
    exams = Exam.objects.bulk_create(
        [_exam(subject, number, one, filled[number]) for number, one in enumerate(records)]
    )
    Series.objects.bulk_create([_series(exam, one) for exam, one in zip(exams, records, strict=True)])
    audit.record(
        verb=AuditEvent.Verb.SERIES_STORED,
        actor=actor,
        subject_code=subject.code,
        detail={"synthetic_records": len(records)},
    )
    return len(records)


def _exam(subject: Subject, number: int, record: Record, filled: tuple[str, int]) -> Exam:
    return Exam(
        subject=subject,
        kind=record.kind,
        study_uid=_uid(f"{subject.code} study {number}"),
        shifted_date=_day(record),
        shifted_time=record.clock,
        anchored=True,
        slot=filled[0],
        slot_number=filled[1],
    )


def _series(exam: Exam, record: Record) -> Series:
    scan = record.kind == Exam.Kind.CT
    return Series(
        exam=exam,
        series_uid=_uid(f"{exam.study_uid} series"),
        state=Series.State.SYNTHETIC,
        modality="CT" if scan else "DX",
        vendor=record.vendor,
        model=record.model,
        plane=Series.Plane.AXIAL if scan else "",
        view_position="" if scan else "PA",
        thickness_mm=record.thickness_mm,
        header={"thickness_class": thickness_class(record.thickness_mm)} if scan else {},
        stored_at=timezone.now(),
    )


def _day(record: Record) -> datetime.date:
    return DAY_ZERO + datetime.timedelta(days=record.day)


def _uid(name: str) -> str:
    return f"2.25.{uuid.uuid5(NAMESPACE, name).int}"
