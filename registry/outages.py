"""Which errors mean that something the registry stands on does not answer, so that trying again helps."""

from django.db import InterfaceError, OperationalError

from registry.errors import Problem
from registry.vaults import StoreError


def problem_of(error: BaseException | None) -> Problem | None:
    """What to tell the sender; None when the error is no outage."""
    if isinstance(error, StoreError):
        return Problem("store_down")
    if isinstance(error, (OperationalError, InterfaceError)):
        return Problem("database_down")
    return None
