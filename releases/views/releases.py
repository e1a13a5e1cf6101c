"""Pages of the releases: the list, one of them, and how two differ."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort.models import Case
from cohort.summary import Summary, summarise
from cohort.summary.small_cells import LIMIT, hide
from cohort.summary.table import deaths, further, imaging, notes, table1
from registry.errors import Problem
from registry.models import Role
from releases.contributors import contributors
from releases.difference import Difference, difference
from releases.models import Release
from releases.selectors import Held, sites_of, withdrawn
from releases.services import freezing


@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest) -> HttpResponse:
    """All releases; a lead makes the next one."""
    if not request.user.sees_summary:
        raise PermissionDenied
    problem, title = None, ""
    if request.method == "POST":
        title = request.POST.get("title", "")
        try:
            made = freezing.make(actor=request.user, title=title)
            return redirect("release", made.number)
        except Problem as error:
            if error.code == "not_allowed":
                raise PermissionDenied from None
            problem = error
    found = list(Release.objects.visible_to(request.user).select_related("made_by").defer("frame"))
    context = {
        "page": "releases",
        "releases": [(one, len(withdrawn(one))) for one in found],
        "accepted": Case.objects.filter(state=Case.State.ACCEPTED).count(),
        "makes": request.user.role == Role.LEAD,
        "problem": problem,
        "title": title,
        "limit": freezing.TITLE_LENGTH,
    }
    return render(request, "releases/releases.html", context, status=problem.status if problem else 200)


@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """What one release holds, its tables with its digest, its contributors, and who withdrew since."""
    held = found(request, number)
    records = list(held.records())
    summary = summarise([record.person for record in records])
    hidden = request.user.role == Role.RESEARCHER
    gone = withdrawn(held.release)
    context = {
        "page": "releases",
        "release": held.release,
        "software": sorted(held.frame["software"].items()),
        "sites": sites_of(held.release),
        "tables": tables(hide(summary) if hidden else summary),
        "hidden": hidden,
        "limit": LIMIT,
        "withdrawn": [(one, not hidden) for one in gone],
        "contributors": contributors(record.data["work"] for record in records),
        "others": _others(request, held.release) if request.user.sees_every_site else [],
    }
    return render(request, "releases/release.html", context)


@require_safe
def changes(request: HttpRequest, number: int, before: int) -> HttpResponse:
    """Which numbers moved from release `before` to `number`, and which cases moved them."""
    old, new, told = compared(request, number, before)
    context = {"page": "releases", "old": old.release, "new": new.release, "told": told}
    return render(request, "releases/changes.html", context)


def compared(request: HttpRequest, number: int, before: int) -> tuple[Held, Held, Difference]:
    """Both releases and their difference, for those who may see every case. Raises Problem same_release."""
    if not (request.user.sees_summary and request.user.sees_every_site):
        raise PermissionDenied
    if number == before:
        raise Problem("same_release")
    old, new = found(request, before), found(request, number)
    return old, new, difference(list(old.records()), list(new.records()))


def found(request: HttpRequest, number: int) -> Held:
    """The release, if this person may see it; otherwise 403 for whom none is, 404."""
    if not request.user.sees_summary:
        raise PermissionDenied
    visible = Release.objects.visible_to(request.user).select_related("made_by")
    return Held(get_object_or_404(visible, number=number))


def tables(summary: Summary) -> list[dict[str, Any]]:
    made = (
        (_("Table 1. Patients"), table1(summary)),
        (_("Table 2. Images"), imaging(summary)),
        (_("Table 3. Deaths"), deaths(summary)),
        (_("Table 4. Further counts"), further(summary)),
    )
    return [{"caption": caption, "groups": groups, "notes": notes(groups)} for caption, groups in made]


def _others(request: HttpRequest, release: Release) -> list[Release]:
    visible = Release.objects.visible_to(request.user).exclude(pk=release.pk)
    return list(visible.only("number", "title", "made_at"))
