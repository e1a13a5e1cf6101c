"""Leases: who works on a job. The table of jobs is the truth; the queue only carries it.

A job is taken by one conditional UPDATE. The holder renews while it works (see heartbeat) and proves that it
still holds before it writes anything that lasts. Whoever lost the lease writes nothing. Times are the
database's: the machines' own clocks need not agree.
"""

import time
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from registry import clock
from registry.models import Subject
from uploads.models import Job, Upload, UploadFile
from uploads.services import queue
from uploads.services.states import advance

log = structlog.get_logger(__name__)
MAX_CRASHES = 5
BACKOFF_SECONDS = 2
BACKOFF_CEILING = 60


class LostLease(Exception):
    """Another worker has the job by now, or it was ended."""


class Lease:
    """One worker's hold on one job."""

    def __init__(self, job: Job, owner: uuid.UUID) -> None:
        self.job = job
        self.owner = owner
        self.heard = time.monotonic()
        self._renewed = self.heard

    def _mine(self) -> Q:
        return Q(pk=self.job.pk, state=Job.State.RUNNING, lease_owner=self.owner)

    def renew(self, *, done: int | None = None, step: str | None = None) -> None:
        """Prolong when a third of the lease has passed or the step changes. Raises LostLease."""
        self.heard = time.monotonic()
        due = self.heard - self._renewed > settings.LEASE_SECONDS / 3
        if due or step not in (None, self.job.step) or _worth_telling(self.job, done):
            self.prove(done=done, step=step)

    def prove(self, *, done: int | None = None, step: str | None = None) -> None:
        """Prolong, at once. Raises LostLease."""
        if step is not None:
            self.job.step = step
        if done is not None:
            self.job.files_done = done
        self.prolong(step=self.job.step, files_done=self.job.files_done)
        self.heard = self._renewed = time.monotonic()

    def prolong(self, **changes: object) -> None:
        """A full lease from now on. Raises LostLease."""
        until = clock.now() + timedelta(seconds=settings.LEASE_SECONDS)
        if not Job.objects.filter(self._mine()).update(lease_until=until, **changes):
            raise LostLease

    def hold(self) -> Job:
        """Lock the upload's row and then the job's for the rest of the transaction. Raises LostLease.

        Everybody who locks an upload and its files takes the upload first.
        """
        Upload.objects.select_for_update().get(pk=self.job.upload_id)
        job = Job.objects.select_for_update().filter(self._mine()).first()
        if job is None:
            raise LostLease
        return job

    def finish(self, *, error: str = "", findings: list[dict[str, object]] | None = None) -> None:
        """End the job, inside the transaction that `hold` is part of; then the upload moves on."""
        changes: dict[str, object] = {} if findings is None else {"findings": findings}
        Job.objects.filter(self._mine()).update(
            **_ended(Job.State.DONE), error=error, step="", files_done=F("files_total"), **changes
        )
        advance(upload_id=self.job.upload_id)
        queue.send_on_commit(*_waiting_for(self.job))

    def set_aside(self) -> None:
        """Until a person has decided, inside the transaction that `hold` is part of; the upload moves on."""
        aside = {**_ended(Job.State.HELD), "finished_at": None}
        Job.objects.filter(self._mine()).update(**aside, error="", step="", not_before=None, crashes=0)
        advance(upload_id=self.job.upload_id)
        queue.send_on_commit(*_waiting_for(self.job))

    def put_back(self, *, error: str, crashed: bool = False) -> None:
        """Back into the queue, to be taken again after a pause that grows.

        Nothing happens when the lease is lost.
        """
        if crashed and self.job.crashes + 1 > MAX_CRASHES:
            give_up(job=self.job, held=self._mine())
            return
        pause = min(BACKOFF_CEILING, BACKOFF_SECONDS * 2 ** min(self.job.attempts, 10))
        Job.objects.filter(self._mine()).update(
            state=Job.State.QUEUED,
            lease_owner=None,
            lease_until=None,
            sent_at=None,
            not_before=clock.now() + timedelta(seconds=pause),
            crashes=F("crashes") + int(crashed),
            error=error,
        )


