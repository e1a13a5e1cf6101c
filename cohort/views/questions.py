"""Questions of the task force: the list of those that wait, the answer, the end."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.models import Query
from cohort.selectors_questions import asked, with_talk
from cohort.services import queries

PAGE = 25
STATES = {state: Query.State(state).label for state in Query.State.values}


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Questions that the person may see, by state; the oldest first."""
    user = request.user
    if not (user.at_site or user.sees_every_site):
        raise PermissionDenied
    seen = Query.objects.visible_to(user)
    chosen = request.GET.get("show", Query.State.OPEN)
    chosen = chosen if chosen in STATES else Query.State.OPEN
    shown = with_talk(seen.filter(state=chosen)).order_by("opened_at", "pk")
    part = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": "questions",
        "list": part,
        "asked": asked(part.object_list),
        "filters": [(state, label, seen.filter(state=state).count()) for state, label in STATES.items()],
        "chosen": chosen,
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
