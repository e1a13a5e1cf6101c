"""The page on which a person of the hospital decides about text in pictures."""

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from imaging.responses import picture_response
from registry.errors import Problem
from uploads import selectors_held as selectors
from uploads.models import Hold
from uploads.services import holds


@require_safe
def held(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The pictures with their boxes, and the three ways to decide."""
    return _page(request, selectors.hold_of(user=request.user, series=pk))


@require_safe
def picture(request: HttpRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """One picture as PNG, which nobody keeps."""
    hold = selectors.hold_of(user=request.user, series=pk)
    return picture_response(
        selectors.picture(
            actor=request.user,
            hold=hold,
            number=number,
            whole=request.GET.get("window") == "whole",
            full=request.GET.get("size") == "full",
        )
    )


@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the decision; what is wrong with it is said on the page, with what was typed and drawn."""
    hold = selectors.hold_of(user=request.user, series=pk)
    decision = request.POST.get("decision", "")
    try:
        given = json.loads(request.POST.get("regions") or "[]")
    except (ValueError, RecursionError):
        given = None
    try:
        hold = holds.decide(
            actor=request.user,
            hold_id=hold.pk,
            decision=decision,
            given=given,
            reason=request.POST.get("reason", ""),
        )
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return _page(request, hold, problem)
    said = {
        Hold.Decision.MASK: _("Recorded. The text is masked now, and the series goes on its way."),
        Hold.Decision.KEEP: _("Recorded with your reason. The series goes on its way as it is."),
        Hold.Decision.REFUSE: _("Recorded. The series was refused and its bytes are deleted."),
    }
    messages.success(request, said[Hold.Decision(hold.decision)])
    return redirect("upload", pk=hold.job.upload_id)


def _page(request: HttpRequest, hold: Hold, problem: Problem | None = None) -> HttpResponse:
    upload = hold.job.upload
    pictures, boxes = selectors.pictures(hold), selectors.boxes(hold)
    seen = [] if hold.decision else sorted(holds.opened(actor=request.user, hold=hold))
    context = {
        "page": "subjects",
        "hold": hold,
        "upload": upload,
        "subject": upload.subject,
        "pictures": pictures,
        "data": json.dumps({"pictures": pictures, "boxes": boxes, "seen": seen}),
        "many": hold.job.files_total > 1 or any(one["frame"] for one in hold.found),
        "regions": json.dumps(boxes),
        "boxes": boxes,
        "until": selectors.until(hold),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "tried": request.POST.get("decision", ""),
        "drawn": request.POST.get("regions", ""),
    }
    return render(request, "uploads/held.html", context, status=problem.status if problem else 200)
