"""API of what people decide about stored series."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from imaging.api import SeriesSerializer
from imaging.judgements import Waiver
from imaging.models import Series
from imaging.services import waiving, withdrawing


class WaiverSerializer(serializers.ModelSerializer[Waiver]):
    by = serializers.CharField(source="by.name")
    withdrawn_by = serializers.SerializerMethodField()

    class Meta:
        model = Waiver
        fields = (
            "id",
            "code",
            "finding",
            "reason",
            "by",
            "at",
            "withdrawn_by",
            "withdrawn_at",
            "withdrawn_because",
        )

    def get_withdrawn_by(self, waiver: Waiver) -> str:
        return waiver.withdrawn_by.name if waiver.withdrawn_by else ""


class WaiveSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(help_text="key of the finding, as the series lists it")
    reason = serializers.CharField()


class WaiverReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField()


class WaiversView(generics.GenericAPIView[Waiver]):
    """Waivers on a series, in force and withdrawn; a curator adds one."""

    serializer_class = WaiverSerializer
    queryset = Waiver.objects.none()
    pagination_class = None

    @extend_schema(responses=WaiverSerializer(many=True))
    def get(self, request: Request, pk: str) -> Response:
        series = generics.get_object_or_404(Series.objects.visible_to(request.user), pk=pk)
        waivers = series.waivers.select_related("by", "withdrawn_by")
        return Response(WaiverSerializer(waivers, many=True).data)

    @extend_schema(
        request=WaiveSerializer,
        responses={
            201: WaiverSerializer,
            409: OpenApiResponse(
                description="`finding_gone`, `finding_needs_no_waiver`, `series_not_stored`"
            ),
        },
    )
    def post(self, request: Request, pk: str) -> Response:
        form = WaiveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = waiving.waive(actor=request.user, series_id=pk, **form.validated_data)
        return Response(WaiverSerializer(made).data, status=201)


class WaiverWithdrawView(APIView):
    """Withdraw a waiver; the finding waits for a decision again."""

    @extend_schema(
        request=WaiverReasonSerializer,
        responses={200: WaiverSerializer, 409: OpenApiResponse(description="`waiver_withdrawn`")},
    )
    def post(self, request: Request, pk: int) -> Response:
        form = WaiverReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        done = waiving.withdraw(actor=request.user, waiver_id=pk, **form.validated_data)
        return Response(WaiverSerializer(done).data)


class WithdrawSerializer(WaiverReasonSerializer):
    replaced_by = serializers.UUIDField(
        required=False, allow_null=True, help_text="the stored series of the same patient that stands for it"
    )


class WithdrawView(APIView):
    """Withdraw a series: by its site while the case is there, by a curator once it was sent."""

    @extend_schema(
        request=WithdrawSerializer,
        responses={
            200: SeriesSerializer,
            409: OpenApiResponse(
                description="`withdrawn_already`, `nothing_to_withdraw`, `not_a_replacement`, "
                "`withdrawal_closed`, `withdrawal_is_the_sites`"
            ),
        },
    )
    def post(self, request: Request, pk: str) -> Response:
        form = WithdrawSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        done = withdrawing.withdraw(actor=request.user, series_id=pk, **form.validated_data)
        return Response(SeriesSerializer(done).data)
