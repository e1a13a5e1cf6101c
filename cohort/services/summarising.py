"""The summary as one person may see it, of everybody or of those that filters leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cohort import (
    dictionary,
    review_problems,  # noqa: F401 - registers its codes
)
from cohort.models import Case
from cohort.selectors_people import people, progress_counts
from cohort.summary import Person, Summary, summarise
from cohort.summary.filters import Chosen, Filter, NotAFilter, choose, filters
from cohort.summary.means import MEANS
from cohort.summary.missing import Gap, gaps
from cohort.summary.shares import SHARES
from cohort.summary.small_cells import LIMIT, hide, small
from cohort.summary.specs import Mean, Share, counted
from cohort.summary.summarise import as_data
from registry.errors import Problem
from registry.models import Role, Site, User

SENT = (Case.State.SUBMITTED, Case.State.RETURNED, Case.State.ACCEPTED)
LISTED = 20


@dataclass(frozen=True)
class View:
    """`states` counts cases by state; `hidden` says that small cells are hidden.

    `everybody` counts accepted cases before `chosen` narrowed them; `filters` are those that this person may
    use.
    """

    summary: Summary
    states: dict[str, int]
    hidden: bool
    everybody: int
    gaps: list[Gap] = field(default_factory=list)
    filters: dict[str, Filter] = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen)

    @property
    def accepted(self) -> int:
        return self.everybody

    @property
    def submitted(self) -> int:
        """Cases that were sent to the task force, whatever became of them."""
        return sum(self.states[state] for state in SENT)

    def as_data(self) -> dict[str, Any]:
        """The summary with what it counts, as plain JSON."""
        return {
            "schema": "kicc-summary/1",
            "counts": {"accepted": self.accepted, "submitted": self.submitted},
            "filters": self.chosen.query,
            "small_cells": {"hidden": self.hidden, "below": LIMIT if self.hidden else None},
            **as_data(self.summary),
        }


@dataclass(frozen=True)
class Behind:
    """The people whom a row counts: code, site code, and how often they count or their value."""

    row: Share | Mean
    people: list[tuple[str, str, float]]
    chosen: Chosen


def behind(user: User, name: str, asked: Mapping[str, str] | None = None) -> Behind:
    """Who is behind a number of the table, for those who may open every case. Raises Problem."""
    if not (user.sees_summary and user.sees_every_site):
        raise Problem("not_allowed")
    row = next((row for row in (*SHARES, *MEANS) if row.id == name), None)
    if row is None:
        raise Problem("not_found")
    left, _everybody, _known, chosen = _narrowed(asked or {})
    found = [(person.code, person.site, _counts(row, person)) for person in left]
    return Behind(row, [(code, site, n) for code, site, n in found if n is not None], chosen)


def _counts(row: Share | Mean, person: Person) -> float | None:
    return counted(row, person) or None if isinstance(row, Share) else row.value(person)


def whole(asked: Mapping[str, str] | None = None) -> View:
    """The summary of every accepted case that the filters leave, nothing hidden. Problem `bad_filter…`."""
    left, everybody, known, chosen = _narrowed(asked or {})
    return View(
        summarise(left, narrowed=bool(chosen)),
        progress_counts(),
        False,
        everybody,
        gaps(dictionary.get(), left),
        known,
        chosen,
    )


def _narrowed(asked: Mapping[str, str]) -> tuple[list[Person], int, dict[str, Filter], Chosen]:
    """The people whom the filters leave, of how many, all filters, and those chosen."""
    known = filters((site.code, site.label) for site in Site.objects.all())
    try:
        chosen = choose(known, asked)
    except NotAFilter as error:
        listed = ", ".join(error.known[:LISTED]) + (", …" if len(error.known) > LISTED else "")
        if error.name:
            raise Problem("bad_filter_value", name=error.name, values=listed) from None
        raise Problem("bad_filter", names=listed) from None
    everybody = list(people())
    return [person for person in everybody if chosen.keeps(person)], len(everybody), known, chosen


def seen_by(user: User, asked: Mapping[str, str] | None = None) -> View:
    """The summary as `user` may see it. Raises Problem.

    Researchers see no small cells and may not filter: the difference of two tables would tell what each
    hides.
    """
    if not user.sees_summary:
        raise Problem("not_allowed")
    if user.role != Role.RESEARCHER:
        return whole(asked)
    if any((asked or {}).values()):
        raise Problem("filters_tell_small_cells")
    view = whole()
    return View(
        hide(view.summary),
        view.states,
        True,
        view.everybody,
        [gap for gap in view.gaps if _is_safe(gap, view.everybody)],
    )


def _is_safe(gap: Gap, everybody: int) -> bool:
    """Whether none of the gap's numbers, and nothing that they leave, is a small cell."""
    return not any(small(n) for n in (gap.known, gap.lacking, gap.asked, everybody - gap.asked))
