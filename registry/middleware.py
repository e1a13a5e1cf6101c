"""Middleware of the registry."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware

from registry.errors import Problem
from registry.outages import problem_of
from registry.problem_pages import for_programs, problem_page


class ConfidentialResponses:
    """Nothing that a signed-in person sees is kept by a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response


class Addresses(CommonMiddleware):
    """Adds a forgotten last slash for readers; a program's POST, PUT or PATCH would come out as a GET."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if for_programs(request) and request.method not in ("GET", "HEAD"):
            return False
        return bool(super().should_redirect_with_slash(request))


class ProblemPages:
    """A service's Problem becomes a page, or JSON under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        exception = problem_of(exception) or exception
        if isinstance(exception, Problem):
            return problem_page(request, exception)
        return None
