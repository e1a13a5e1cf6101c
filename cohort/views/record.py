"""Signing a form, asking to have it back, and deciding about that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohort import dictionary
from cohort.api.forms import case_for, read_revision
from cohort.exports.files import write_csv
from cohort.models import Case, UnlockRequest
from cohort.selectors_changes import COLUMNS, field_changes
from cohort.services import signing, submission, unlocking
from cohort.services.recording import changes_of as taken
from registry.errors import Problem
from registry.models import User

SHOWN_ON_THE_PAGE = {
    *("not_ready", "not_complete", "password_wrong", "sign_changed", "already_signed"),
    *("unlock_needs_reason", "unlock_asked", "unlock_refusal_needs_reason", "reason_too_long"),
    *("reason_not_text", "identifying_text"),
}


@require_POST
def form_send(request: HttpRequest, code: str) -> HttpResponse:
    """Send the form to the task force; with the password of a radiologist it is signed in the same step.

    When something is in the way, say so on the page that it came from.
    """
    case = case_for(request.user, code)
    password = request.POST.get("password", "")
    try:
        if password:
            signing.sign_and_submit(
                request=request,
                actor=request.user,
                case=case,
                revision=_revision(request, case),
                password=password,
            )
        else:
            submission.submit(actor=request.user, case=case)
    except Problem as problem:
        return _back(request, code, problem)
    messages.success(request, _("%(code)s is with the task force now.") % {"code": code})
    return redirect("subject", code)


@require_POST
def form_sign(request: HttpRequest, code: str) -> HttpResponse:
    """Sign the form with the password again."""
    case = case_for(request.user, code)
    try:
        signing.sign(
            request=request,
            actor=request.user,
            case=case,
            revision=_revision(request, case),
            password=request.POST.get("password", ""),
        )
    except Problem as problem:
        return _back(request, code, problem)
    messages.success(request, _("The form of %(code)s is signed.") % {"code": code})
    return redirect(_place(request, code))


@require_POST
def unlock_ask(request: HttpRequest, code: str) -> HttpResponse:
    """The site asks to have the form back."""
    case = case_for(request.user, code)
    try:
        unlocking.ask(actor=request.user, case=case, reason=request.POST.get("reason", ""))
    except Problem as problem:
        return _back(request, code, problem)
    messages.success(request, _("The task force is asked to give the form back."))
    return redirect(_place(request, code))


@require_POST
def unlock_grant(request: HttpRequest, number: int) -> HttpResponse:
    """Give the form back to its site."""
    asked = unlock_for(request.user, number)
    unlocking.grant(actor=request.user, request=asked)
    messages.success(request, _("%(code)s is back with its site.") % {"code": asked.case.subject.code})
    return redirect("subject", asked.case.subject.code)


@require_POST
def unlock_refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the form, and say why."""
    asked = unlock_for(request.user, number)
    try:
        unlocking.refuse(actor=request.user, request=asked, answer=request.POST.get("answer", ""))
    except Problem as problem:
        if problem.code not in SHOWN_ON_THE_PAGE:
            raise
        messages.warning(request, problem.message)
    else:
        messages.success(request, _("The site is told why the form stays."))
    return redirect("subject", asked.case.subject.code)


@require_safe
def field_history(request: HttpRequest, code: str, item: str) -> HttpResponse:
    """The changes of one answer, as a part of the page that shows it."""
    case = case_for(request.user, code)
    if item not in dictionary.get(case.dictionary).items:
        raise Problem("not_found")
    return render(request, "cohort/_field_history.html", {"changes": field_changes(case, item)})


@require_safe
def changes_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every change of the form as CSV."""
    case = case_for(request.user, code)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}-changes.csv"'
    write_csv(answer, COLUMNS, (tuple(row.values()) for row in taken(actor=request.user, case=case)))
    return answer


def unlock_for(user: User, number: int) -> UnlockRequest:
    """A request about a case that the user may see, or 404."""
    seen = UnlockRequest.objects.filter(case__in=Case.objects.visible_to(user))
    return get_object_or_404(seen.select_related("case__subject"), pk=min(number, 2**63 - 1))


def _revision(request: HttpRequest, case: Case) -> int:
    revision = read_revision(request.POST.get("revision", ""), case)
    return -1 if revision is None else revision


def _place(request: HttpRequest, code: str) -> str:
    """The section that it came from, at the place of the signature; else the patient's page."""
    slug = request.POST.get("section", "")
    if slug.replace("-", "").isalnum() and slug.isascii():
        return f"{reverse('form_section', args=[code, slug])}#send"
    return reverse("subject", args=[code])


def _back(request: HttpRequest, code: str, problem: Problem) -> HttpResponse:
    if problem.code not in SHOWN_ON_THE_PAGE:
        raise problem
    messages.warning(request, problem.message)
    return redirect(_place(request, code))
