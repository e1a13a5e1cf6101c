"""What a row of the table of addresses is, and who the people in it are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cohort.visible_world import Patient

HOME = frozenset({"site", "coordinator"})
SITES = HOME | {"other"}
READERS = HOME | {"curator", "lead"}
SEVERAL = SITES | {"curator", "lead"}
CURATORS = frozenset({"curator"})
COUNTERS = frozenset({"curator", "lead", "researcher"})
TAKERS = frozenset({"lead", "researcher"})
SIGNED_IN = SITES | COUNTERS | {"admin"}
ANYBODY = SIGNED_IN | {"nobody"}


@dataclass(frozen=True)
class Call:
    """A request; `through` gets an answer that is neither "sign in" nor "not yours".

    `asked_by` spares the addresses that wait for other services; `may_be_down` lets 503 be an answer.
    """

    through: frozenset[str]
    method: str = "get"
    of: Callable[[Patient], list[Any]] = lambda patient: []
    body: Callable[[Patient], dict[str, Any]] = lambda patient: {}
    sends: str = "form"
    asked_by: frozenset[str] = ANYBODY
    may_be_down: bool = False
