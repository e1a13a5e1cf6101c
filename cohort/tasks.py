"""What Celery calls; the work is in the services."""

import structlog
from celery import shared_task

from cohort.services import digest, record_check

log = structlog.get_logger(__name__)


@shared_task(name="cohort.tasks.check_record")
def check_record() -> None:
    """Once a night: answers must be what their changes add up to."""
    found = record_check.check()
    if found:
        log.error("the record of answers does not hold", differences=len(found))


@shared_task(name="cohort.tasks.send_digest")
def send_digest() -> None:
    """Each morning: one mail to everybody for whom something waits."""
    digest.send_all()
