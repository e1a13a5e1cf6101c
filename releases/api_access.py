"""API of access: ask, decide, agree, take."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import Problem
from releases.api import seen as seen_release
from releases.export import names
from releases.models import Access
from releases.services import accessing
from releases.services.acts import ACTS, act
from releases.views.access import file_response, may_look


class Asked(serializers.Serializer[Any]):
    release = serializers.IntegerField()
    level = serializers.CharField()
    filters = serializers.DictField(child=serializers.CharField(), required=False)
    purpose = serializers.CharField(allow_blank=True)


class AccessShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    release = serializers.IntegerField()
    level = serializers.CharField()
    filters = serializers.DictField(child=serializers.CharField())
    by = serializers.CharField()
    purpose = serializers.CharField()
    state = serializers.CharField()
    in_force = serializers.BooleanField()
    days = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True)
    files = serializers.ListField(child=serializers.CharField())


def shape(access: Access) -> dict[str, Any]:
    return {
        "id": access.pk,
        "release": access.release.number,
        "level": access.level,
        "filters": access.filters,
        "by": access.by.name,
        "purpose": access.purpose,
        "state": access.state,
        "in_force": access.open,
        "days": access.days,
        "until": access.until,
        "files": list(names(access.level)),
    }


def seen(request: Request, number: int) -> Access:
    """The access, if the caller may see it. Raises Problem."""
    if not may_look(request):
        raise Problem("not_allowed")
    visible = Access.objects.visible_to(request.user).select_related("release", "by")
    access = visible.filter(pk=number).first()
    if access is None:
        raise Problem("not_found")
    return access


class AccessesView(APIView):
    """Accesses that the account may see; POST asks for one."""

    @extend_schema(operation_id="accesses_list", responses=AccessShape(many=True))
    def get(self, request: Request) -> Response:
        if not may_look(request):
            raise Problem("not_allowed")
        visible = Access.objects.visible_to(request.user).select_related("release", "by")
        return Response({"results": [shape(access) for access in visible.defer("release__frame")]})

    @extend_schema(request=Asked, responses={201: AccessShape})
    def post(self, request: Request) -> Response:
        if not request.user.exports_tables:
            raise Problem("not_allowed")
        form = Asked(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        made = accessing.ask(
            actor=request.user,
            release=seen_release(request, told["release"]).release,
            level=told["level"],
            asked=told.get("filters", {}),
            purpose=told["purpose"],
        )
        return Response(shape(made), status=status.HTTP_201_CREATED)


class AccessView(APIView):
    """One access."""

    @extend_schema(responses=AccessShape)
    def get(self, request: Request, number: int) -> Response:
        return Response(shape(seen(request, number)))


class ActView(APIView):
    """One step of an access: approve, decline, risk, agree, renew, end."""

    @extend_schema(
        operation_id="accesses_act",
        request=OpenApiTypes.OBJECT,
        responses=AccessShape,
        parameters=[OpenApiParameter("name", str, "path", enum=list(ACTS))],
    )
    def post(self, request: Request, number: int, name: str) -> Response:
        access = seen(request, number)
        if name not in ACTS:
            raise Problem("not_found")
        told = request.data if isinstance(request.data, dict) else {}
        return Response(shape(act(name, actor=request.user, access=access, told=told)))


class FileView(APIView):
    """One file of an export; on record. The answer's `X-Content-SHA256` is its digest."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: int, name: str) -> HttpResponse:
        return file_response(request, seen(request, number), name)
