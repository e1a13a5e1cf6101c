"""The page of one subject: what is here, what is missing, what comes next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort.models import Case
from cohort.selectors_form import form_view
from cohort.selectors_history import history
from cohort.selectors_subject import SubjectView, subject_view
from cohort.services.answers import case_of
from cohort.services.submission import submit
from cohort.timeline import timeline
from registry.models import Subject


@require_safe
def subject(request: HttpRequest, code: str) -> HttpResponse:
    one = get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
    view = subject_view(one)
    form = form_view(view)
    context = {
        "page": "subjects",
        "subject": one,
        "view": view,
        "form": form,
        "own": request.user.at_site,
        "next": _next(view, complete=form.complete) if request.user.at_site else "",
        "timeline": timeline(view.facts, [slot.slot for slot in view.slots], view.answers),
        "history": history(one, view.case),
        "uploads_url": _address("subject_uploads", code),
        "approval": one.site.approval_on(),
    }
    return render(request, "cohort/subject.html", context)


@require_POST
def subject_submit(request: HttpRequest, code: str) -> HttpResponse:
    """Send the case to the task force."""
    one = get_object_or_404(Subject.objects.visible_to(request.user), code=code)
    submit(actor=request.user, case=case_of(one))
    messages.success(request, _("%(code)s is with the task force now.") % {"code": code})
    return redirect("subject", code)


def _next(view: SubjectView, *, complete: bool) -> str:
    """The one thing to do next: answer, images, form, send, or nothing."""
    if view.state in (Case.State.SUBMITTED, Case.State.ACCEPTED):
        return "answer" if view.open_queries else ""
    if view.open_queries:
        return "answer"
    if not any(exam.stored for exam in view.exams):
        return "images"
    return "send" if complete else "form"


def _address(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
