"""The registry's server with an empty handler: the same middleware, sign-in and address as for a file."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.tokens import SENDING

PIECE = 1 << 18


class EmptyView(APIView):
    """PUT: reads the body away, as the registry does 256 KiB at a time."""

    authentication_classes = SENDING
    parser_classes = ()

    def put(self, request: Request, pk: str, sha256: str) -> Response:
        while request._request.read(PIECE):
            pass
        return Response({"sha256": sha256, "received": True}, status=201)


urlpatterns = [path("api/v1/uploads/<uuid:pk>/files/<str:sha256>", EmptyView.as_view())]
