"""Pages of sites: ethics approvals, space, and what the sweep took."""

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from registry.errors import Problem
from registry.models import AuditEvent, Role, Site
from registry.services import approvals
from uploads.services import quotas


@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """Every site the person may see, with what stands between it and sending."""
    if request.user.role != Role.ADMIN:
        raise Problem("not_allowed")
    found = Site.objects.visible_to(request.user)
    lines = [
        {
            "site": site,
            "approval": site.approval_on(),
            "closes_on": site.closes_on(),
            "usage": quotas.usage(site=site),
        }
        for site in found
    ]
    swept = AuditEvent.objects.filter(verb=AuditEvent.Verb.STAGING_SWEPT).order_by("-sequence").first()
    context = {
        "page": "sites",
        "lines": lines,
        "closed": sum(line["approval"] is None for line in lines),
        "closing": sum(line["closes_on"] is not None for line in lines),
        "swept": swept,
    }
    return render(request, "uploads/sites.html", context)


@require_safe
def site(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _site(request, code))


@require_POST
def site_approval(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an approval; what was typed stays when it cannot be taken."""
    found, typed = _site(request, code), request.POST
    try:
        approvals.enter(
            actor=request.user,
            site=found,
            number=typed.get("number", ""),
            valid_from=_day(typed.get("valid_from", "")),
            valid_until=_day(typed.get("valid_until", "")),
            consent_waived=typed.get("consent_waived") == "1",
            document=typed.get("document", ""),
            document_sha256=typed.get("document_sha256", ""),
        )
    except Problem as problem:
        return _told(request, found, problem, "approval")
    messages.success(request, gettext("The approval is entered."))
    return redirect("site", found.code)


@require_POST
def site_approval_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End an approval at once."""
    found = _site(request, code)
    try:
        approvals.withdraw(actor=request.user, site=found, pk=number, reason=request.POST.get("reason", ""))
    except Problem as problem:
        return _told(request, found, problem, "withdraw")
    messages.success(request, gettext("The approval is withdrawn."))
    return redirect("site", found.code)


@require_POST
def site_quota(request: HttpRequest, code: str) -> HttpResponse:
    """Set how much the site may have and how many uploads open."""
    found, typed = _site(request, code), request.POST
    gigabytes = typed.get("gigabytes", "").strip()
    try:
        approvals.set_quota(
            actor=request.user,
            site=found,
            gigabytes=_number(gigabytes) if gigabytes else None,
            open_uploads=_number(typed.get("open_uploads", "")),
        )
    except Problem as problem:
        return _told(request, found, problem, "quota")
    messages.success(request, gettext("The quota is set."))
    return redirect("site", found.code)


def _site(request: HttpRequest, code: str) -> Site:
    return get_object_or_404(Site.objects.visible_to(request.user), code=code)


def _told(request: HttpRequest, found: Site, problem: Problem, form: str) -> HttpResponse:
    if problem.status in (403, 404):
        raise problem
    return _page(request, found, problem=problem, form=form)


def _page(
    request: HttpRequest, found: Site, *, problem: Problem | None = None, form: str = ""
) -> HttpResponse:
    usage = quotas.usage(site=found)
    context = {
        "page": "sites",
        "site": found,
        "may_change": request.user.role == Role.ADMIN,
        "approval": found.approval_on(),
        "closes_on": found.closes_on(),
        "approvals": found.approvals.select_related("entered_by", "withdrawn_by").order_by(
            "-valid_until", "-pk"
        ),
        "usage": usage,
        "gigabytes": None if found.max_bytes is None else found.max_bytes // approvals.GIGABYTE,
        "problem": problem,
        "problem_of": form,
        "typed": request.POST if problem else {},
    }
    return render(request, "uploads/site.html", context, status=problem.status if problem else 200)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
