"""API errors: always `{"code", "message"}`, in the caller's language."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import APIException, UnsupportedMediaType, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from registry.bodies import drain
from registry.errors import Problem
from registry.outages import problem_of


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler of this project."""
    if isinstance(error, Http404):
        error = Problem("not_found")
    error = problem_of(error) or error
    if isinstance(error, Problem):
        return Response({"code": error.code, "message": error.message, **error.extra}, status=error.status)
    if isinstance(error, UnsupportedMediaType):
        drain(context["request"])
    response = exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError):
        response.data = {"code": "invalid", "message": _sentence(response.data), "fields": response.data}
    elif response is not None and isinstance(error, APIException):
        codes = error.get_codes()
        response.data = {"code": codes if isinstance(codes, str) else "invalid", "message": str(error.detail)}
    return response


def _sentence(data: Any, where: str = "") -> str:
    if isinstance(data, dict):
        return " ".join(_sentence(value, f"{where}.{key}".strip(".")) for key, value in data.items())
    if isinstance(data, list):
        return " ".join(_sentence(value, where) for value in data)
    return f"{where}: {data}" if where else str(data)
