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
    """The preview as PNG; the browser may keep what it has while the tag is the same."""
    found = _series(request, pk)
    tag = f'"{found.preview_name.rpartition("/")[2]}"'
    if found.preview_name and request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = picture_response(reading.preview(series=found))
    response["ETag"] = tag
    return response


def series_archive(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """The series as a ZIP of DICOM files. On record."""
    return archive_response(reading.open_archive(actor=request.user, series=_series(request, pk)))


def _series(request: HttpRequest, pk: uuid.UUID) -> Series:
    visible = Series.objects.visible_to(request.user).select_related("exam__subject")
    found: Series = get_object_or_404(visible, pk=pk)
    return found