def _ended(state: str) -> dict[str, object]:
    return {"state": state, "lease_owner": None, "lease_until": None, "finished_at": clock.now()}


def _worth_telling(job: Job, done: int | None) -> bool:
    return done is not None and done - job.files_done >= max(1, job.files_total // 40)


def _waiting_for(job: Job) -> list[uuid.UUID]:
    """Queued jobs that could not be taken because `job` had their series."""
    if job.kind != Job.Kind.SERIES:
        return []
    same = Job.objects.filter(
        kind=job.kind, key=job.key, state=Job.State.QUEUED, upload__subject=job.upload.subject
    )
    return list(same.values_list("pk", flat=True))


def take(*, job_id: uuid.UUID) -> Lease | None:
    """Take a queued job.

    None when it is not to be had (taken, ended, too early, or its series is being worked on).
    """
    job = Job.objects.select_related("upload").filter(pk=job_id).first()
    if job is None or job.state != Job.State.QUEUED:
        return None
    owner, now = uuid.uuid4(), clock.now()
    with transaction.atomic():
        Subject.objects.select_for_update(no_key=True).get(pk=job.upload.subject_id)
        series_is_taken = Job.objects.filter(
            kind=Job.Kind.SERIES,
            key=job.key,
            state=Job.State.RUNNING,
            upload__subject_id=job.upload.subject_id,
        )
        if job.kind == Job.Kind.SERIES and series_is_taken.exists():
            return None
        free = Job.objects.filter(
            Q(not_before=None) | Q(not_before__lte=now), pk=job_id, state=Job.State.QUEUED
        )
        taken = free.update(
            state=Job.State.RUNNING,
            lease_owner=owner,
            lease_until=now + timedelta(seconds=settings.LEASE_SECONDS),
            attempts=F("attempts") + 1,
            files_done=0,
            not_before=None,
            error="",
        )
    if not taken:
        return None
    return Lease(Job.objects.select_related("upload__subject").get(pk=job_id), owner)


@transaction.atomic
def give_up(*, job: Job, held: Q) -> bool:
    """End a job that keeps crashing its workers, if it is still `held` so.

    Its files without an answer are refused as `not_processed`; their staged bytes stay for another try.
    """
    changes = {**_ended(Job.State.FAILED), "crashes": F("crashes") + 1, "error": "worker_crashed"}
    if not Job.objects.filter(held).update(**changes):
        return False
    files = UploadFile.objects.filter(upload=job.upload_id, verdict="")
    if job.kind == Job.Kind.SERIES:
        files = files.filter(job=job)
    files.update(verdict=UploadFile.Verdict.REFUSED, code="not_processed")
    advance(upload_id=job.upload_id)
    log.error("job given up", job=str(job.pk), kind=job.kind, attempts=job.attempts)
    return True


def put_back_lost() -> int:
    """Put back every job whose lease ran out; return how many."""
    count = 0
    now = clock.now()
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now):
        lost = Q(pk=job.pk, state=Job.State.RUNNING, lease_owner=job.lease_owner, lease_until__lt=now)
        if job.crashes + 1 > MAX_CRASHES:
            count += give_up(job=job, held=lost)
            continue
        count += Job.objects.filter(lost).update(
            state=Job.State.QUEUED,
            lease_owner=None,
            lease_until=None,
            sent_at=None,
            crashes=F("crashes") + 1,
            error="worker_lost",
        )
    return count


def unheard(*, older_than: timedelta, limit: int = 100) -> list[uuid.UUID]:
    """Queued jobs that may be taken now and of which the queue was not told, or too long ago."""
    now = clock.now()
    jobs = Job.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        Q(sent_at=None) | Q(sent_at__lt=now - older_than),
        state=Job.State.QUEUED,
    )
    return list(jobs.order_by("created_at").values_list("pk", flat=True)[:limit])


def unfinished_uploads() -> list[uuid.UUID]:
    """Uploads in processing without a job that could bring them on."""
    waiting = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).values("upload_id")
    uploads = Upload.objects.filter(state=Upload.State.PROCESSING).exclude(pk__in=waiting)
    return list(uploads.values_list("pk", flat=True))
