"""API of the summary and the exports."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohort.services.exporting import NAMES
from cohort.services.summarising import seen_by
from cohort.views.exports import file_response
from registry.errors import Problem


class SummaryView(APIView):
    """The cohort summary: counts, shares and means by row id, each with its named denominator.

    Filters of the cohort page narrow it, such as `?sex=2&severity=icu`.
    """

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(seen_by(request.user, request.query_params.dict()).as_data())


class ExportsView(APIView):
    """Names of the files that can be taken."""

    @extend_schema(operation_id="exports_list", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        if not request.user.exports_tables:
            raise Problem("not_allowed")
        return Response({"files": list(NAMES)})


class ExportFileView(APIView):
    """One file of the cohort's table; `/api/v1/exports/` lists the names."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str) -> HttpResponse:
        return file_response(request, name)
