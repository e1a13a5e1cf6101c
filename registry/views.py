"""Signing in, health, theme, and the pages for what went wrong."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from registry import bodies
from registry import health as checks
from registry.errors import MissingSlash, Problem
from registry.forms import SignIn
from registry.models import AuditEvent, Role
from registry.outages import problem_of
from registry.problem_pages import for_programs, problem_page
from registry.services import audit

THEMES = ("auto", "light", "dark")


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    template_name = "registry/login.html"
    authentication_form = SignIn
    redirect_authenticated_user = True


@require_POST
@login_not_required
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie and go back."""
    theme = request.POST.get("theme", "auto")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if theme in THEMES:
        response.set_cookie(
            "theme",
            theme,
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=settings.CSRF_COOKIE_SECURE,
        )
    return response


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """A line per component; 503 when one is down."""
    lines = checks.check()
    text = "".join(f"{line.name}: {'ok' if line.ok else 'DOWN'} ({line.message})\n" for line in lines)
    status = 200 if all(line.ok for line in lines) else 503
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


def system(request: HttpRequest) -> HttpResponse:
    """The administrator's health page."""
    if request.user.role != Role.ADMIN:
        raise PermissionDenied
    lines = checks.check()
    context = {
        "lines": lines,
        "down": sum(not line.ok for line in lines),
        "breaks": list(audit.breaks()),
        "record": audit.last(AuditEvent.Verb.RECORD_CHECKED),
    }
    return render(request, "registry/system.html", {**context, "page": "system"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Also what a body that Django would not read becomes."""
    bodies.drain(request)
    return problem_page(request, bodies.problem_of(exception))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_page(request, Problem("not_allowed"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    slashed = (
        for_programs(request) and not request.path.endswith("/") and is_valid_path(f"{request.path_info}/")
    )
    return problem_page(request, MissingSlash() if slashed else Problem("not_found"))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """Also what an outage becomes that was met outside of a view."""
    return problem_page(request, problem_of(sys.exc_info()[1]) or Problem("server_error"))
