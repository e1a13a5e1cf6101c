"""What Celery calls; the work is in uploads.pipeline."""

import uuid

from celery import shared_task
from django.conf import settings

from registry.services import upkeep
from uploads.pipeline import run


@shared_task(name="uploads.tasks.work")
def work(job_id: str) -> None:
    """Do one job."""
    run.run(job_id=uuid.UUID(job_id))


@shared_task(name="uploads.tasks.sweep")
def sweep() -> None:
    """Find what a lost queue or a killed worker left behind.

    Of the messages that piled up while no worker was there, one is enough. They do not expire by their time:
    a worker whose clock is ahead would take none of them.
    """
    since = upkeep.seconds_since_beat()
    if since is not None and 0 <= since < settings.SWEEP_SECONDS / 2:
        return
    run.sweep()
    upkeep.beat()


@shared_task(name="uploads.tasks.clean")
def clean() -> None:
    """Once a day: delete what was abandoned in staging."""
    run.clean()
