"""Questions of the task force: the list of those that wait, the answer, the end."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.models import Query
from cohort.selectors_questions import asked, with_talk
from cohort.selectors_record import asked_back
from cohort.services import queries
from registry.errors import Problem
from registry.models import User

PAGE = 25
OLDEST, NEWEST = ("opened_at", "pk"), ("-opened_at", "-pk")
NUMBER = re.compile(r"[0-9]{1,9}")
STATES = {state: Query.State(state).label for state in Query.State.values}


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Questions that the person may see, by state: a site's open ones, a curator's answered ones first.

    `sort=new` puts the newest first instead of the oldest; `mine` keeps those given to the person.
    """
    user = request.user
    if not (user.at_site or user.sees_every_site):
        raise PermissionDenied
    seen = Query.objects.visible_to(user)
    usual = Query.State.OPEN if user.at_site else Query.State.ANSWERED
    chosen = request.GET.get("show", usual)
    chosen = chosen if chosen in STATES else usual
    mine, newest = request.GET.get("mine") == "1", request.GET.get("sort") == "new"
    counts = dict(seen.order_by().values_list("state").annotate(Count("pk")))
    if mine:
        seen = seen.filter(assigned_to=user)
    shown = with_talk(seen.filter(state=chosen)).order_by(*(NEWEST if newest else OLDEST))
    part = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": "questions",
        "list": part,
        "asked": asked(part.object_list),
        "filters": [(state, label, counts.get(state, 0)) for state, label in STATES.items()],
        "chosen": chosen,
        "mine": mine,
        "newest": newest,
        "asked_back": asked_back(user) if user.sees_every_site else None,
    }
    return render(request, "cohort/questions.html", context)


@require_POST
def question_answer(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, queries.answer, _("Your answer is on record."))


@require_POST
def question_again(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, queries.ask_again, _("The question is with the site again."))


@require_POST
def question_close(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, queries.close, _("The question is closed."))


@require_POST
def question_verify(request: HttpRequest, number: int) -> HttpResponse:
    return _act(request, number, queries.verify, _("The answer is verified."))


@require_POST
def question_assign(request: HttpRequest, number: int) -> HttpResponse:
    """Give a question to a person of the site; nobody's number gives it back to all."""
    query = get_object_or_404(Query.objects.visible_to(request.user), pk=number)
    chosen = request.POST.get("to", "")
    to = User.objects.filter(pk=int(chosen)).first() if NUMBER.fullmatch(chosen) else None
    if chosen and to is None:
        raise Problem("not_of_the_site")
    queries.assign(actor=request.user, query=query, to=to)
    said = _("The question is %(name)s's now.") if to else _("The question is the whole site's.")
    messages.success(request, said % {"name": to.name} if to else said)
    return HttpResponseRedirect(_back(request))


def _act(request: HttpRequest, number: int, service: Callable[..., Query], said: str) -> HttpResponse:
    query = get_object_or_404(Query.objects.visible_to(request.user), pk=number)
    service(actor=request.user, query=query, text=request.POST.get("text", ""))
    messages.success(request, said)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return reverse("questions")
