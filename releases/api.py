"""API of the releases."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import Problem
from releases.manuscript.wording import as_data
from releases.models import Release
from releases.selectors import Held, sites_of, withdrawn
from releases.services import freezing
from releases.views.manuscript import checked
from releases.views.releases import compared


class Title(serializers.Serializer[Any]):
    title = serializers.CharField(allow_blank=True, trim_whitespace=False)


class ReleaseShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    sha256 = serializers.CharField()
    made_at = serializers.DateTimeField()
    software = serializers.CharField()
    dictionary = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    withdrawn = serializers.IntegerField()


def shape(release: Release) -> dict[str, Any]:
    return {
        "number": release.number,
        "title": release.title,
        "sha256": release.digest,
        "made_at": release.made_at,
        "software": release.software,
        "dictionary": release.dictionary,
        "counts": release.counts,
        "withdrawn": len(withdrawn(release)),
    }


def seen(request: Request, number: int) -> Held:
    """The release if the caller may see it. Raises Problem."""
    if not request.user.sees_summary:
        raise Problem("not_allowed")
    release = Release.objects.visible_to(request.user).filter(number=number).first()
    if release is None:
        raise Problem("not_found")
    return Held(release)


class ReleasesView(APIView):
    """Every release, the newest first; a lead makes the next one of the cases that are accepted now."""

    @extend_schema(operation_id="releases_list", responses=ReleaseShape(many=True))
    def get(self, request: Request) -> Response:
        if not request.user.sees_summary:
            raise Problem("not_allowed")
        found = Release.objects.visible_to(request.user).defer("frame")
        return Response({"results": [shape(release) for release in found]})

    @extend_schema(request=Title, responses={201: ReleaseShape})
    def post(self, request: Request) -> Response:
        form = Title(data=request.data)
        form.is_valid(raise_exception=True)
        made = freezing.make(actor=request.user, title=form.validated_data["title"])
        return Response(shape(made), status=status.HTTP_201_CREATED)


class ReleaseView(APIView):
    """One release: what it names, its files' digests, and how many people withdrew since."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int) -> Response:
        held = seen(request, number)
        return Response({**shape(held.release), "files": held.release.files, "sites": sites_of(held.release)})


class ChangesView(APIView):
    """Which numbers of the summary moved from one release to another, and the cases that moved each."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int, before: int) -> Response:
        if not (request.user.sees_summary and request.user.sees_every_site):
            raise Problem("not_allowed")
        seen(request, before), seen(request, number)
        _old, _new, told = compared(request, number, before)
        rows = [
            {
                "id": one.id,
                "before": one.before,
                "after": one.after,
                "cases": [vars(case) for case in one.cases],
            }
            for one in told.changes
        ]
        facts = {"joined": told.joined, "left": told.left, "changed": told.changed, "same": told.same}
        return Response({**facts, "numbers": rows})


class Manuscript(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class CheckView(APIView):
    """The numbers of a text beside the release: as in it, in conflict with the arithmetic, or not in it."""

    @extend_schema(request=Manuscript, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, number: int) -> Response:
        held = seen(request, number)
        form = Manuscript(data=request.data)
        form.is_valid(raise_exception=True)
        text = form.validated_data["text"]
        marks = checked(request.user, held, text)
        return Response({"release": number, "marks": [as_data(mark, text) for mark in marks]})
