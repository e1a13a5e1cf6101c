"""API of receipts: signed files of a series or an upload, and the keys to check them by."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from imaging.models import Series
from registry.errors import Problem
from uploads.api import find
from uploads.evidence import Receipt
from uploads.services import receipts


class ReceiptKeySerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="first 16 hexadecimal digits of the SHA-256 of the public key")
    algorithm = serializers.CharField()
    public_key = serializers.CharField(help_text="64 hexadecimal digits")
    pem = serializers.CharField()
    in_use = serializers.BooleanField()


class ReceiptKeysSerializer(serializers.Serializer[Any]):
    keys = ReceiptKeySerializer(many=True)


class ReceiptsSerializer(serializers.Serializer[Any]):
    format = serializers.CharField()
    receipts = serializers.ListField(
        child=serializers.DictField(), help_text='[{"receipt": content, "signature": …}, …]'
    )


class ReceiptKeysView(APIView):
    """Public keys of receipts: the one in use and those of before. Open to anybody."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(responses=ReceiptKeysSerializer)
    def get(self, request: Request) -> Response:
        return Response(receipts.published())


class SeriesReceiptsView(APIView):
    """Signed receipts of one series, oldest first, as a file that `python -m deid verify` reads."""

    @extend_schema(responses=ReceiptsSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        if not Series.objects.visible_to(request.user).filter(pk=pk).exists():
            raise Problem("not_found")
        return download(f"series-{pk}", Receipt.objects.visible_to(request.user).filter(series=pk))


class UploadReceiptsView(APIView):
    """Signed receipts of all series of one upload, oldest first."""

    @extend_schema(responses=ReceiptsSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return download(f"upload-{pk}", find(request, str(pk)).receipts.all())


def download(name: str, found: QuerySet[Receipt]) -> Response:
    """A JSON file that the browser saves and nobody between keeps."""
    headers = {
        "Content-Disposition": f'attachment; filename="receipts-{name}.json"',
        "Cache-Control": "no-store, private",
    }
    return Response(receipts.file_of(found), headers=headers)
