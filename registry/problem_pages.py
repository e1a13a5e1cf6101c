"""A problem as a page, or as JSON for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from registry.errors import Problem

FOR_PROGRAMS = ("/api/", "/dicomweb/")


def for_programs(request: HttpRequest) -> bool:
    """Whether a program asks, not a browser."""
    return f"{request.path}/".startswith(FOR_PROGRAMS)


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Without a database nobody is signed in on it: who they are cannot be asked."""
    if for_programs(request):
        return JsonResponse(
            {"code": problem.code, "message": problem.message, **problem.extra}, status=problem.status
        )
    context = {"message": problem.message, "status": problem.status, "code": problem.code}
    if problem.code == "database_down":
        return HttpResponse(render_to_string("registry/problem.html", context), status=problem.status)
    return render(request, "registry/problem.html", context, status=problem.status)


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any) -> HttpResponse:
    """Answer to a sign-in after too many failed ones; called by django-axes."""
    return problem_page(request, Problem("locked_out"))
