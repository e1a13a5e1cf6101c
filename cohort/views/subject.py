"""The page of one subject: what is here, what is missing, what comes next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohort import dictionary
from cohort.models import Case, Decision
from cohort.selectors_form import form_view
from cohort.selectors_history import history
from cohort.selectors_record import Standing
from cohort.selectors_subject import SubjectView, subject_view
from cohort.services.answers import OPEN_STATES
from cohort.timeline import timeline
from cohort.wording import in_words
from registry.models import Subject


@require_safe
def subject(request: HttpRequest, code: str) -> HttpResponse:
    one = get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
    view = subject_view(one)
    form = form_view(view)
    decisions = (
        Decision.objects.filter(case=view.case, kind=Decision.Kind.RETURN)
        if view.case
        else Decision.objects.none()
    )
    context = {
        "page": "subjects",
        "subject": one,
        "view": view,
        "form": form,
        "standing": Standing(view.case or Case(subject=one, dictionary=dictionary.CURRENT), request.user),
        "own": request.user.at_site,
        "next": _next(view, complete=form.complete) if request.user.at_site else "",
        "timeline": timeline(view.facts, [slot.slot for slot in view.slots], view.answers),
        "history": history(one, view.case),
        "about": _about(view),
        "returned": decisions.select_related("by").last(),
        "editable": view.state in OPEN_STATES,
        "uploads_url": _address("subject_uploads", code),
        "upload_url": _address("upload_new", code),
        "form_url": _address("form", code),
        "approval": one.site.approval_on(),
    }
    return render(request, "cohort/subject.html", context)


def _next(view: SubjectView, *, complete: bool) -> str:
    """The one thing to do next: look, answer, images, form, send, or nothing."""
    if view.to_look_at:
        return "look"
    if view.state in (Case.State.SUBMITTED, Case.State.ACCEPTED):
        return "answer" if view.open_questions else ""
    if view.open_questions:
        return "answer"
    if not any(exam.on_file for exam in view.exams):
        return "images"
    return "send" if complete else "form"


def _about(view: SubjectView) -> list[str]:
    """Sex and age, if the form has them."""
    known = dictionary.get(view.case.dictionary if view.case else dictionary.CURRENT)
    found = []
    if sex := view.answers.get("sex"):
        found.append(in_words(known.items["sex"], sex))
    if age := view.answers.get("age_yr"):
        found.append(_("%(age)s years") % {"age": age})
    return found


def _address(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
