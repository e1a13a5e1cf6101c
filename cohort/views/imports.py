"""The import page: choose a workbook, see what it would do, import it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from cohort import dictionary
from cohort.api.imports import bring, records_response, template_response, workbook_of
from cohort.selectors_import import plan_view
from cohort.services import importing
from deid.sheet.scan import MAX_MB
from registry.errors import Problem


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not request.user.at_site:
        raise Problem("not_at_a_site")
    context = {"page": "import", "dictionary": dictionary.get(), "max_mb": MAX_MB}
    return render(request, "cohort/import.html", context)


@require_safe
def template(request: HttpRequest, language: str) -> HttpResponse:
    return template_response(request, language)


@require_safe
def records(request: HttpRequest, name: str) -> HttpResponse:
    return records_response(request, name)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The dry run as a part of the page; a workbook that is refused is a part too, with the reason."""
    try:
        plan = importing.look(actor=request.user, data=workbook_of(request))
    except Problem as problem:
        return _refused(request, problem)
    return render(request, "cohort/import_plan.html", {"view": plan_view(plan)})


@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """The import as a part of the page."""
    try:
        brought = bring(request, workbook_of(request))
    except Problem as problem:
        return _refused(request, problem)
    made = [(line, code) for line, code in brought.codes if line.new or line.request_id]
    return render(request, "cohort/import_done.html", {"brought": brought, "made": made})


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    context = {"problem": problem, "again": problem.code in ("import_differs", "import_has_errors")}
    return render(request, "cohort/import_refused.html", context, status=problem.status)
