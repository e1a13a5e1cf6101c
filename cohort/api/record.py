"""API of the record of a form: its signature, and asking to have it back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohort.api.forms import case_for
from cohort.models import Case, Signature, UnlockRequest
from cohort.selectors_record import asked_back
from cohort.services import recording, signing, unlocking
from registry.errors import Problem
from registry.models import User


class SignatureShape(serializers.Serializer[Any]):
    """A signature; `holds` says whether what is kept now is what was signed."""

    name = serializers.CharField()
    at = serializers.DateTimeField()
    revision = serializers.IntegerField()
    content = serializers.CharField()
    holds = serializers.BooleanField()
    broken_at = serializers.DateTimeField(allow_null=True)


class Signing(serializers.Serializer[Any]):
    """The password of the person again, and the revision that was read."""

    password = serializers.CharField(trim_whitespace=False)
    revision = serializers.IntegerField(min_value=0)


class Reason(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_blank=True)


class Refusal(serializers.Serializer[Any]):
    answer = serializers.CharField(allow_blank=True)


class UnlockShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    answer = serializers.CharField()


class ChangeRowShape(serializers.Serializer[Any]):
    subject = serializers.CharField()
    item = serializers.CharField()
    revision = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    old = serializers.CharField()
    new = serializers.CharField()
    original = serializers.CharField()
    cause = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.CharField()


class SignatureView(APIView):
    """Signatures of a form, the newest first; a site radiologist signs with POST."""

    @extend_schema(responses=SignatureShape(many=True))
    def get(self, request: Request, code: str) -> Response:
        found = Signature.objects.filter(case=case_for(request.user, code).pk).select_related("case__subject")
        return Response([_signature(one) for one in found.order_by("-pk")])

    @extend_schema(request=Signing, responses={201: SignatureShape})
    def post(self, request: Request, code: str) -> Response:
        case = case_for(request.user, code)
        form = Signing(data=request.data)
        form.is_valid(raise_exception=True)
        made = signing.sign(request=request._request, actor=request.user, case=case, **form.validated_data)
        return Response(_signature(made), status=status.HTTP_201_CREATED)


class ChangesView(APIView):
    """Every change of a form's answers, the oldest first: who, when, old, new, why; as it is kept."""

    @extend_schema(responses=ChangeRowShape(many=True))
    def get(self, request: Request, code: str) -> Response:
        return Response(recording.changes_of(actor=request.user, case=case_for(request.user, code)))


class UnlockView(APIView):
    """The site asks to have its form back."""

    @extend_schema(request=Reason, responses={201: UnlockShape})
    def post(self, request: Request, code: str) -> Response:
        case = case_for(request.user, code)
        form = Reason(data=request.data)
        form.is_valid(raise_exception=True)
        made = unlocking.ask(actor=request.user, case=case, reason=form.validated_data["reason"])
        return Response(_unlock(made), status=status.HTTP_201_CREATED)


class UnlocksView(APIView):
    """Requests that wait for a decision, the oldest first."""

    @extend_schema(responses=UnlockShape(many=True))
    def get(self, request: Request) -> Response:
        return Response([_unlock(one) for one in asked_back(request.user)])


class UnlockGrantView(APIView):
    """Give the form back: its case is returned."""

    @extend_schema(request=None, responses=UnlockShape)
    def post(self, request: Request, number: int) -> Response:
        asked = _unlock_for(request.user, number)
        unlocking.grant(actor=request.user, request=asked)
        return Response(_unlock(_unlock_for(request.user, number)))


class UnlockRefuseView(APIView):
    """Keep the form and say why."""

    @extend_schema(request=Refusal, responses=UnlockShape)
    def post(self, request: Request, number: int) -> Response:
        asked = _unlock_for(request.user, number)
        form = Refusal(data=request.data)
        form.is_valid(raise_exception=True)
        refused = unlocking.refuse(actor=request.user, request=asked, answer=form.validated_data["answer"])
        return Response(_unlock(refused))


def _unlock_for(user: User, number: int) -> UnlockRequest:
    seen = UnlockRequest.objects.filter(case__in=Case.objects.visible_to(user), pk=min(number, 2**63 - 1))
    found = seen.select_related("case__subject", "by").first()
    if found is None:
        raise Problem("not_found")
    return found


def _signature(one: Signature) -> dict[str, Any]:
    return {
        "name": one.name,
        "at": one.at,
        "revision": one.revision,
        "content": one.content,
        "holds": signing.holds(one),
        "broken_at": one.broken_at,
    }


def _unlock(one: UnlockRequest) -> dict[str, Any]:
    return {
        "id": one.pk,
        "subject": one.case.subject.code,
        "state": one.state,
        "reason": one.reason,
        "by": one.by.name,
        "at": one.at,
        "answer": one.answer,
    }
