"""API of series whose pictures hold text, for people of their hospital alone."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from imaging.responses import picture_response
from registry.errors import Problem
from uploads import selectors_held as selectors
from uploads.models import Hold
from uploads.services import holds


class HeldSerializer(serializers.ModelSerializer[Hold]):
    subject = serializers.CharField(source="job.upload.subject.code")
    upload = serializers.UUIDField(source="job.upload_id")
    until = serializers.SerializerMethodField()
    count = serializers.SerializerMethodField()

    class Meta:
        model = Hold
        fields = (
            "id",
            "subject",
            "upload",
            "series",
            "opened_at",
            "until",
            "decision",
            "decided_at",
            "count",
        )

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_until(self, hold: Hold) -> Any:
        return selectors.until(hold)

    def get_count(self, hold: Hold) -> int:
        return len(hold.found)


class BoxSerializer(serializers.Serializer[Any]):
    pictures = serializers.ListField(child=serializers.IntegerField())
    box = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    everywhere = serializers.BooleanField()


class PictureSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()


class HeldDetailSerializer(HeldSerializer):
    pictures = serializers.SerializerMethodField()
    boxes = serializers.SerializerMethodField()

    class Meta(HeldSerializer.Meta):
        fields = (*HeldSerializer.Meta.fields, "said", "pictures", "boxes")

    @extend_schema_field(PictureSerializer(many=True))
    def get_pictures(self, hold: Hold) -> Any:
        return selectors.pictures(hold)

    @extend_schema_field(BoxSerializer(many=True))
    def get_boxes(self, hold: Hold) -> Any:
        return selectors.boxes(hold)


class DecisionSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(["mask", "keep", "refuse"])
    regions = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text=(
            'to mask, like "boxes": [{"pictures": [number, …], "box": [x, y, width, height], "everywhere": '
            'boolean, "without": [number, …]}, …]; "everywhere": on every image of the size of these '
            'pictures, "without": but not on these'
        ),
    )
    reason = serializers.CharField(required=False, allow_blank=True, help_text="needed to keep the text")


class HeldListView(generics.ListAPIView[Hold]):
    """Series of the caller's own hospital that wait for a decision about text in their pictures."""

    serializer_class = HeldSerializer
    queryset = Hold.objects.none()

    def get_queryset(self) -> Any:
        return selectors.open_holds(user=self.request.user)


class HeldView(APIView):
    """One of them: its pictures, and the places with text, each once with the pictures that it is on."""

    @extend_schema(responses=HeldDetailSerializer)
    def get(self, request: Request, pk: str) -> Response:
        return Response(HeldDetailSerializer(find(request, pk)).data)


class HeldPictureView(APIView):
    """A picture as PNG; `?window=whole` over the whole range of values, `?size=full` in all its pixels.
    On record.
    """

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: str, number: int) -> HttpResponse:
        return picture_response(
            selectors.picture(
                actor=request.user,
                hold=find(request, pk),
                number=number,
                whole=request.query_params.get("window") == "whole",
                full=request.query_params.get("size") == "full",
            )
        )


class HeldDecisionView(APIView):
    """Decide: mask regions and go on, keep the text with a reason (after opening a picture of each
    place), or refuse the series.
    """

    @extend_schema(
        request=DecisionSerializer,
        responses={
            200: HeldDetailSerializer,
            409: OpenApiResponse(description="`already_decided`, `text_not_seen`"),
        },
    )
    def post(self, request: Request, pk: str) -> Response:
        hold = find(request, pk)
        form = DecisionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        holds.decide(
            actor=request.user,
            hold_id=hold.pk,
            decision=values["decision"],
            given=values.get("regions", []),
            reason=values.get("reason", ""),
        )
        return Response(HeldDetailSerializer(find(request, pk)).data)


def find(request: Request, pk: str) -> Hold:
    """The hold, if it is of the caller's hospital; else Problem not_found."""
    visible = Hold.objects.visible_to(request.user).select_related("job__upload__subject__site")
    hold = visible.filter(pk=pk).first()
    if hold is None:
        raise Problem("not_found")
    return hold
