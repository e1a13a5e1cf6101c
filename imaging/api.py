"""API of what is stored: series and their archives."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from imaging.findings import found_of
from imaging.models import Exam, Instance, Series
from imaging.presenting import findings
from imaging.responses import archive_response
from imaging.services.reading import open_archive
from registry.errors import Problem


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    values = serializers.DictField()
    finding = serializers.CharField(help_text="key of the finding, by which it is waived")
    waiver = serializers.IntegerField(allow_null=True, help_text="the waiver that holds for it")


class ExamSerializer(serializers.ModelSerializer[Exam]):
    class Meta:
        model = Exam
        fields = ("kind", "study_uid", "shifted_date", "shifted_time", "anchored", "slot", "slot_number")


class SeriesSerializer(serializers.ModelSerializer[Series]):
    subject = serializers.CharField(source="exam.subject.code")
    exam = ExamSerializer()
    count = serializers.IntegerField(source="instance_count")
    bytes = serializers.IntegerField(source="plain_bytes")
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Series
        fields = (
            "id", "subject", "exam", "state", "series_uid", "modality", "sop_class", "transfer_syntax",
            "description", "vendor", "vendor_raw", "model", "kernel", "plane", "view_position",
            "thickness_mm", "spacing_mm", "rows", "columns", "header", "rules", "findings", "count", "bytes",
            "sealed_bytes", "object_name", "upload_id", "stripped_at_site", "stored_at", "withdrawn_at",
            "withdrawn_because", "replaced_by",
        )  # fmt: skip

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, series: Series) -> list[dict[str, Any]]:
        known = self.context.get("found") or found_of([series])
        return [
            {key: item[key] for key in ("code", "severity", "message", "values", "finding")}
            | {"waiver": item["waiver"].pk if item["waiver"] else None}
            for item in findings(known[series.pk])
        ]


class InstanceSerializer(serializers.ModelSerializer[Instance]):
    class Meta:
        model = Instance
        fields = ("name", "sop_uid", "number", "position_mm", "frames", "length", "sha256", "pixel_sha256")


class SeriesDetailSerializer(SeriesSerializer):
    receipt = serializers.DictField()
    instances = InstanceSerializer(many=True)

    class Meta(SeriesSerializer.Meta):
        fields = (*SeriesSerializer.Meta.fields, "receipt", "instances")


class SeriesListView(generics.ListAPIView[Series]):
    """Series the account may see; `?subject=` for those of one subject."""

    serializer_class = SeriesSerializer
    queryset = Series.objects.none()

    def get_queryset(self) -> Any:
        series = Series.objects.visible_to(self.request.user).select_related("exam__subject")
        code = self.request.query_params.get("subject", "").replace("\0", " ")
        return series.filter(exam__subject__code=code) if code else series

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self.found = found_of(page or [])
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"found": getattr(self, "found", None)}

    @extend_schema(parameters=[OpenApiParameter("subject", str, description="code of a subject")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)


class SeriesView(generics.RetrieveAPIView[Series]):
    """Header facts, findings, receipt and instances of one series."""

    serializer_class = SeriesDetailSerializer
    queryset = Series.objects.none()

    def get_queryset(self) -> Any:
        series = Series.objects.visible_to(self.request.user)
        return series.select_related("exam__subject").prefetch_related("instances")


class ArchiveView(APIView):
    """The series as a ZIP of DICOM files, decrypted as it streams. On record."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            409: OpenApiResponse(description="`series_held_back`, `series_is_synthetic`"),
        }
    )
    def get(self, request: Request, pk: str) -> StreamingHttpResponse:
        series = Series.objects.visible_to(request.user).select_related("exam__subject").filter(pk=pk).first()
        if series is None:
            raise Problem("not_found")
        asks_only = request.method == "HEAD"
        return archive_response(open_archive(actor=request.user, series=series, asks_only=asks_only))
