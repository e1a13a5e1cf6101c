"""The exports page and its files."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from cohort import dictionary
from cohort.exports.columns import LEVEL, Rare, columns
from cohort.exports.package import invented
from cohort.selectors_people import progress_counts
from cohort.services.exporting import take
from cohort.wording import language
from registry.models import AuditEvent

LAST = 20


@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """What can be taken, and who took what last."""
    if not request.user.exports_tables:
        raise PermissionDenied
    known = dictionary.get()
    told = columns(known, Rare())
    taken = AuditEvent.objects.filter(verb=AuditEvent.Verb.TABLE_EXPORTED).order_by("-sequence")[:LAST]
    context = {
        "page": "exports",
        "counts": progress_counts(),
        "synthetic": invented(),
        "columns": told,
        "shown": [{"name": one.name, "label": one.label.of(language()), "unit": one.unit} for one in told],
        "dictionary": known,
        "level": LEVEL,
        "taken": taken,
    }
    return render(request, "cohort/exports.html", context)


@require_GET
def export_file(request: HttpRequest, name: str) -> HttpResponse:
    return file_response(request, name)


def file_response(request: HttpRequest, name: str) -> HttpResponse:
    """The file as a download; its digest is in the `X-Content-SHA256` header."""
    made = take(actor=request.user, name=name)
    response = FileResponse(
        made.content, as_attachment=True, filename=f"kicc-{made.name}", content_type=made.type
    )
    response["Content-Length"] = made.bytes
    response["X-Content-SHA256"] = made.sha256
    response["Cache-Control"] = "no-store, private"
    return response
