"""The first job of an upload: look at every header, refuse what does not belong, make one job per series."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from pydicom.dataset import Dataset

from deid.reading import header
from imaging.selectors import stored_sources
from imaging.validation import Facts, facts, refusal
from registry.models import AuditEvent
from registry.services import audit
from registry.services.subjects import subject_key
from uploads.models import Job, UploadFile
from uploads.pipeline import faults
from uploads.pipeline.answers import Answers, Verdict
from uploads.services import queue, staging
from uploads.services.keys import series_key
from uploads.services.leases import Lease


@dataclass
class Looked:
    """A file that belongs. `patient` is compared and forgotten, never kept."""

    file: UploadFile
    facts: Facts
    patient: str


def sort(lease: Lease) -> None:
    """Run a sort job under its lease. StoreError, LostLease."""
    upload, answers = lease.job.upload, Answers()
    looked = _look(lease, answers)
    series = _by_series(looked, answers, claims_stripped=bool(upload.stripped_by))
    with transaction.atomic():
        lease.hold()
        jobs = _make_jobs(lease.job, series)
        answers.write()
        lease.finish()
        queue.send_on_commit(*(job.pk for job in jobs))
        if refused := answers.counts(Verdict.REFUSED):
            audit.record(
                verb=AuditEvent.Verb.FILE_REFUSED,
                subject_code=upload.subject.code,
                target=str(upload.pk),
                detail={"codes": refused},
            )


def _look(lease: Lease, answers: Answers) -> list[Looked]:
    upload = lease.job.upload
    key = subject_key(upload.subject)
    files = list(upload.files.filter(verdict="", job=None))
    stored = stored_sources(subject=upload.subject, digests=[file.sha256 for file in files])
    looked = []
    for number, file in enumerate(files):
        lease.renew(done=number, step="sorting")
        if file.sha256 in stored:
            answers.give(file, Verdict.DUPLICATE, "already_stored")
            continue
        try:
            seen, patient = _header(file, key)
        except Exception as error:
            answers.refuse(file, *faults.refusal(error, lease))
            continue
        if code := refusal(seen):
            answers.refuse(file, code)
        else:
            file.position_mm, file.number = seen.position, seen.number
            looked.append(Looked(file, seen, patient))
    return looked


def _header(file: UploadFile, key: bytes) -> tuple[Facts, str]:
    dataset = header(staging.read(file=file, subject_key=key))
    return facts(dataset), _patient(dataset)


def _patient(dataset: Dataset) -> str:
    number = str(dataset.get("PatientID") or "").strip()
    return (
        f"{number}\0{str(dataset.get('IssuerOfPatientID') or '').strip()}"
        if number
        else str(dataset.get("PatientName") or "").strip()
    )


def _by_series(
    looked: Sequence[Looked], answers: Answers, *, claims_stripped: bool
) -> dict[str, list[UploadFile]]:
    """Series key → its files; an upload of several patients, a series of several studies are refused whole.

    Where the upload claims to be stripped, a patient who is not this subject is a leak; the series job tells.
    """
    if not claims_stripped and len({item.patient for item in looked if item.patient}) > 1:
        answers.give_all([item.file for item in looked], Verdict.REFUSED, "several_patients")
        return {}
    groups: dict[str, list[Looked]] = defaultdict(list)
    for item in looked:
        groups[series_key(item.facts.series_uid)].append(item)
    kept = {}
    for key, items in groups.items():
        files = [item.file for item in items]
        if not claims_stripped and len({item.patient for item in items}) > 1:
            answers.give_all(files, Verdict.REFUSED, "mixed_patients")
        elif len({(item.facts.study_uid, item.facts.kind) for item in items}) > 1:
            answers.give_all(files, Verdict.REFUSED, "mixed_studies")
        else:
            kept[key] = files
    return kept


def _make_jobs(sort_job: Job, series: dict[str, list[UploadFile]]) -> list[Job]:
    jobs = []
    for key, files in series.items():
        job = Job.objects.create(
            upload=sort_job.upload, kind=Job.Kind.SERIES, key=key, files_total=len(files)
        )
        for file in files:
            file.job = job
        UploadFile.objects.bulk_update(files, ["job", "position_mm", "number"], batch_size=500)
        jobs.append(job)
    return jobs
