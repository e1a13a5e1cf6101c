"""API of uploads: start or resume, send files, complete, ask."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.tokens import SENDING
from registry.errors import Problem
from registry.models import Subject
from uploads import selectors
from uploads.models import Upload
from uploads.services import ending, receiving
from uploads.services.keys import site_key

DRAIN = 64 * 1024 * 1024
PIECE = 1 << 20


class ManifestFile(serializers.Serializer[Any]):
    sha256 = serializers.CharField(help_text="SHA-256 of the file's bytes, 64 hexadecimal digits")
    size = serializers.IntegerField(min_value=1, help_text="bytes")


class StartSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=10)
    files = serializers.ListField(
        child=serializers.DictField(), help_text='[{"sha256": hex, "size": bytes}, …]'
    )
    stripped_by = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=120,
        help_text="engine and profile, or null",
    )
    client = serializers.CharField(required=False, allow_blank=True, max_length=80)
    overruled = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="what a person chose against the rule: "
        '[{"taken", "rule", "values", "reason", "file", "series"}, …]',
    )


class StartedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())


class FileSerializer(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    received = serializers.BooleanField()
    verdict = serializers.ChoiceField(["stored", "duplicate", "refused", "quarantined"], allow_null=True)
    code = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)
    where = serializers.CharField()


class UploadSeriesSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        [*("queued", "running", "stored", "quarantined", "withdrawn", "refused", "failed")]
    )
    step = serializers.CharField()
    files_done = serializers.IntegerField()
    files_total = serializers.IntegerField()
    modality = serializers.CharField()
    description = serializers.CharField()
    instances = serializers.IntegerField()
    findings = serializers.ListField(child=serializers.DictField())
    waiting_for = serializers.ChoiceField(["", "store", "database"])


class UploadSerializer(serializers.ModelSerializer[Upload]):
    subject = serializers.CharField(source="subject.code")

    class Meta:
        model = Upload
        fields = ("id", "subject", "state", "stripped_by", "created_at", "completed_at", "finished_at")


class UploadDetailSerializer(UploadSerializer):
    missing = serializers.ListField(child=serializers.CharField())
    progress = serializers.DictField(child=serializers.IntegerField())
    files = FileSerializer(many=True)
    series = UploadSeriesSerializer(many=True)
    waiting_for = serializers.ChoiceField(["", "store", "database"])

    class Meta(UploadSerializer.Meta):
        fields = (*UploadSerializer.Meta.fields, "missing", "progress", "files", "series", "waiting_for")


def detail(upload: Upload) -> dict[str, Any]:
    """The answer of GET /uploads/{id}/."""
    progress = selectors.progress(upload=upload)
    return {
        **UploadSerializer(upload).data,
        "missing": receiving.missing(upload=upload),
        "progress": {
            "total": progress.total,
            "received": progress.received,
            "answered": progress.answered,
            "percent": progress.percent,
        },
        "files": FileSerializer(selectors.files_of(upload=upload), many=True).data,
        "series": UploadSeriesSerializer(selectors.series_of(upload=upload), many=True).data,
        "waiting_for": selectors.waiting_for(upload=upload),
    }


class UploadsView(generics.ListAPIView[Upload]):
    """Uploads the account may see. POST starts one, or resumes the unfinished one with the same list."""

    authentication_classes = SENDING
    serializer_class = UploadSerializer
    queryset = Upload.objects.none()

    def get_queryset(self) -> Any:
        return selectors.uploads_of(user=self.request.user, code=self.request.query_params.get("subject", ""))

    @extend_schema(parameters=[OpenApiParameter("subject", str, description="code of a subject")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=StartSerializer, responses={201: StartedSerializer})
    def post(self, request: Request) -> Response:
        form = StartSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        subject = get_object_or_404(
            Subject.objects.visible_to(request.user).select_related("site"), code=values["subject"]
        )
        upload = receiving.start(
            actor=request.user,
            subject=subject,
            files=values["files"],
            stripped_by=values.get("stripped_by"),
            client=values.get("client", ""),
            overruled=values.get("overruled"),
        )
        body = {"id": str(upload.pk), "state": upload.state, "missing": receiving.missing(upload=upload)}
        return Response(body, status=status.HTTP_201_CREATED)


class UploadView(APIView):
    """Where an upload stands: every file's verdict, every series."""

    authentication_classes = SENDING

    @extend_schema(responses=UploadDetailSerializer)
    def get(self, request: Request, pk: str) -> Response:
        return Response(detail(find(request, pk)))

    @extend_schema(responses=UploadDetailSerializer)
    def delete(self, request: Request, pk: str) -> Response:
        """Give an open upload up; what has arrived is deleted."""
        upload = find(request, pk)
        ending.discard(actor=request.user, upload_id=upload.pk)
        return Response(detail(find(request, pk)))


