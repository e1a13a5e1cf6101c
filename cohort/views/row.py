"""The people behind a number of the cohort page."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.services.summarising import behind
from cohort.summary.specs import Mean

PAGE = 100


@require_safe
def row_people(request: HttpRequest, row: str) -> HttpResponse:
    """Codes of the people whom a row counts, with the filters of the cohort page."""
    if not (request.user.sees_summary and request.user.sees_every_site):
        raise PermissionDenied
    asked = request.GET.dict()
    page = asked.pop("page", None)
    found = behind(request.user, row, asked)
    context = {
        "page": "cohort",
        "row": found.row,
        "is_mean": isinstance(found.row, Mean),
        "people": Paginator(found.people, PAGE).get_page(page),
        "chosen": found.chosen,
        "query": urlencode(found.chosen.query),
    }
    return render(request, "cohort/row.html", context)
