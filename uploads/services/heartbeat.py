"""Renewing a lease while a single step takes long, from a thread with a database connection of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from uploads.services.leases import Lease, LostLease

log = structlog.get_logger(__name__)
LONGEST_STEP_SECONDS = 900.0
"""A worker that says nothing for longer hangs; its lease is let go."""


@contextmanager
def beating(lease: Lease) -> Iterator[None]:
    """Renew while the block runs. Nothing is raised here: who has lost the lease learns it from the lease."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(lease, stop), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(lease: Lease, stop: threading.Event) -> None:
    try:
        while not stop.wait(settings.LEASE_SECONDS / 3):
            if time.monotonic() - lease.heard > LONGEST_STEP_SECONDS:
                log.error("a step takes too long, the lease is let go", job=str(lease.job.pk))
                return
            try:
                lease.prolong()
            except LostLease:
                return
            except DatabaseError as error:
                log.warning("heartbeat missed", job=str(lease.job.pk), error=type(error).__name__)
                connections.close_all()
    finally:
        connections.close_all()
