"""Bringing the demo's patients through the same services that people use; what is there already stays."""

import datetime
import hashlib
import io
import itertools
import multiprocessing
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from cohort.images import images_digest
from cohort.models import Case
from cohort.services import queries, review
from cohort.services.answers import case_of, facts_of, save
from cohort.services.signing import put
from cohort.services.submission import submit
from deid import ENGINE
from demo.answers import Course, answers
from demo.cohort.people import Member, members
from demo.images import end_with, files
from demo.patients import Patient, Stage, drawn_members, member_key, patients
from imaging.models import Series
from imaging.services.synthetic import Record, record_synthetic
from registry.models import Role, Subject, User
from registry.services.subjects import create_subject
from uploads.models import Job, Upload
from uploads.pipeline.run import run
from uploads.services import receiving

NAMESPACE = uuid.UUID("6b1d5a52-52a5-5f0e-9a0b-0d2d6f3c7f11")
WORKER_HAS_IT_SECONDS = 0.1
WORK_OF_IMAGES = 60
NOT_MADE = "Not every exam of the rule was made. / 규정된 검사 중 시행하지 않은 검사가 있습니다."
QUESTION = "A slice seems to be missing in this scan. Is it in your archive? / 빠진 영상이 PACS에 있습니까?"


@dataclass(frozen=True)
class Progress:
    """How far the loading is: people of all that were waiting, and the share of the work that is done."""

    people: int
    total: int
    share: float


def missing_members() -> list[Member]:
    """Those of the 522 without images that are not here yet."""
    drawn, here = {one.number for one in drawn_members()}, _known(Subject.objects.all())
    return [one for one in members() if one.number not in drawn and request_id(member_key(one)) not in here]


def waiting() -> list[Patient]:
    """Patients with images whose case has not come as far as the demo wants it."""
    sent = Subject.objects.exclude(case=None).exclude(case__state=Case.State.DRAFT)
    done = _known(sent) | _known(Subject.objects.filter(case__answers__isnull=False))
    return [patient for patient in patients() if request_id(patient.key) not in done]


def load() -> Iterator[Progress]:
    """Bring everybody who is not here, telling after each how far it is."""
    records, drawn = missing_members(), waiting()
    total, work = len(records) + len(drawn), len(records) + len(drawn) * WORK_OF_IMAGES
    if not total:
        return
    curators = itertools.cycle(User.objects.filter(role=Role.CURATOR).order_by("email"))
    staff = User.objects.filter(role=Role.RADIOLOGIST).select_related("site").order_by("-created_at")
    radiologists = {one.site.code: one for one in staff if one.site}
    for patient in drawn:
        create_subject(actor=radiologists[patient.site], request_id=request_id(patient.key))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, initializer=end_with, initargs=(os.getpid(),)) as pool:
        images = pool.map(files, drawn)
        for count, member in enumerate(records, start=1):
            enrol(member, radiologists[member.site], next(curators))
            yield Progress(count, total, count / work)
        for count, (patient, made) in enumerate(zip(drawn, images, strict=True), start=1):
            bring(patient, made, radiologists[patient.site], next(curators))
            yield Progress(len(records) + count, total, (len(records) + count * WORK_OF_IMAGES) / work)


def request_id(key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, key)


def _known(subjects: QuerySet[Subject]) -> set[uuid.UUID]:
    return set(subjects.values_list("request_id", flat=True))


@transaction.atomic
def enrol(member: Member, radiologist: User, curator: User) -> None:
    """One of the 522, whole or not at all: subject, exams as synthetic records, form, acceptance."""
    subject = create_subject(actor=radiologist, request_id=request_id(member_key(member)))
    records = [
        Record(one.kind, one.day, datetime.time(one.hour, 40), one.vendor, one.model, one.thickness)
        for one in member.exams
    ]
    record_synthetic(actor=radiologist, subject=subject, records=records)
    accept(subject, member.answers, radiologist, curator)


def bring(patient: Patient, images: list[bytes], radiologist: User, curator: User) -> None:
    """Send a patient's images, fill and submit the form, decide; as far as the stage says."""
    subject = create_subject(actor=radiologist, request_id=request_id(patient.key))
    send(radiologist, subject, images)
    case = draft(subject)
    if case.state != Case.State.DRAFT:
        return
    if patient.member:
        accept(subject, patient.member.answers, radiologist, curator)
    elif patient.course:
        fill(patient.course, patient.stage, case, radiologist, curator)


@transaction.atomic
def fill(course: Course, stage: Stage, case: Case, radiologist: User, curator: User) -> None:
    """Fill the form of a case on its way: half of it, all of it, sent, or sent back with a question."""
    told = answers(course, facts_of(case))
    if stage in (Stage.STARTED, Stage.IMAGED):
        told = dict(list(told.items())[: len(told) // 2])
    save(actor=radiologist, case=case, changes=told)
    if stage in (Stage.STARTED, Stage.IMAGED):
        return
    case = sign_and_send(case, radiologist)
    if stage == Stage.ASKED:
        subject = case.subject
        exam = subject.exams.filter(kind="CT").first()
        queries.open(actor=curator, case=case, text=QUESTION, exam=exam)
        seen = images_digest(Series.objects.filter(exam__subject=subject))
        review.send_back(actor=curator, code=subject.code, revision=case.revision, images=seen)


@transaction.atomic
def accept(subject: Subject, told: Mapping[str, str], radiologist: User, curator: User) -> None:
    """Fill, send and accept a case, by the services that people use."""
    case = draft(subject)
    save(actor=radiologist, case=case, changes=told)
    case = sign_and_send(case, radiologist)
    review.accept(
        actor=curator,
        code=subject.code,
        revision=case.revision,
        images=images_digest(Series.objects.filter(exam__subject=subject)),
        reason=NOT_MADE if review.missing_exams(case) else "",
    )


def sign_and_send(case: Case, radiologist: User) -> Case:
    """As the radiologist would; nobody is asked for a password of the demo."""
    put(actor=radiologist, case=case, revision=case_of(case.subject).revision)
    return submit(actor=radiologist, case=case)


def draft(subject: Subject) -> Case:
    """The subject's case, said to be synthetic where it is new."""
    case = case_of(subject)
    case.synthetic = True
    return case


def send(radiologist: User, subject: Subject, images: list[bytes]) -> None:
    """Upload and process here and now; a worker that is there may help."""
    if not images:
        return
    by_digest = {hashlib.sha256(data).hexdigest(): data for data in images}
    upload: Upload = receiving.start(
        actor=radiologist,
        subject=subject,
        files=[{"sha256": digest, "size": len(data)} for digest, data in by_digest.items()],
        stripped_by=ENGINE,
        client="demo",
    )
    for digest in receiving.missing(upload=upload):
        data = by_digest[digest]
        receiving.receive(
            actor=radiologist, upload=upload, sha256=digest, stream=io.BytesIO(data), length=len(data)
        )
    receiving.complete(actor=radiologist, upload_id=upload.pk)
    while Upload.objects.filter(pk=upload.pk, state=Upload.State.PROCESSING).exists():
        job = Job.objects.filter(upload=upload, state=Job.State.QUEUED).first()
        if job is None or not run(job_id=job.pk):
            time.sleep(WORKER_HAS_IT_SECONDS)
