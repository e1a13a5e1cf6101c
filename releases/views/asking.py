"""The cohort builder: level and filters with live counts, and the request to the data board."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import Problem
from registry.models import Role
from releases.layouts import SAFE_HARBOR
from releases.models import Access
from releases.selectors import Held
from releases.services import accessing
from releases.tables import columns
from releases.views.releases import found

STEP = 5
FORM = ("extent", "purpose", "csrfmiddlewaretoken")


@require_http_methods(["GET", "HEAD", "POST"])
def access_new(request: HttpRequest, number: int) -> HttpResponse:
    """Choose level and people, say what for, and ask."""
    if not request.user.exports_tables:
        raise PermissionDenied
    held, problem = found(request, number), None
    typed = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        try:
            made = accessing.ask(
                actor=request.user,
                release=held.release,
                level=typed.get("extent", ""),
                asked=_filters(request),
                purpose=typed.get("purpose", ""),
            )
            return redirect("access", made.pk)
        except Problem as error:
            problem = error
    context = {
        "page": "releases",
        "release": held.release,
        "levels": [(level, words, _columns(held, level)) for level, words in Access.Level.choices],
        "extent": typed.get("extent") or SAFE_HARBOR,
        "purpose": typed.get("purpose", ""),
        "filters": [(one, typed.get(one.name, "")) for one in accessing.known_filters(held.release).values()],
        "problem": problem,
        "length": accessing.LENGTH,
        **_counts(request, held),
    }
    return render(request, "releases/ask.html", context, status=problem.status if problem else 200)


@require_safe
def access_count(request: HttpRequest, number: int) -> HttpResponse:
    """How many people the filters leave, as a part of the page."""
    if not request.user.exports_tables:
        raise PermissionDenied
    return render(request, "releases/_count.html", _counts(request, found(request, number)))


def _counts(request: HttpRequest, held: Held) -> dict[str, Any]:
    """People left. Researchers get multiples of five: the difference of two counts would tell small cells."""
    try:
        chosen = accessing.chosen_of(held.release, _filters(request))
    except Problem as problem:
        return {"count_problem": problem}
    keep, _gone = accessing.keeper(held.release, chosen)
    n, everybody = sum(keep(record) for record in held.records()), held.release.counts["cases"]
    rounded = request.user.role == Role.RESEARCHER
    return {
        "n": min(STEP * ((n + STEP // 2) // STEP), everybody) if rounded else n,
        "few": rounded and 0 < n < STEP,
        "rounded": rounded,
        "all": everybody,
    }


def _filters(request: HttpRequest) -> dict[str, str]:
    typed = request.POST if request.method == "POST" else request.GET
    return {name: value for name, value in typed.dict().items() if name not in FORM}


def _columns(held: Held, level: str) -> int:
    """How many columns the level's rows have; 0 for a summary."""
    return 0 if level == Access.Level.SUMMARY else len(columns(held.frame, level))
