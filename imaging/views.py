"""Pages of what is stored: one series, its preview, its archive."""

import uuid

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from imaging.findings import found_of
from imaging.models import Series
from imaging.presenting import facts, findings, receipt
from imaging.responses import archive_response, picture_response
from imaging.services import reading
from imaging.services.withdrawing import may_withdraw, replacements
from imaging.twins import seen_twins
from registry.errors import Problem
from registry.models import User


@require_safe
def series(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Preview, findings, header facts and receipt of one series."""
    return series_page(request, pk)


def series_page(request: HttpRequest, pk: uuid.UUID, problem: Problem | None = None) -> HttpResponse:
    """The page of a series; after a refused decision with the problem and with what was typed."""
    found = _series(request, pk)
    context = {
        "page": "subjects",
        "series": found,
        "exam": found.exam,
        "subject": found.exam.subject,
        "findings": findings(found_of([found])[found.pk]),
        "waivable": request.user.is_curator and found.state == Series.State.STORED,
        "past_waivers": found.waivers.exclude(withdrawn_at=None).select_related("by", "withdrawn_by"),
        "older": found.replaces.all(),
        **_withdrawal(request.user, found),
        "twins": seen_twins(found, user=request.user),
        "facts": facts(found),
        "receipt": receipt(found),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "imaging/series.html", context, status=problem.status if problem else 200)


def _withdrawal(user: User, found: Series) -> dict[str, object]:
    """What the form by which a series is withdrawn needs; empty where the person cannot."""
    if found.state != Series.State.STORED or not may_withdraw(actor=user, subject=found.exam.subject):
        return {}
    return {"withdrawable": True, "others": replacements(found).select_related("exam")}


def series_preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The preview as PNG, which nobody keeps."""
    return picture_response(reading.preview(series=_series(request, pk)))


def series_archive(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """The series as a ZIP of DICOM files. On record."""
    found, asks_only = _series(request, pk), request.method == "HEAD"
    return archive_response(reading.open_archive(actor=request.user, series=found, asks_only=asks_only))


def _series(request: HttpRequest, pk: uuid.UUID) -> Series:
    visible = Series.objects.visible_to(request.user).select_related("exam__subject")
    found: Series = get_object_or_404(visible, pk=pk)
    return found
