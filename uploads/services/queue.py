"""Telling the workers of a job.

The table of jobs is the truth: what is not told here is told by the sweep.
"""

import uuid
from collections.abc import Iterable

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from registry import clock
from registry.celery import app
from uploads.models import Job

log = structlog.get_logger(__name__)
TASK = "uploads.tasks.work"
CONNECT_SECONDS = 2
OPTIONS = {
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": CONNECT_SECONDS,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}


def send_on_commit(*jobs: uuid.UUID) -> None:
    """Send once the transaction is committed."""
    if jobs:
        transaction.on_commit(lambda: send(jobs))


def send(jobs: Iterable[uuid.UUID]) -> int:
    """Send messages; return how many went out. A queue that is down costs seconds and no error."""
    sent = 0
    options = {**app.conf.broker_transport_options, **OPTIONS}
    try:
        with app.connection_for_write(
            transport_options=options, connect_timeout=CONNECT_SECONDS
        ) as connection:
            connection.ensure_connection(
                max_retries=1, interval_start=0, interval_step=0, timeout=CONNECT_SECONDS
            )
            for job in jobs:
                app.send_task(TASK, args=[str(job)], connection=connection, retry=False, ignore_result=True)
                Job.objects.filter(pk=job).update(sent_at=clock.now())
                sent += 1
    except (OperationalError, RedisError, OSError) as error:
        log.warning("queue does not answer, the sweep will send", error=type(error).__name__)
    return sent
