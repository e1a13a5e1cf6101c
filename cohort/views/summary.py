"""The cohort page: Table 1 and the others, figures, what is missing, and published tables beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohort import dictionary, references
from cohort.models import Case
from cohort.services.summarising import View, seen_by
from cohort.summary import missing
from cohort.summary.beside import Pair, beside
from cohort.summary.figures import figures
from cohort.summary.paper import PAPER, disagreements
from cohort.summary.small_cells import LIMIT
from cohort.summary.table import deaths, further, imaging, notes, table1
from cohort.wording import language
from registry.models import Site


@dataclass(frozen=True)
class Beside:
    """A published table of `people` (0 where each row has its own number) beside the cohort.

    `same` of its `pairs` are equal.
    """

    title: str
    source: str
    people: int
    pairs: list[Pair]

    @property
    def same(self) -> int:
        return sum(pair.same for pair in self.pairs)

    @property
    def others(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.same]


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    if not request.user.sees_summary:
        raise PermissionDenied
    view = seen_by(request.user, request.GET.dict())
    sites = {site.code: site.label for site in Site.objects.all()}
    choices = dictionary.get().items["residence"].choices
    homes = {choice.code: choice.label.of(language()) for choice in choices}
    context = {
        "page": "cohort",
        "view": view,
        "clickable": request.user.sees_every_site,
        "query": urlencode(view.chosen.query),
        "limit": LIMIT,
        "tables": _tables(view),
        "figures": figures(view.summary, sites, homes),
        "states": [(state, label, view.states[state.value]) for state, label in _states()],
        "filters": [(one, view.chosen.groups.get(one.name)) for one in view.filters.values()],
        "gaps": _gaps(view),
        "disagreements": disagreements(),
        "paper": _beside(view, PAPER),
        "beside": [_beside(view, name) for name in references.names() if name != PAPER],
    }
    return render(request, "cohort/summary.html", context)


def _tables(view: View) -> list[dict[str, Any]]:
    made = (
        (_("Table 1. Patients"), table1(view.summary)),
        (_("Table 2. Images"), imaging(view.summary)),
        (_("Table 3. Deaths"), deaths(view.summary)),
        (_("Table 4. Further counts"), further(view.summary)),
    )
    return [{"caption": caption, "groups": groups, "notes": notes(groups)} for caption, groups in made]


def _beside(view: View, name: str) -> Beside:
    known = references.get(name)
    return Beside(known.title.of(language()), known.source, known.people, beside(view.summary, known))


def _gaps(view: View) -> list[dict[str, Any]]:
    """What is missing, in words; researchers are not told the reasons, which may be few."""
    words: dict[str, Promise | str] = {
        missing.NOT_DONE: _("not done"),
        missing.NOT_RECORDED: _("not recorded"),
        missing.UNKNOWN: _("unknown"),
        missing.NO_ANSWER: _("no answer"),
    }
    return [
        {
            "label": gap.item.label.of(language()),
            "known": gap.known,
            "asked": gap.asked,
            "lacking": gap.lacking,
            "why": ", ".join(
                _("%(n)d %(what)s") % {"n": n, "what": words[reason]} for reason, n in gap.reasons.items()
            )
            if not view.hidden
            else "",
        }
        for gap in view.gaps
    ]


def _states() -> list[tuple[Case.State, str]]:
    """Where cases stand, in the words of who counts them."""
    return [
        (Case.State.DRAFT, _("not yet sent")),
        (Case.State.SUBMITTED, _("waiting for review")),
        (Case.State.RETURNED, _("returned to their site")),
        (Case.State.ACCEPTED, _("accepted")),
    ]
