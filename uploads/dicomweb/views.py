"""`/dicomweb/studies`: what DICOMweb clients send (PS3.18 section 10.5)."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.tokens import SENDING
from registry.bodies import drain
from uploads.api import Body
from uploads.dicomweb import answer
from uploads.dicomweb.storing import store

KIND = "application/dicom+json"


class DicomJSON(JSONRenderer):
    media_type = KIND
    format = "dicom"
    charset = None


class StudiesView(APIView):
    """STOW-RS. Patient ID names the subject; what it stores goes the way of every upload.

    The body is `multipart/related; type="application/dicom"`. Links of the answer lead to the uploads and
    their verdicts.
    """

    authentication_classes = SENDING
    parser_classes = ()
    renderer_classes = (DicomJSON, JSONRenderer)

    @extend_schema(
        request={'multipart/related; type="application/dicom"': OpenApiTypes.BINARY},
        responses={
            (200, KIND): OpenApiResponse(OpenApiTypes.OBJECT, description="all are stored"),
            (202, KIND): OpenApiResponse(OpenApiTypes.OBJECT, description="some are stored, or will be"),
            400: OpenApiResponse(description="`bad_multipart`, `cut_off`, `no_instances`: nothing was kept"),
            (409, KIND): OpenApiResponse(OpenApiTypes.OBJECT, description="none is stored"),
            413: OpenApiResponse(description="`too_many_files`, or every instance is too large"),
            415: OpenApiResponse(description="`not_multipart`"),
        },
    )
    def post(self, request: Request, study: str = "") -> Response:
        body = Body(request._request.META, request._request)
        try:
            items = store(
                actor=request.user,
                study=study,
                content_type=request.META.get("CONTENT_TYPE", ""),
                stream=body,
            )
        finally:
            body.drain()
        uploads = dict.fromkeys(str(item.upload.pk) for item in items if item.upload)
        links = ", ".join(f'</api/v1/uploads/{upload}/>; rel="describedby"' for upload in uploads)
        return Response(
            answer.dataset_of(items),
            status=answer.status_of(items),
            headers={"Link": links} if links else None,
        )

    def handle_exception(self, exc: Exception) -> Response:
        """Who was refused before the body was read gets to read why."""
        if isinstance(exc, APIException):
            drain(self.request)
        found: Response = super().handle_exception(exc)
        return found

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Problems are plain JSON; only the response module is DICOM's."""
        if isinstance(response.data, dict) and "message" in response.data:
            response.content_type = "application/json"
        found: Response = super().finalize_response(request, response, *args, **kwargs)
        return found


@extend_schema_view(post=extend_schema(operation_id="dicomweb_study_create"))
class StudyView(StudiesView):
    """STOW-RS of one study: an instance of another fails."""
