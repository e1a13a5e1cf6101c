"""API of a release's images: the list for programs, and one series after the other, resumable."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from releases.api_access import seen
from releases.services import images


class ImagesView(APIView):
    """The series of an access: bytes of each archive, digest over its images, and where to fetch it.

    `instances_sha256` is the SHA-256 of one line per image in the archive's order: its SHA-256, its bytes and
    its name with single spaces between, each line ended by a line feed.
    """

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int) -> Response:
        access = seen(request, number)
        found = images.listed(actor=request.user, access=access)
        return Response(
            {
                "schema": "kicc-release-images/1",
                "release": access.release.number,
                "release_sha256": access.release.digest,
                "access": access.pk,
                "series": [
                    {**one, "archive": reverse("api-releases:image_archive", args=[access.pk, one["id"]])}
                    for one in found
                ],
            }
        )


class ArchiveView(APIView):
    """One series as a ZIP, decrypted as it streams. Takes one `Range`, with `If-Range`; on record."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        parameters=[OpenApiParameter("Range", str, "header"), OpenApiParameter("If-Range", str, "header")],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (206, "application/zip"): OpenApiTypes.BINARY,
            410: OpenApiResponse(description="`subject_withdrawn`, `series_withdrawn`, `series_lost`"),
            416: OpenApiResponse(description="`no_such_range`"),
        },
    )
    def get(self, request: Request, number: int, series: str) -> HttpResponse | StreamingHttpResponse:
        asks_only = request.method == "HEAD"
        part = images.read(
            actor=request.user,
            access=seen(request, number),
            series=str(series),
            wanted=request.headers.get("Range", ""),
            known=request.headers.get("If-Range", ""),
            asks_only=asks_only,
        )
        response = StreamingHttpResponse(
            part.chunks, content_type="application/zip", status=200 if part.whole else 206
        )
        response["Content-Length"] = str(part.end - part.start)
        response["Content-Disposition"] = f'attachment; filename="{part.name}"'
        response["Accept-Ranges"] = "bytes"
        response["ETag"] = part.etag
        response["Cache-Control"] = "no-store, private"
        response["X-Accel-Buffering"] = "no"
        if not part.whole:
            response["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{part.size}"
        return response
