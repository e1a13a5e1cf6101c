"""API of the case report form: read it, change answers, send it; the dictionary; questions."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohort import dictionary
from cohort.api import shapes
from cohort.models import Case, Query
from cohort.services import answers, queries, submission
from registry.errors import Problem
from registry.models import Subject, User

NOT_VALUES = ("values", "revision", "reason")
MOST = 1000


class FormView(APIView):
    """The case report form of a subject: values and their states by dictionary name."""

    @extend_schema(responses=shapes.FormShape, parameters=[OpenApiParameter("since", int)])
    def get(self, request: Request, code: str) -> Response:
        case = case_for(request.user, code)
        since = read_revision(request.query_params.get("since", ""), case)
        return Response(shapes.form(answers.form_of(case), request.user, since))

    @extend_schema(request=shapes.Changes, responses=shapes.SavedShape)
    def patch(self, request: Request, code: str) -> Response:
        case = case_for(request.user, code)
        changes, revision, reason = read_changes(request.data, case)
        saved = answers.save(actor=request.user, case=case, changes=changes, revision=revision, reason=reason)
        shown = shapes.form(answers.form_of(case_for(request.user, code)), request.user, revision)
        return Response({**shown, "entered": list(saved.entered), "cleared": list(saved.cleared)})


class SubmitView(APIView):
    """Send the form to the task force; 409 `not_ready` lists what is missing."""

    @extend_schema(request=None, responses=shapes.FormShape)
    def post(self, request: Request, code: str) -> Response:
        case = submission.submit(actor=request.user, case=case_for(request.user, code))
        return Response(shapes.form(answers.form_of(case), request.user))


class DictionaryView(APIView):
    """The dictionary that drives the form: sections, items, choices, ranges, settings; English and Korean."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(shapes.dictionary(dictionary.get()))


class CaseQueriesView(APIView):
    """Questions on a case; curators ask with POST."""

    @extend_schema(responses=shapes.QueryShape(many=True))
    def get(self, request: Request, code: str) -> Response:
        found = Query.objects.filter(case=case_for(request.user, code).pk)
        return Response([shapes.query(one) for one in _with_messages(found)])

    @extend_schema(request=shapes.Question, responses={201: shapes.QueryShape})
    def post(self, request: Request, code: str) -> Response:
        case = case_for(request.user, code)
        form = shapes.Question(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        if given.get("rule"):
            query = queries.ask_by_rules(actor=request.user, case=case, rules=[given["rule"]])[0]
        else:
            query = queries.open(
                actor=request.user, case=case, text=given.get("text", ""), item=given.get("item", "")
            )
        return Response(shapes.query(query), status=status.HTTP_201_CREATED)


class QueryAnswerView(APIView):
    """The site's answer to a question."""

    @extend_schema(request=shapes.Text, responses=shapes.QueryShape)
    def post(self, request: Request, number: int) -> Response:
        query = _query_for(request.user, number)
        form = shapes.Text(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(
            shapes.query(queries.answer(actor=request.user, query=query, text=form.validated_data["text"]))
        )


class QueryCloseView(APIView):
    """A curator closes a question."""

    @extend_schema(request=None, responses=shapes.QueryShape)
    def post(self, request: Request, number: int) -> Response:
        return Response(
            shapes.query(queries.close(actor=request.user, query=_query_for(request.user, number)))
        )


class QueryVerifyView(APIView):
    """A curator has held the answer against the form."""

    @extend_schema(request=None, responses=shapes.QueryShape)
    def post(self, request: Request, number: int) -> Response:
        return Response(
            shapes.query(queries.verify(actor=request.user, query=_query_for(request.user, number)))
        )


class QueryAssignView(APIView):
    """Give a question to a person of the site, by e-mail; an empty one gives it back to all."""

    @extend_schema(request=shapes.Assignment, responses=shapes.QueryShape)
    def post(self, request: Request, number: int) -> Response:
        query = _query_for(request.user, number)
        form = shapes.Assignment(data=request.data)
        form.is_valid(raise_exception=True)
        email = form.validated_data["to"].strip().lower()
        to = User.objects.filter(email=email).first() if email else None
        if email and to is None:
            raise Problem("not_of_the_site")
        return Response(shapes.query(queries.assign(actor=request.user, query=query, to=to)))


def case_for(user: User, code: str) -> Case:
    """The case of a subject that the user may see. Raises Problem `not_found`."""
    visible = Subject.objects.visible_to(user).select_related("site")
    subject = visible.filter(code=code).first() if code.isascii() and code.isprintable() else None
    if subject is None:
        raise Problem("not_found")
    return answers.case_of(subject)


def read_changes(data: Any, case: Case) -> tuple[dict[str, Any], int | None, str]:
    """Answers, revision and reason of a call; answers may stand under `values` or at the top."""
    if not isinstance(data, dict):
        raise Problem("bad_values")
    changes = data["values"] if "values" in data else {k: v for k, v in data.items() if k not in NOT_VALUES}
    if not isinstance(changes, dict) or len(changes) > MOST:
        raise Problem("bad_values")
    revision = data.get("revision")
    if (
        isinstance(revision, bool)
        or not (revision is None or isinstance(revision, int))
        or (revision or 0) < 0
    ):
        raise Problem("bad_revision", current=case.revision)
    reason = data.get("reason") or ""
    if not isinstance(reason, str):
        raise Problem("bad_reason", length=answers.REASON_LENGTH)
    return changes, revision, reason


def read_revision(text: str, case: Case) -> int | None:
    """A revision in an address; None when there is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem("bad_revision", current=case.revision)
    return int(text)


def _query_for(user: User, number: int) -> Query:
    query = Query.objects.visible_to(user).filter(pk=number).first() if number < 2**63 else None
    if query is None:
        raise Problem("not_found")
    return query


def _with_messages(found: Any) -> Any:
    return found.select_related("case__subject", "assigned_to").prefetch_related("messages__by")
