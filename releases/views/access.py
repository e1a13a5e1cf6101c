"""Pages of access: the list, one of them with its steps, and the files that leave."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from registry.errors import Problem
from releases.access import on_the_board
from releases.agreement import POINTS
from releases.export import MANIFEST, content_type, names
from releases.models import Access
from releases.services import accessing
from releases.services.acts import ACTS, act
from releases.services.taking import take

LAST = 100


@require_safe
def accesses(request: HttpRequest) -> HttpResponse:
    """The board's queue, a researcher's own, or what used a site's cases."""
    if not may_look(request):
        raise PermissionDenied
    found = Access.objects.visible_to(request.user).select_related("by", "release").defer("release__frame")
    site = request.user.site.code if request.user.at_site else ""
    context = {
        "page": "access",
        "rows": [(one, one.sites.get(site, 0), one.takings.count()) for one in found[:LAST]],
        "waiting": sum(one.state == Access.State.ASKED for one in found),
        "board": on_the_board(request.user),
        "site": site,
    }
    return render(request, "releases/accesses.html", context)


@require_safe
def access(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, seen(request, number))


@require_POST
def access_act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step: approve, decline, risk, agree, renew or end."""
    found = seen(request, number)
    if name not in ACTS:
        raise Problem("not_found")
    try:
        after = act(name, actor=request.user, access=found, told=request.POST.dict())
    except Problem as problem:
        if problem.status == 403:
            raise
        return _page(request, found, problem, name)
    return redirect("access", after.pk)


@require_safe
def access_file(request: HttpRequest, number: int, name: str) -> HttpResponse:
    return file_response(request, seen(request, number), name)


def file_response(request: HttpRequest, access: Access, name: str) -> HttpResponse:
    """The file as a download; its digest is in the `X-Content-SHA256` header."""
    asks_only = request.method == "HEAD"
    made = take(actor=request.user, access=access, name=name, asks_only=asks_only)
    filename = f"kicc-release-{access.release.number}-{access.level}-{made.name}"
    if asks_only:
        made.content.close()
        response: HttpResponse = HttpResponse(content_type=content_type(made.name))
    else:
        response = FileResponse(
            made.content, as_attachment=True, filename=filename, content_type=content_type(made.name)
        )
    response["Content-Length"] = made.bytes
    response["X-Content-SHA256"] = made.sha256
    response["Cache-Control"] = "no-store, private"
    return response


def may_look(request: HttpRequest) -> bool:
    """Whether the person has to do with access at all."""
    user = request.user
    return user.exports_tables or on_the_board(user) or (user.at_site and not user.is_machine)


def seen(request: HttpRequest, number: int) -> Access:
    if not may_look(request):
        raise PermissionDenied
    found: Access = get_object_or_404(
        Access.objects.visible_to(request.user).select_related("release", "by"), pk=number
    )
    return found


def _page(
    request: HttpRequest, access: Access, problem: Problem | None = None, step: str = ""
) -> HttpResponse:
    user, mine = request.user, access.by_id == request.user.pk
    decides = on_the_board(user) and not mine
    live = access.state in (Access.State.ASKED, Access.State.APPROVED, Access.State.IN_FORCE)
    risk = accessing.risk_of(access) if decides and live else None
    sees_risk = on_the_board(user)
    ours = {user.site.code: access.sites.get(user.site.code, 0)} if user.at_site else {}
    context: dict[str, Any] = {
        "page": "access",
        "access": access,
        "mine": mine,
        "opens_release": user.sees_summary,
        "decides": decides and access.state == Access.State.ASKED,
        "own_request": mine and on_the_board(user) and access.state == Access.State.ASKED,
        "risk": risk,
        "risk_grew": bool(risk)
        and access.state != Access.State.ASKED
        and not accessing.answered(access, risk),
        "sees_risk": sees_risk,
        "sites": access.sites if sees_risk else ours,
        "filters": _filter_words(access),
        "points": POINTS,
        "agrees": mine and access.state == Access.State.APPROVED,
        "files": [name for name in names(access.level) if name != MANIFEST] if mine and access.open else [],
        "manifest": MANIFEST,
        "renews": mine and access.agreed_at is not None and not _renewal(access),
        "renewal": _renewal(access),
        "ends": (mine or decides) and access.state in (Access.State.APPROVED, Access.State.IN_FORCE),
        "takings": access.takings.select_related("by")[:LAST],
        "days": accessing.DAYS,
        "length": accessing.LENGTH,
        "problem": problem,
        "step": step,
        "typed": request.POST if problem else {},
    }
    return render(request, "releases/access.html", context, status=problem.status if problem else 200)


def _renewal(access: Access) -> Access | None:
    return access.renewals.filter(state__in=(Access.State.ASKED, Access.State.APPROVED)).first()


def _filter_words(access: Access) -> list[tuple[Any, Any]]:
    """The filters of the access in words: (filter, group)."""
    known = accessing.known_filters(access.release)
    return [
        (known[name].label, group.label)
        for name, value in access.filters.items()
        if name in known and (group := known[name].group(value))
    ]
