"""Where people begin: the site's worklist, or the page of their role."""

import re
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cohort.selectors_worklist import FILTERS, worklist
from registry.models import Role
from registry.services.subjects import create_subject

PAGE = 50
PART_OF_A_CODE = "([Ss]?[0-9]{0,2}-)?[0-9]{1,4}(-[A-Za-z]?)?|[Ss][0-9]{1,2}-?"
NOT_A_CODE = _(
    "What you typed is not part of a code, so it was not searched. "
    "Type digits of the code, such as 0042 or S03-0042-K."
)
FIRST_PAGE = {
    Role.CURATOR: "review_queue",
    Role.RESEARCHER: "exports",
    Role.LEAD: "summary",
    Role.ADMIN: "system",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.role in FIRST_PAGE:
        return redirect(FIRST_PAGE[request.user.role])
    return subject_list(request)


@require_safe
def subject_list(request: HttpRequest) -> HttpResponse:
    """The worklist, by filter, search and page. What is typed and no part of a code goes no further."""
    user = request.user
    if not (user.at_site or user.sees_every_site):
        raise PermissionDenied
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    search = request.GET.get("q", "").strip()
    if search and not re.fullmatch(PART_OF_A_CODE, search):
        messages.warning(request, NOT_A_CODE)
        return redirect(f"{request.path}?show={chosen}")
    found = worklist(user, search=search)
    lines = [line for line in found.lines if line.is_in(chosen)]
    context = {
        "page": "subjects",
        "list": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "to_do": found.to_do,
        "filters": [
            (name, label, found.counts[name])
            for name, label in FILTERS.items()
            if name != "held" or found.counts[name] or chosen == name
        ],
        "chosen": chosen,
        "search": search,
        "code_pattern": PART_OF_A_CODE,
        "nobody": not found.lines and not search,
        "approval": user.site.approval_on() if user.at_site else None,
        "closes_on": user.site.closes_on() if user.at_site else None,
        "request_id": uuid.uuid4(),
    }
    return render(request, "cohort/subjects.html", context)


@require_POST
def subject_new(request: HttpRequest) -> HttpResponse:
    """Make the next subject of the person's site; a form sent twice makes one."""
    try:
        request_id = uuid.UUID(request.POST.get("request_id", ""))
    except ValueError:
        request_id = None
    subject = create_subject(actor=request.user, request_id=request_id)
    messages.success(
        request,
        gettext("%(code)s is made. Note it beside the patient in your hospital's own list.")
        % {"code": subject.code},
    )
    return redirect("subject", subject.code)
