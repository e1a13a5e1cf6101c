"""Which errors are one file's own, and which are not."""

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError

from deid import Refused
from deid.pixels import DetectorMissing, RuleError, Unmaskable
from imaging import pixels
from uploads.pipeline.looking import TextFound
from uploads.pipeline.work import Leak
from uploads.services import staging
from uploads.services.leases import Lease, LostLease
from vault import KeyFailure, StoreError

log = structlog.get_logger(__name__)
OTHERS = (
    Leak,
    TextFound,
    DetectorMissing,
    RuleError,
    LostLease,
    StoreError,
    KeyFailure,
    DatabaseError,
    SoftTimeLimitExceeded,
)


def refusal(error: Exception, lease: Lease) -> tuple[str, str]:
    """Code and place for the one file that met the error; one that is no file's fault is raised again.

    A file that is gone counts only while the lease is ours: another worker may have had its answer and
    deleted it.
    """
    if isinstance(error, OTHERS):
        raise error
    if isinstance(error, Refused):
        return error.code, error.where
    if isinstance(error, staging.Lost):
        lease.prove()
        return "bytes_lost", ""
    if isinstance(error, pixels.Undecodable):
        return "pixels_do_not_decode", ""
    if isinstance(error, Unmaskable):
        return "not_masked", ""
    log.error("file refused", job=str(lease.job.pk), step=lease.job.step, error=type(error).__name__)
    return "odd_file", ""
