"""Forms on the page of a series by which people decide about it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from imaging.services import waiving, withdrawing
from imaging.views import series_page
from registry.errors import Problem


@require_POST
def waive(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Waive one finding."""
    finding = request.POST.get("finding", "")
    return _done(
        request, pk, _("The finding is waived, on record."), waiving.waive, series_id=pk, finding=finding
    )


@require_POST
def waiver_withdraw(request: HttpRequest, pk: uuid.UUID, waiver: int) -> HttpResponse:
    """Take a waiver back."""
    said = _("The waiver is withdrawn. The finding waits for a decision again.")
    return _done(request, pk, said, waiving.withdraw, waiver_id=waiver)


@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw the series, or say which other stands for it."""
    try:
        other = uuid.UUID(request.POST["replaced_by"]) if request.POST.get("replaced_by") else None
    except ValueError:
        other = uuid.UUID(int=0)
    said = _("The series is withdrawn, on record. It counts for nothing any more.")
    return _done(request, pk, said, withdrawing.withdraw, series_id=pk, replaced_by=other)


def _done(
    request: HttpRequest, pk: uuid.UUID, said: str, service: Callable[..., Any], **what: Any
) -> HttpResponse:
    """Let the service decide; what it refuses is said on the page, with the reason that was typed."""
    try:
        service(actor=request.user, reason=request.POST.get("reason", ""), **what)
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return series_page(request, pk, problem)
    messages.success(request, said)
    return redirect("series", pk)
