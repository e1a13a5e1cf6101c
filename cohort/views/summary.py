"""The cohort page: Table 1, imaging, figures, and how many cases they rest on."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohort.models import Case
from cohort.services.summarising import seen_by
from cohort.summary.small_cells import LIMIT
from cohort.summary.table import figures, further, imaging, notes, table1


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    if not request.user.sees_summary:
        raise PermissionDenied
    view = seen_by(request.user)
    tables = [table1(view.summary), further(view.summary), imaging(view.summary)]
    context = {
        "page": "cohort",
        "view": view,
        "limit": LIMIT,
        "table1": tables[0],
        "further": tables[1],
        "imaging": tables[2],
        "notes": [notes(groups) for groups in tables],
        "figures": figures(view.summary),
        "states": [(state, label, view.states[state.value]) for state, label in _states()],
    }
    return render(request, "cohort/summary.html", context)


def _states() -> list[tuple[Case.State, str]]:
    """Where cases stand, in the words of who counts them."""
    return [
        (Case.State.DRAFT, _("not yet sent")),
        (Case.State.SUBMITTED, _("waiting for review")),
        (Case.State.RETURNED, _("returned to their site")),
        (Case.State.ACCEPTED, _("accepted")),
    ]
