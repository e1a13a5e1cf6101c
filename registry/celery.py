"""Celery application: `celery -A registry worker`, `celery -A registry beat`."""

import ctypes
import os
import signal
import sys

from celery import Celery
from celery.signals import setup_logging, worker_process_init

PR_SET_PDEATHSIG = 1

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.embedded")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep the logging that Django configured."""


@worker_process_init.connect
def end_with_the_worker(**_: object) -> None:
    """A process of the pool does not outlive a killed worker; its lease puts back what it had."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
