"""Reading uploads: where each file and each series of an upload stands."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language

from imaging.models import Series
from imaging.validation import message as finding_message
from registry.models import Subject, User
from uploads.models import Job, Upload, UploadFile
from uploads.services.versions import versions_of
from uploads.verdicts import message


@dataclass(frozen=True)
class Progress:
    """Counts of files, for people who wait. `answered` have a verdict; `working` is done by running jobs."""

    total: int
    received: int
    answered: int
    working: int

    @property
    def percent(self) -> int:
        """How far the whole way is, receiving and processing counted alike.

        100 only when every file has its answer.
        """
        if not self.total or self.answered == self.total:
            return 100
        return min(99, (self.received + min(self.total, self.answered + self.working)) * 50 // self.total)


def uploads_of(*, user: User, code: str = "") -> Any:
    """Uploads that `user` may see, of one subject when its code is given; newest first."""
    uploads = Upload.objects.visible_to(user).select_related("subject", "created_by")
    return (
        uploads.filter(subject__in=Subject.objects.filter(code=code.replace("\0", " "))) if code else uploads
    )


def running(*, subject: Subject) -> list[Upload]:
    """Uploads of a subject that are being received or processed, each with `.progress`."""
    found = list(subject.uploads.filter(state__in=(Upload.State.OPEN, Upload.State.PROCESSING)))
    for upload in found:
        upload.progress = progress(upload=upload)  # type: ignore[attr-defined]
    return found


def under_way(*, subject: Subject, **_: Any) -> int:
    """Uploads of a subject of which something has arrived and that are not finished, or wait for a person."""
    begun = Q(state=Upload.State.PROCESSING) | Q(state=Upload.State.OPEN, files__staged_name__gt="")
    begun |= Q(jobs__state=Job.State.HELD)
    return subject.uploads.filter(begun).distinct().count()


def progress(*, upload: Upload) -> Progress:
    counts = upload.files.aggregate(
        total=Count("pk"),
        received=Count("pk", filter=Q(received_at__isnull=False) | ~Q(verdict="")),
        answered=Count("pk", filter=~Q(verdict="")),
    )
    working = upload.jobs.filter(state=Job.State.RUNNING, kind=Job.Kind.SERIES).values_list(
        "files_done", flat=True
    )
    return Progress(**counts, working=sum(working))


def files_of(*, upload: Upload) -> list[dict[str, Any]]:
    """Every file with verdict, code and the sentence in the reader's language, in the order of the list."""
    language = get_language() or "en"
    rows = upload.files.order_by("pk").values("sha256", "size", "received_at", "verdict", "code", "where")
    return [
        {
            "sha256": row["sha256"],
            "size": row["size"],
            "received": row["received_at"] is not None,
            "verdict": row["verdict"] or None,
            "verdict_label": UploadFile.Verdict(row["verdict"]).label if row["verdict"] else "",
            "code": row["code"] or None,
            "message": message(row["code"], where=row["where"], language=language) if row["code"] else None,
            "where": row["where"],
        }
        for row in rows
    ]


def series_of(*, upload: Upload) -> list[dict[str, Any]]:
    """Every series of the upload: identifier, state, step, counts, findings with their sentences.

    States: queued, running, stored, quarantined, withdrawn, refused (no file was taken), failed.
    """
    jobs = list(upload.jobs.filter(kind=Job.Kind.SERIES).order_by("created_at", "pk"))
    identifiers = _identifiers(upload, jobs)
    known = Series.objects.in_bulk(identifiers.values())
    return [_series(job, known.get(identifiers[job.pk])) | {"id": str(identifiers[job.pk])} for job in jobs]


def _identifiers(upload: Upload, jobs: Sequence[Job]) -> dict[Any, uuid.UUID]:
    """The series of each job: the version that it made, by its receipts, else the one that it would make."""
    found = versions_of(subject_code=upload.subject.code, keys=[job.key for job in jobs])
    made = set(upload.receipts.values_list("series", flat=True))
    return {
        job.pk: next((one for one in reversed(found[job.key]) if one in made), found[job.key][-1])
        for job in jobs
    }


def waiting_for(*, upload: Upload) -> str:
    """What holds the upload up: "store", "database", or empty."""
    waits = (job.waiting_for for job in upload.jobs.filter(state=Job.State.QUEUED))
    return next(filter(None, waits), "")


def _series(job: Job, series: Series | None) -> dict[str, Any]:
    state, language = job.state, get_language() or "en"
    if job.state == Job.State.HELD or (job.state == Job.State.DONE and job.error == "leak_alarm"):
        state = Series.State.QUARANTINED
    elif job.state == Job.State.DONE:
        state = series.state if series else "refused"
    return {
        "state": str(state),
        "step": job.step,
        "waiting_for": job.waiting_for,
        "files_done": job.files_done,
        "files_total": job.files_total,
        "modality": series.modality if series else "",
        "description": series.description if series else "",
        "instances": series.instance_count if series else 0,
        "stored": series is not None,
        "findings": [
            {**finding, "message": finding_message(finding["code"], finding.get("values", {}), language)}
            for finding in job.findings
        ],
    }


def counts(*, upload: Upload) -> dict[str, int]:
    """Files: total, arrived, waiting (no verdict), done, here (stored or duplicate), and per verdict."""
    by_verdict = dict(upload.files.values_list("verdict").annotate(count=Count("pk")).order_by("verdict"))
    told = {verdict.value: by_verdict.get(verdict.value, 0) for verdict in UploadFile.Verdict}
    total, waiting = sum(by_verdict.values()), by_verdict.get("", 0)
    return {
        **told,
        "total": total,
        "arrived": upload.files.filter(Q(received_at__isnull=False) | ~Q(verdict="")).count(),
        "waiting": waiting,
        "done": total - waiting,
        "here": told["stored"] + told["duplicate"],
    }


def table(*, upload: Upload) -> list[tuple[str, ...]]:
    """Every file as a row of text under a head: digest, bytes, verdict, code, sentence, series."""
    series = _identifiers(upload, list(upload.jobs.exclude(key="")))
    of = dict(upload.files.values_list("sha256", "job_id"))
    rows = [
        (
            row["sha256"],
            str(row["size"]),
            row["verdict"] or "",
            row["code"] or "",
            row["message"] or "",
            str(series.get(of[row["sha256"]], "")),
        )
        for row in files_of(upload=upload)
    ]
    return [("sha256", "bytes", "verdict", "code", "message", "series"), *rows]


def groups(*, upload: Upload) -> list[dict[str, Any]]:
    """Answered files by verdict and reason, the troubled first: verdict, label, code, message, files."""
    language = get_language() or "en"
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rows = upload.files.exclude(verdict="").order_by("pk").values("sha256", "size", "verdict", "code")
    for row in rows:
        found.setdefault((row["verdict"], row["code"]), []).append(
            {"sha256": row["sha256"], "size": row["size"]}
        )
    order = ["quarantined", "refused", "stored", "duplicate"]
    return [
        {
            "verdict": verdict,
            "label": UploadFile.Verdict(verdict).label,
            "code": code,
            "message": message(code, language=language) if code else "",
            "files": files,
        }
        for (verdict, code), files in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]
