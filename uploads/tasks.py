"""What Celery calls; the work is in uploads.pipeline."""

import uuid

from celery import shared_task

from registry.services import upkeep
from uploads.pipeline import run


@shared_task(name="uploads.tasks.work")
def work(job_id: str) -> None:
    """Do one job."""
    run.run(job_id=uuid.UUID(job_id))


@shared_task(name="uploads.tasks.sweep")
def sweep() -> None:
    """Find what a lost queue or a killed worker left behind."""
    run.sweep()
    upkeep.beat()


@shared_task(name="uploads.tasks.clean")
def clean() -> None:
    """Once a day: delete what was abandoned in staging."""
    run.clean()
