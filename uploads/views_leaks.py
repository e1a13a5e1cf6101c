"""Pages of leak alarms: a list for sites and curators, counts for the administrator."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry.models import Role
from uploads.selectors_leaks import alarms_of, scanners, shown

PAGE = 25
PERIODS = {
    "7": _("7 days"),
    "30": _("30 days"),
    "365": _("1 year"),
    "all": _("All"),
}


@require_safe
def leaks(request: HttpRequest) -> HttpResponse:
    """Alarms that the person may see, newest first: which elements, which scanner, what became of it."""
    if not (request.user.at_site or request.user.sees_every_site):
        raise PermissionDenied
    part = Paginator(alarms_of(user=request.user), PAGE).get_page(request.GET.get("page"))
    context = {"page": "leaks", "list": part, "alarms": shown(part.object_list)}
    return render(request, "uploads/leaks.html", context)


@require_safe
def leak_counts(request: HttpRequest) -> HttpResponse:
    """For the administrator: how often, by site and scanner, in a stretch of time. Names no subject."""
    if request.user.role != Role.ADMIN:
        raise PermissionDenied
    chosen = request.GET.get("days", "30")
    chosen = chosen if chosen in PERIODS else "30"
    rows = scanners(since=None if chosen == "all" else timezone.now() - timedelta(days=int(chosen)))
    context = {
        "page": "system",
        "rows": rows,
        "alarms": sum(row.alarms for row in rows),
        "sites": len({row.site.pk for row in rows}),
        "periods": list(PERIODS.items()),
        "chosen": chosen,
    }
    return render(request, "uploads/leak_counts.html", context)
