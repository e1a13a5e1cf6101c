"""The curators' queue and the page on which they decide."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort import dictionary
from cohort.models import Case, Decision
from cohort.selectors_findings import counts as remark_counts
from cohort.selectors_findings import remarks
from cohort.selectors_form import form_view
from cohort.selectors_history import history
from cohort.selectors_questions import askable_rules
from cohort.selectors_record import Standing, asked_back
from cohort.selectors_subject import exam_name, subject_view
from cohort.selectors_worklist import review_queue as waiting
from cohort.selectors_worklist import state_counts
from cohort.services import queries
from cohort.services import review as decisions
from cohort.wording import exam_title
from imaging.models import Exam
from registry.errors import Problem
from registry.models import Subject, User

EXAM = "exam:"
NUMBER = re.compile(r"[0-9]{1,9}")


@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """Submitted cases, the one that waits longest first."""
    _only_curators(request.user)
    lines = waiting(request.user)
    told = remark_counts(lines)
    context = {
        "page": "review",
        "lines": [(line, told.get(line.subject.pk, 0)) for line in lines],
        "counts": state_counts(request.user),
        "asked_back": asked_back(request.user),
        "first": lines[0] if lines else None,
    }
    return render(request, "cohort/review_queue.html", context)


@require_safe
def review(request: HttpRequest, code: str) -> HttpResponse:
    """One case, with all that a decision needs."""
    return _page(request, code)


def _page(request: HttpRequest, code: str, problem: Problem | None = None) -> HttpResponse:
    """The review page; after a refused action with the problem and with what was typed."""
    _only_curators(request.user)
    subject = get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
    case = get_object_or_404(Case.objects.select_related("subject"), subject=subject)
    view = subject_view(subject)
    codes = [line.subject.code for line in waiting(request.user)]
    place = codes.index(code) if code in codes else None
    known = dictionary.get(case.dictionary)
    form = form_view(view)
    exams = [(exam_name(exam, view.slots), exam) for exam in view.exams]
    context = {
        "page": "review",
        "subject": subject,
        "view": view,
        "form": form,
        "standing": Standing(case, request.user),
        "remarks": remarks(form, exams, case.dictionary),
        "askable_rules": askable_rules(form.findings, view.questions),
        "exams": exams,
        "exam_titles": [(f"{EXAM}{exam.exam.pk}", exam_title(name, exam.facts.day)) for name, exam in exams],
        "items": [
            (item.name, item.label.of(get_language() or "en")) for item in known.items.values() if item.typed
        ],
        "history": history(subject, case),
        "position": place + 1 if place is not None else None,
        "waiting": len(codes),
        "before": codes[place - 1] if place else None,
        "after": codes[place + 1] if place is not None and place + 1 < len(codes) else None,
        "askable": view.state in queries.STATES,
        "acceptable": view.state == Case.State.SUBMITTED,
        "returnable": view.state in decisions.RETURNABLE,
        "about": request.POST.get("about", request.GET.get("about", "")),
        "typed": request.POST,
        "problem": problem,
    }
    return render(request, "cohort/review.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review_accept(request: HttpRequest, code: str) -> HttpResponse:
    return _decide(request, code, decisions.accept, _("%(code)s is accepted."))


@require_http_methods(["GET", "HEAD", "POST"])
def review_return(request: HttpRequest, code: str) -> HttpResponse:
    rules = request.POST.getlist("rules")
    return _decide(request, code, decisions.send_back, _("%(code)s is back with its site."), rules=rules)


@require_http_methods(["GET", "HEAD", "POST"])
def review_ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask about an item, an exam (`exam:12`) or, with neither, the case."""
    _only_curators(request.user)
    if request.method != "POST":
        return redirect("review", code)
    case = get_object_or_404(Case.objects.visible_to(request.user), subject__code=code)
    target = request.POST.get("about", "")
    exam = None
    if target.startswith(EXAM):
        number = target.removeprefix(EXAM)
        exam = get_object_or_404(Exam, subject=case.subject_id, pk=_number(number) or 0)
    item = "" if exam else target
    try:
        queries.open(actor=request.user, case=case, text=request.POST.get("text", ""), item=item, exam=exam)
    except Problem as problem:
        return _page(request, code, problem)
    messages.success(request, _("The question is with the site."))
    return redirect("review", code)


def _decide(
    request: HttpRequest, code: str, decide: Callable[..., Decision], said: str, **points: Any
) -> HttpResponse:
    """Decide, then go to the next case that waits, or to the queue.

    A refused decision is shown at this address: reading it again leads back to the case.
    """
    _only_curators(request.user)
    if request.method != "POST":
        return redirect("review", code)
    codes = [line.subject.code for line in waiting(request.user)]
    try:
        decide(
            actor=request.user,
            code=code,
            revision=_revision(request),
            images=request.POST.get("images", ""),
            reason=request.POST.get("reason", ""),
            **points,
        )
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(request, code, problem)
    messages.success(request, said % {"code": code})
    place = codes.index(code) if code in codes else 0
    rest = [one for one in codes[place:] + codes[:place] if one != code]
    return redirect("review", rest[0]) if rest else redirect("review_queue")


def _only_curators(user: User) -> None:
    if not user.is_curator:
        raise PermissionDenied


def _revision(request: HttpRequest) -> int:
    number = _number(request.POST.get("revision", ""))
    return -1 if number is None else number


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None
