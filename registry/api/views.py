"""API: signing in and subjects."""

from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import generics, permissions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.tokens import SENDING
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit
from registry.services.subjects import create_subject


class Credentials(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False)


class Token(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires = serializers.DateTimeField()


class TokenView(APIView):
    """E-mail and password for a token: `Authorization: Token …`, good for 24 hours."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(request=Credentials, responses=Token)
    def post(self, request: Request) -> Response:
        form = Credentials(data=request.data)
        form.is_valid(raise_exception=True)
        email = form.validated_data["email"].strip().lower()
        user = authenticate(request._request, username=email, password=form.validated_data["password"])
        if not isinstance(user, User):
            raise Problem("wrong_credentials")
        AuthToken.objects.filter(user=user, expiry__lt=timezone.now()).delete()
        instance, token = AuthToken.objects.create(user)
        audit.record(verb=AuditEvent.Verb.TOKEN_ISSUED, actor=user)
        return Response({"token": token, "expires": instance.expiry})


class SubjectSerializer(serializers.ModelSerializer[Subject]):
    site = serializers.CharField(source="site.code", read_only=True)
    request_id = serializers.UUIDField(required=False, write_only=True)

    class Meta:
        model = Subject
        fields = ["code", "site", "created_at", "request_id"]
        read_only_fields = ["code", "created_at"]


class SubjectsView(generics.ListCreateAPIView[Subject]):
    """Subjects the account may see; POST makes the next one of the account's site."""

    authentication_classes = SENDING
    serializer_class = SubjectSerializer
    queryset = Subject.objects.none()

    def get_queryset(self) -> Any:
        return Subject.objects.visible_to(self.request.user).select_related("site")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        subject = create_subject(actor=request.user, request_id=form.validated_data.get("request_id"))
        return Response(self.get_serializer(subject).data, status=status.HTTP_201_CREATED)


class SubjectView(generics.RetrieveAPIView[Subject]):
    authentication_classes = SENDING
    serializer_class = SubjectSerializer
    lookup_field = "code"
    queryset = Subject.objects.none()

    def get_queryset(self) -> Any:
        return Subject.objects.visible_to(self.request.user).select_related("site")
