"""What the registry does each time the sweep runs."""

import datetime

from registry import clock
from registry.models import Heartbeat
from registry.services import door

SWEEP = "sweep"


def beat() -> None:
    """Note that the sweep ran, and forget failed sign-ins that no longer count."""
    Heartbeat.objects.update_or_create(name=SWEEP, defaults={"at": clock.now()})
    door.forget()


def last_beat() -> datetime.datetime | None:
    """When the sweep last ran; None when it never did."""
    return Heartbeat.objects.filter(name=SWEEP).values_list("at", flat=True).first()


def seconds_since_beat() -> float | None:
    """How long ago the sweep last ran; None when it never did."""
    last = last_beat()
    return None if last is None else (clock.now() - last).total_seconds()
