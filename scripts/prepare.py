"""`make demo-data`, and the first part of `make run`: database, demo accounts, demo cohort.

Runs in the environment of .venv. Each step does only what is missing, so a second run is quick.
"""

import fcntl
import os
import signal
from types import FrameType

from scripts.say import Progress


def main() -> None:
    signal.signal(signal.SIGTERM, end_all)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.embedded")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    lock = os.open(settings.VAR, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        step = Progress("[1/3] Database")
        call_command("migrate", verbosity=0, interactive=False)
        step.done()
        step = Progress("[2/3] Demo accounts")
        call_command("demo_accounts")
        step.done()
        load_cohort(Progress("[3/3] Demo cohort (the first time one or two minutes)"))
    finally:
        os.close(lock)


def load_cohort(step: Progress) -> None:
    """Bring the demo's people who are not there yet."""
    from demo.loading import load

    for done in load():
        step.update(done.share)
    step.done()


def end_all(number: int, frame: FrameType | None) -> None:
    """End this process, and with it what it started when it leads a group of its own."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
