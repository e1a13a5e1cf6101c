"""The page on which the lead sees how far each site keeps to the protocol of imaging."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.adherence import Adherence
from cohort.selectors_adherence import adherence_of
from registry.models import Site

Cell = tuple[int, int, float | None]


@require_safe
def adherence(request: HttpRequest) -> HttpResponse:
    """A row for each site with cases that were sent, and one for all."""
    if not request.user.sees_every_site:
        raise PermissionDenied
    by_site, everybody = adherence_of(request.user)
    labels = {site.code: site.label for site in Site.objects.all()}
    context = {
        "page": "cohort",
        "sites": [(code, labels[code], one.cases, _cells(one)) for code, one in by_site.items()],
        "everybody": everybody,
        "all_cells": _cells(everybody),
    }
    return render(request, "cohort/adherence.html", context)


def _cells(one: Adherence) -> list[Cell]:
    """Count, denominator and share in percent, None without a denominator; in the order of the columns."""
    pairs = (
        (one.baseline, one.cases),
        (one.ct, one.cases),
        (one.near, one.scans),
        (one.discharge, one.discharged),
    )
    return [(n, of, 100 * n / of if of else None) for n, of in pairs]
