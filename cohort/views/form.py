"""The case report form's pages: one section at a time, saved by the script as it is typed or by a button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohort.api.forms import case_for, read_revision
from cohort.items import Item, Section
from cohort.models import FormState, Query
from cohort.selectors_changes import times_changed
from cohort.selectors_questions import asked, with_talk
from cohort.selectors_record import Standing
from cohort.services import answers, review, submission
from cohort.services.answers import Form
from cohort.views.fields import Typed, fields_of, page_data
from registry.errors import Problem

SHOWN = "shown"


@require_safe
def form(request: HttpRequest, code: str) -> HttpResponse:
    """To the first section that is not complete."""
    shown = answers.form_of(case_for(request.user, code))
    meters = [meter for meter in shown.meters if not meter.section.optional]
    first = next((meter for meter in meters if not meter.complete), meters[0])
    return redirect("form_section", code, first.section.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def form_section(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """A section; POST saves it and goes to the next, or stays when the answers opened further questions."""
    shown = answers.form_of(case_for(request.user, code))
    section = shown.dictionary.section(slug)
    if section is None or section.kind != "form":
        raise Problem("not_found")
    if request.method != "POST":
        return _page(request, shown, section)
    changes = _typed(shown.dictionary.of_section(section), request.POST)
    revision = read_revision(request.POST.get("revision", ""), shown.case)
    try:
        answers.save(
            actor=request.user,
            case=shown.case,
            changes=changes,
            revision=revision,
            reason=request.POST.get("reason", ""),
        )
    except Problem as problem:
        if problem.code not in ("values_refused", "changed_meanwhile", "change_needs_reason"):
            raise
        newest = answers.form_of(case_for(request.user, code))
        return _page(request, newest, section, problem=problem, changes=changes)
    messages.success(request, _("%(section)s is saved.") % {"section": section.label.of(_language())})
    saved = answers.form_of(case_for(request.user, code))
    opened = [item for item in saved.dictionary.of_section(section) if item.name in saved.settled.open]
    more = any(item.typed and item.name not in shown.settled.open for item in opened)
    return redirect("form_section", code, slug if more else _after(shown, section).slug)


def _page(
    request: HttpRequest,
    shown: Form,
    section: Section,
    *,
    problem: Problem | None = None,
    changes: dict[str, Any] | None = None,
) -> HttpResponse:
    typed = _refused(problem, changes or {})
    found = with_talk(Query.objects.filter(case=shown.case.pk).exclude(state__in=Query.DONE))
    queries = list(found.order_by("opened_at", "pk"))
    items = shown.dictionary.items
    language = _language()
    standing = Standing(shown.case, request.user)
    context = {
        "page": "subjects",
        "subject": shown.case.subject,
        "case": shown.case,
        "form": shown,
        "standing": standing,
        "section": section,
        "section_label": section.label.of(language),
        "sections": [
            {
                "meter": meter,
                "label": meter.section.label.of(language),
                "state": FormState(standing.of_section(meter)).label,
                "asked": _asked(queries, meter.section, items),
            }
            for meter in shown.meters
        ],
        "fields": fields_of(shown, section, typed, asked(queries), times_changed(shown.case)),
        "next_section_label": _after(shown, section).label.of(language),
        "is_last": _after(shown, section) == section,
        "editable": shown.editable_by(request.user),
        "own": answers.of_own_site(request.user, shown.case),
        "readiness": submission.readiness(shown),
        "exams_missing": review.missing_exams(shown.case),
        "open_queries": [query for query in queries if query.state == Query.State.OPEN],
        "problem": problem,
        "needs_reason": problem is not None and problem.code == "change_needs_reason",
        "data": page_data(shown, request.user, reverse("api-cohort:form", args=[shown.case.subject.code]))
        | {"formState": standing.state, "stateWords": {one.value: str(one.label) for one in FormState}},
        "has_days": any(
            (item.is_day and item.typed) or item.name == shown.dictionary.study_period_item
            for item in shown.dictionary.of_section(section)
        ),
    }
    return render(request, "cohort/form.html", context, status=problem.status if problem else 200)


def _asked(queries: list[Query], section: Section, items: Any) -> int:
    return sum(
        1
        for query in queries
        if query.state == Query.State.OPEN and query.item in items and items[query.item].section == section
    )


def _after(shown: Form, section: Section) -> Section:
    """The next section, or this one when it is the last."""
    order = list(shown.dictionary.form_sections)
    place = order.index(section) + 1
    return order[place] if place < len(order) else section


def _typed(items: list[Item], posted: QueryDict) -> dict[str, Any]:
    """What the page's own form sends; a question on the page of which no option is chosen is taken back."""
    changes: dict[str, Any] = {}
    on_page = set(posted.getlist(SHOWN))
    for item in items:
        if not item.typed or not (item.name in posted or item.name in on_page):
            continue
        changes[item.name] = (
            posted.getlist(item.name) if item.type == "checkbox" else posted.get(item.name, "")
        )
    return changes


def _refused(problem: Problem | None, changes: dict[str, Any]) -> Typed:
    if problem is None:
        return Typed()
    values = {name: "|".join(raw) if isinstance(raw, list) else raw for name, raw in changes.items()}
    fields = problem.extra.get("fields", {})
    if problem.code == "change_needs_reason":
        return Typed(values)
    if problem.code == "values_refused":
        return Typed(values, {name: found["message"] for name, found in fields.items()})
    said = _("%(by)s changed this to “%(theirs)s” meanwhile. Yours is shown; save again to keep it.")
    return Typed(
        values,
        {name: said % {"by": found["by"], "theirs": found["theirs"]} for name, found in fields.items()},
    )


def _language() -> str:
    return get_language() or "en"