class UploadFileView(APIView):
    """PUT the raw bytes of one file of the list. 201, or 200 when they were there already."""

    authentication_classes = SENDING
    parser_classes = ()

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={
            200: OpenApiResponse(description="was there already"),
            201: OpenApiResponse(description="received"),
            411: OpenApiResponse(description="`length_required`"),
            413: OpenApiResponse(description="`file_too_large`"),
            422: OpenApiResponse(description="`wrong_bytes`: nothing was kept"),
        },
    )
    def put(self, request: Request, pk: str, sha256: str) -> Response:
        body = Body(request._request.META, request._request)
        try:
            new = receiving.receive(
                actor=request.user, upload=find(request, pk), sha256=sha256, stream=body, length=body.length
            )
        finally:
            body.drain()
        said = {"sha256": sha256.lower(), "received": True}
        return Response(said, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


@extend_schema(exclude=True)
class SlashedUploadFileView(UploadFileView):
    """The same address with a slash at its end."""


class Body:
    """The request's body; what was not read is read away at the end, so that the sender gets our answer.

    length: as announced; None for a body in chunks, where the server knows its end. Problem length_required.
    """

    def __init__(self, environ: Mapping[str, Any], raw: Any) -> None:
        announced = environ.get("CONTENT_LENGTH") or ""
        self.length = int(announced) if announced.isdigit() else None
        self._raw = raw
        self._taken = 0
        if self.length is None:
            if not environ.get("wsgi.input_terminated") or not environ.get("HTTP_TRANSFER_ENCODING"):
                raise Problem("length_required")
            self._raw = environ["wsgi.input"]

    def read(self, size: int, /) -> bytes:
        piece: bytes = self._raw.read(size)
        self._taken += len(piece)
        return piece

    def drain(self) -> None:
        left = DRAIN if self.length is None else min(self.length - self._taken, DRAIN)
        try:
            while left > 0 and (piece := self._raw.read(min(left, PIECE))):
                left -= len(piece)
        except OSError:
            return


class CompleteView(APIView):
    """All files are sent: process them. 409 with `missing` when some lack; asking again changes nothing."""

    authentication_classes = SENDING

    @extend_schema(
        request=None, responses={202: StartedSerializer, 409: OpenApiResponse(description="`missing`")}
    )
    def post(self, request: Request, pk: str) -> Response:
        upload = receiving.complete(actor=request.user, upload_id=find(request, pk).pk)
        body = {"id": str(upload.pk), "state": upload.state, "missing": []}
        return Response(body, status=status.HTTP_202_ACCEPTED)


class SiteKeySerializer(serializers.Serializer[Any]):
    site = serializers.CharField()
    key = serializers.CharField(help_text="64 hexadecimal digits")


class SiteKeyView(APIView):
    """The key under which the caller's own site replaces UIDs before sending. For people
    and machines of a site alone."""

    authentication_classes = SENDING

    @extend_schema(responses=SiteKeySerializer)
    def get(self, request: Request) -> Response:
        if not request.user.at_site:
            raise Problem("not_at_a_site")
        code = request.user.site.code
        return Response({"site": code, "key": site_key(code)}, headers={"Cache-Control": "no-store, private"})


def find(request: Request, pk: str) -> Upload:
    """The upload, if the account may see it; else Problem not_found."""
    uploads = Upload.objects.visible_to(request.user).select_related("subject__site")
    upload = uploads.filter(pk=pk).first()
    if upload is None:
        raise Problem("not_found")
    return upload
