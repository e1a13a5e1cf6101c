"""Bringing the demo's patients through the same services that people use; what is there already stays."""

import hashlib
import io
import multiprocessing
import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from cohort.images import images_digest
from cohort.models import Case
from cohort.services import queries, review
from cohort.services.answers import case_of, facts_of, save
from cohort.services.submission import submit
from deid import ENGINE
from demo.answers import answers
from demo.images import end_with, files
from demo.patients import PATIENTS, Patient, Stage
from imaging.models import Series
from registry.models import Role, Subject, User
from registry.services.subjects import create_subject
from uploads.models import Job, Upload
from uploads.pipeline.run import run
from uploads.services import receiving

NAMESPACE = uuid.UUID("6b1d5a52-52a5-5f0e-9a0b-0d2d6f3c7f11")
WORKER_HAS_IT_SECONDS = 0.1
QUESTION = "A slice seems to be missing in this scan. Is it in your archive? / 빠진 영상이 PACS에 있습니까?"


def waiting() -> list[Patient]:
    """Patients whose case has not come as far as the demo wants it."""
    done = set(
        Case.objects.exclude(state=Case.State.DRAFT).values_list("subject__request_id", flat=True)
    ) | set(Subject.objects.filter(case__answers__isnull=False).values_list("request_id", flat=True))
    return [patient for patient in PATIENTS if request_id(patient) not in done]


def load() -> Iterator[Patient]:
    """Bring every waiting patient, yielding each when it is there."""
    patients = waiting()
    if not patients:
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, initializer=end_with, initargs=(os.getpid(),)) as pool:
        for patient, images in zip(patients, pool.map(files, patients), strict=True):
            bring(patient, images)
            yield patient


def request_id(patient: Patient) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, str(patient.number))


def bring(patient: Patient, images: list[bytes]) -> None:
    """Make the subject, send its images, fill and submit its form, decide; as far as the stage says."""
    radiologist = User.objects.get(role=Role.RADIOLOGIST, site__code=patient.site)
    curator = User.objects.filter(role=Role.CURATOR).earliest("created_at")
    subject = create_subject(actor=radiologist, request_id=request_id(patient))
    send(radiologist, subject, images)
    case = case_of(subject)
    if case.state != Case.State.DRAFT:
        return
    told = answers(patient.course, facts_of(case))
    if patient.stage in (Stage.STARTED, Stage.IMAGED):
        told = dict(list(told.items())[: len(told) // 2])
    save(actor=radiologist, case=case, changes=told)
    if patient.stage in (Stage.STARTED, Stage.IMAGED):
        return
    case = submit(actor=radiologist, case=case)
    seen = images_digest(Series.objects.filter(exam__subject=subject))
    if patient.stage == Stage.ASKED:
        exam = subject.exams.filter(kind="CT").first()
        queries.open(actor=curator, case=case, text=QUESTION, exam=exam)
        review.send_back(actor=curator, code=subject.code, revision=case.revision, images=seen)
    elif patient.stage == Stage.ACCEPTED:
        review.accept(actor=curator, code=subject.code, revision=case.revision, images=seen)


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
