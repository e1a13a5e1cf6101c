"""Pages of uploads: sending, the receipt, and what is running."""

import csv
import json
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from deid.archives import FREE_INFLATE, MAX_RATIO, MOST_MEMBERS
from imaging.models import Series
from imaging.selectors import taken
from registry.errors import Problem
from registry.models import Subject
from uploads import selectors, selectors_leaks
from uploads.models import Hold, Upload
from uploads.services import choices
from uploads.services.ending import discard
from uploads.services.receiving import check_may_upload

LIMITS = (1, 2, 5, 10, 20)
"""Megabits a second that a person may choose as the most."""
ARCHIVE_LIMITS = json.dumps({"members": MOST_MEMBERS, "free": FREE_INFLATE, "ratio": MAX_RATIO})


@ensure_csrf_cookie
def upload_new(request: HttpRequest, code: str) -> HttpResponse:
    """Where a folder is dropped; says why when the site may not send."""
    subject = _subject(request, code)
    blocked = ""
    try:
        check_may_upload(actor=request.user, subject=subject)
    except Problem as problem:
        blocked = problem.message
    unfinished = [
        {"upload": upload, "arrived": upload.progress.received, "total": upload.progress.total}
        for upload in selectors.running(subject=subject)
        if upload.state == Upload.State.OPEN
    ]
    context = {
        "page": "subjects",
        "subject": subject,
        "max_file_bytes": settings.MAX_FILE_BYTES,
        "unfinished": unfinished,
        "archive_limits": ARCHIVE_LIMITS,
        "limits": LIMITS,
        "exams": json.dumps(_exams(subject)),
        "blocked": blocked,
    }
    return render(request, "uploads/upload_new.html", context)


def _exams(subject: Subject) -> list[dict[str, Any]]:
    """The exams that the registry has, as `uploads.browser.plan` takes them; none of them names anybody."""
    return [
        {
            "kind": exam.kind,
            "day": exam.day.isoformat() if exam.day else "",
            "clock": exam.clock.isoformat() if exam.clock else "",
            "anchored": exam.anchored,
        }
        for exam in taken(exams=subject.exams.all())
        if exam.usable
    ]


def upload(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The receipt: every file with its verdict, every series, and how far the work is."""
    found = get_object_or_404(
        Upload.objects.visible_to(request.user).select_related("subject__site", "created_by"), pk=pk
    )
    identifiers = [item["id"] for item in selectors.series_of(upload=found)]
    context = {
        "page": "subjects",
        "upload": found,
        "subject": found.subject,
        "counts": selectors.counts(upload=found),
        "groups": selectors.groups(upload=found),
        "alarms": selectors_leaks.shown(found.leaks.select_related("upload__subject__site")),
        "signed": found.receipts.count(),
        "archive_limits": ARCHIVE_LIMITS,
        "overruled": choices.shown(found, get_language() or "en"),
        "series": Series.objects.visible_to(request.user).filter(pk__in=identifiers).select_related("exam"),
        "holds": Hold.objects.visible_to(request.user).open().filter(job__upload=found),
        "jobs": found.jobs.order_by("created_at", "pk"),
    }
    return render(request, "uploads/receipt.html", context)


def upload_table(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Every file's verdict as CSV (UTF-8 with the mark that spreadsheets look for)."""
    found = get_object_or_404(Upload.objects.visible_to(request.user).select_related("subject"), pk=pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="upload-{found.pk}.csv"'
    csv.writer(response).writerows(selectors.table(upload=found))
    return response


@require_POST
def upload_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give an unfinished upload up, and go back to where a folder is dropped."""
    found = get_object_or_404(Upload.objects.visible_to(request.user).select_related("subject"), pk=pk)
    discard(actor=request.user, upload_id=found.pk)
    return redirect("upload_new", code=found.subject.code)


def subject_uploads(request: HttpRequest, code: str) -> HttpResponse:
    """A fragment: the uploads of a subject that are under way; asks again by itself while there are any."""
    subject = _subject(request, code)
    context = {"subject": subject, "uploads": selectors.running(subject=subject)}
    return render(request, "uploads/subject_uploads.html", context)


def _subject(request: HttpRequest, code: str) -> Subject:
    return get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
