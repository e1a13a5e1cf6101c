"""Pages of what is stored: one series, its preview, its archive."""

import uuid

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from imaging.models import Series
from imaging.presenting import facts, findings, receipt
from imaging.responses import archive_response, picture_response
from imaging.services import reading


def series(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Preview, findings, header facts and receipt of one series."""
    found = _series(request, pk)
    context = {
        "page": "subjects",
        "series": found,
        "exam": found.exam,
        "subject": found.exam.subject,
        "findings": findings(found),
        "facts": facts(found),
        "receipt": receipt(found),
    }
    return render(request, "imaging/series.html", context)


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
