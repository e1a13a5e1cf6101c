"""Running jobs: what ends well, what is tried again, what is given up."""

import logging
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError

from imaging.services.recording import Withdrawn
from uploads.models import Job
from uploads.pipeline.series import store_series
from uploads.pipeline.sorting import sort
from uploads.services import holds, leases, queue, staging, sweeping, unclaimed
from uploads.services.heartbeat import beating
from uploads.services.states import advance
from vault import KeyFailure, StoreError

log = structlog.get_logger(__name__)
KINDS = {Job.Kind.SORT: sort, Job.Kind.SERIES: store_series}
UNHEARD_SWEEPS = 4
ABANDONED_DAYS = 30
PATIENCE = 10
"""Attempts for which a store that does not answer is a warning; then, as when a person must act, an error."""


def run(*, job_id: uuid.UUID) -> bool:
    """Take the job and do it; False when it was not to be had. Never raises for what the job met."""
    lease = leases.take(job_id=job_id)
    if lease is None:
        return False
    job = lease.job
    try:
        with quiet(), beating(lease):
            KINDS[Job.Kind(job.kind)](lease)
    except leases.LostLease:
        log.warning("lease lost", job=str(job.pk))
    except (StoreError, KeyFailure) as error:
        passing = isinstance(error, StoreError) and error.retryable and job.attempts < PATIENCE
        tell = log.warning if passing else log.error
        tell("job waits for the store", job=str(job.pk), code=error.code, attempt=job.attempts)
        lease.put_back(error=f"store_{error.code}")
    except Withdrawn:
        lease.put_back(error="withdrawn")
    except (OperationalError, InterfaceError):
        log.exception("job waits for the database", job=str(job.pk))
        lease.put_back(error="database")
    except Exception:
        log.exception("job failed", job=str(job.pk), kind=job.kind, step=job.step)
        lease.put_back(error="internal", crashed=True)
    else:
        tidy()
    return True


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pydicom from telling its log and our standard error what a file holds."""
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def tidy() -> None:
    """Delete staged bytes and objects that nobody needs.

    What the store refuses now is deleted by a later sweep.
    """
    try:
        staging.clear()
        unclaimed.clear()
    except StoreError as error:
        log.warning("tidying waits for the store", code=error.code)


def sweep() -> dict[str, int]:
    """Put back what was lost, move on what is finished, tell the queue of what it forgot, tidy up."""
    lost = leases.put_back_lost()
    uploads = leases.unfinished_uploads()
    for upload_id in uploads:
        advance(upload_id=upload_id)
    unheard = leases.unheard(older_than=timedelta(seconds=UNHEARD_SWEEPS * settings.SWEEP_SECONDS))
    sent = queue.send(unheard) if unheard else 0
    tidy()
    return {"put_back": lost, "advanced": len(uploads), "sent": sent}


def clean() -> None:
    """End what nobody decided, and delete what was abandoned in staging; when the store does not answer, the
    next day will do.
    """
    expired = holds.expire()
    try:
        staging.clear()
        gone = sweeping.sweep(days=ABANDONED_DAYS)
    except StoreError as error:
        log.error("staging was not cleaned", code=error.code)
    else:
        counts = {"uploads": len(gone.expired), "files": gone.files, "unknown": gone.unknown}
        log.info("staging cleaned", holds=expired, **counts)
