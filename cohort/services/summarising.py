"""The summary as one person may see it."""

from dataclasses import dataclass
from typing import Any

from cohort.models import Case
from cohort.selectors_people import people, progress_counts
from cohort.summary import Summary, summarise
from cohort.summary.small_cells import LIMIT, hide
from cohort.summary.summarise import as_data
from registry.errors import Problem
from registry.models import Role, User

SENT = (Case.State.SUBMITTED, Case.State.RETURNED, Case.State.ACCEPTED)


@dataclass(frozen=True)
class View:
    """`states` counts cases by state; `hidden` says that small cells are hidden."""

    summary: Summary
    states: dict[str, int]
    hidden: bool

    @property
    def accepted(self) -> int:
        return self.summary.cohort

    @property
    def submitted(self) -> int:
        """Cases that were sent to the task force, whatever became of them."""
        return sum(self.states[state] for state in SENT)

    def as_data(self) -> dict[str, Any]:
        """The summary with what it counts, as plain JSON."""
        return {
            "schema": "kicc-summary/1",
            "counts": {"accepted": self.accepted, "submitted": self.submitted},
            "small_cells": {"hidden": self.hidden, "below": LIMIT if self.hidden else None},
            **as_data(self.summary),
        }


def whole() -> View:
    """The summary of every accepted case, nothing hidden."""
    return View(summarise(list(people())), progress_counts(), False)


def seen_by(user: User) -> View:
    """The summary as `user` may see it: researchers see no small cells. Raises Problem."""
    if not user.sees_summary:
        raise Problem("not_allowed")
    view = whole()
    return View(hide(view.summary), view.states, True) if user.role == Role.RESEARCHER else view
