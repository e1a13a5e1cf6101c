"""The page of a site's machines: the tokens with which they send."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.errors import Problem
from registry.models import Role, SiteToken
from registry.services import machines


@never_cache
def site_tokens(request: HttpRequest) -> HttpResponse:
    """List them; POST makes one and shows it this once."""
    user = request.user
    if not (user.at_site or user.role == Role.ADMIN) or user.is_machine:
        raise PermissionDenied
    made = token = problem = None
    if request.method == "POST":
        try:
            made, token = machines.make(
                actor=user,
                name=request.POST.get("name", ""),
                days=_number(request.POST.get("days", "")),
                request_id=_identifier(request.POST.get("request_id", "")),
            )
        except Problem as found:
            if found.status == 403:
                raise
            problem = found
    context = {
        "page": "machines",
        "tokens": SiteToken.objects.visible_to(user).select_related("account__site", "made_by", "revoked_by"),
        "days": machines.DAYS,
        "longest_name": machines.LONGEST_NAME,
        "request_id": uuid.uuid4(),
        "made": made,
        "token": token,
        "problem": problem,
        "typed": request.POST.get("name", "") if problem else "",
        "address": request.build_absolute_uri("/"),
    }
    return render(request, "registry/site_tokens.html", context, status=problem.status if problem else 200)


@require_POST
def site_token_revoke(request: HttpRequest, number: int) -> HttpResponse:
    """End a token."""
    machines.revoke(actor=request.user, number=number)
    return redirect("site_tokens")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _identifier(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
