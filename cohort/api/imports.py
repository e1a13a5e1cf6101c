"""API of importing workbooks: the template, a dry run, the error workbook, the import itself.

The workbook is the body of the request. Dates and names must not be in it; `python -m deid sheet` takes them
out.
"""

from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohort import dictionary
from cohort.redcap.writing import data_dictionary
from cohort.services import importing, recording
from cohort.services.recording import XLSX
from cohort.sheets.errors import error_workbook
from cohort.sheets.plan import Line, Plan
from cohort.sheets.reading import Told
from cohort.sheets.template import template
from deid.sheet.scan import MAX_MB
from registry.bodies import drain
from registry.errors import Problem

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
LANGUAGES = ("en", "ko")
WORKBOOK = {XLSX: OpenApiTypes.BINARY}
SEEN = OpenApiParameter(
    "KICC-Seen", str, OpenApiParameter.HEADER, description="`seen` of the dry run", required=True
)
REASON = OpenApiParameter(
    "KICC-Reason", str, OpenApiParameter.HEADER, description="why answers change, percent-encoded UTF-8"
)


class WorkbookParser(BaseParser):
    """The body as bytes, whatever it calls itself; forms are refused."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        return workbook_of(stream)


class TemplateView(APIView):
    """The Excel template of the current dictionary, in English or Korean."""

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, language: str) -> HttpResponse:
        return template_response(request._request, language)


class RecordsView(APIView):
    """Records of the own site: `records.csv` as REDCap has them, `workbook-en.xlsx`, `workbook-ko.xlsx`."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str) -> HttpResponse:
        return records_response(request._request, name)


class RedcapDictionaryView(APIView):
    """The current dictionary as REDCap's data dictionary, 18 columns."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        return _download(data_dictionary(), f"{dictionary.CURRENT}-redcap.csv", recording.CSV)


class LookView(APIView):
    """Dry run: what importing the workbook would do, cell by cell; nothing is kept."""

    parser_classes = (WorkbookParser,)

    @extend_schema(request=WORKBOOK, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        return Response(as_data(importing.look(actor=request.user, data=request.data or b"")))


class ErrorsView(APIView):
    """The workbook again, with what needs a person coloured and explained."""

    parser_classes = (WorkbookParser,)

    @extend_schema(request=WORKBOOK, responses={(200, XLSX): OpenApiTypes.BINARY})
    def post(self, request: Request) -> HttpResponse:
        data = request.data or b""
        plan = importing.look(actor=request.user, data=data)
        return _download(error_workbook(data, plan, get_language() or "en"), "errors.xlsx")


class ImportsView(APIView):
    """Import the workbook as the dry run showed it, all or nothing."""

    parser_classes = (WorkbookParser,)

    @extend_schema(request=WORKBOOK, parameters=[SEEN, REASON], responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        brought = bring(request._request, request.data or b"")
        codes = [{"label": line.asked, "row": line.place.row, "code": code} for line, code in brought.codes]
        return Response({**brought.plan.counts, "patients": codes}, status=status.HTTP_201_CREATED)


def bring(request: HttpRequest, data: bytes) -> importing.Brought:
    """Import a workbook; what was seen and why stand in the request's headers."""
    return importing.bring(
        actor=request.user,
        data=data,
        seen=request.headers.get("KICC-Seen", ""),
        reason=unquote(request.headers.get("KICC-Reason", ""), errors="replace"),
    )


def workbook_of(request: HttpRequest) -> bytes:
    """The body of a request, which is the workbook. Raises Problem when it is a form or too large."""
    if request.content_type in FORMS:
        drain(request)
        raise Problem("workbook_missing", type=XLSX)
    data: bytes = request.read((MAX_MB << 20) + 1)
    if len(data) > MAX_MB << 20:
        drain(request)
    return data


def template_response(request: HttpRequest, language: str) -> HttpResponse:
    if not request.user.at_site:
        raise Problem("not_at_a_site")
    if language not in LANGUAGES:
        raise Problem("not_found")
    known = dictionary.get()
    return _download(template(known, language), f"{known.id}-{language}.xlsx")


def records_response(request: HttpRequest, name: str) -> HttpResponse:
    made = recording.take(actor=request.user, name=name)
    return _download(made.content, name, made.type)


def as_data(plan: Plan) -> dict[str, Any]:
    """The dry run for programs; `seen` is what the import asks for."""
    language = get_language() or "en"
    return {
        "dictionary": plan.read.dictionary.id,
        "seen": plan.digest,
        "counts": plan.counts,
        "reason_needed": plan.needs_reason,
        "findings": [_told(one, language) for one in [*plan.errors, *plan.notes]],
        "patients": [_line(line) for line in plan.lines],
        "not_read": [item.name for item in plan.read.not_read],
    }


def _told(one: Told, language: str) -> dict[str, Any]:
    return {
        "severity": one.finding.severity,
        "code": one.finding.code,
        "sheet": one.place.sheet_name[language.startswith("ko")],
        "cell": one.place.cell,
        "item": one.item.name if one.item else None,
        "field": one.item.label.of(language) if one.item else None,
        "message": one.finding.message(language),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "new": line.new,
        "row": line.place.row,
        "changes": [
            {"item": one.item.name, "old": one.old, "new": one.new, "kind": one.kind}
            for one in line.differences
        ],
    }


def _download(data: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response
