"""From the wire to a sealed object: uploads, their files, and the jobs that process them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Subject, User
from uploads.evidence import LeakAlarm as LeakAlarm
from uploads.evidence import Receipt as Receipt
from uploads.evidence import ReceiptHead as ReceiptHead


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> "UploadQuerySet":
        """Uploads of the subjects that `user` may see."""
        return self.filter(subject__in=Subject.objects.visible_to(user))


class Upload(models.Model):
    """Files of one subject on their way into the store.

    `overruled`: what a person chose against the rule, [{"taken", "rule", "values", "reason", "file": SHA-256
    of one file of a taken series or "", "series": {"modality", "description", "images"}}]; see
    services.choices.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Receiving")
        PROCESSING = "processing", _("Processing")
        DONE = "done", _("Done")
        ATTENTION = "attention", _("Needs you")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    client = models.CharField(max_length=80, blank=True)
    stripped_by = models.CharField(max_length=120, blank=True)
    manifest_digest = models.CharField(max_length=64)
    overruled = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    completed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "manifest_digest", "stripped_by"],
                condition=Q(state="open"),
                name="one_open_upload_per_manifest",
            ),
            models.CheckConstraint(
                condition=(Q(state="open") & Q(completed_at__isnull=True))
                | (~Q(state="open") & Q(completed_at__isnull=False)),
                name="upload_past_open_was_completed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "processing"], finished_at__isnull=True)
                | Q(state__in=["done", "attention"], finished_at__isnull=False),
                name="upload_finished_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Job(models.Model):
    """Work on an upload: sort its files into series, or bring one series into the store.

    Taken by lease: one conditional UPDATE sets `lease_owner` and `lease_until`; who holds no lease writes
    nothing. `key` names the series without its UID (uploads.services.keys). `attempts` counts takings,
    `crashes` those that ended without an answer; `sent_at` is when the queue was last told of the job. A held
    job has an open Hold and waits for a person.
    """

    class Kind(models.TextChoices):
        SORT = "sort"
        SERIES = "series"

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        HELD = "held", _("Needs you")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    key = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=20, blank=True)
    files_done = models.PositiveIntegerField(default=0)
    files_total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0)
    lease_owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=40, blank=True)
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "kind", "key"], name="one_job_per_series_of_an_upload"),
            models.CheckConstraint(
                condition=(Q(state="running") & Q(lease_owner__isnull=False, lease_until__isnull=False))
                | (~Q(state="running") & Q(lease_owner__isnull=True, lease_until__isnull=True)),
                name="running_job_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def waiting_for(self) -> str:
        """What the next try waits for: "store", "database", or empty."""
        cause = self.error.partition("_")[0] if self.state == self.State.QUEUED else ""
        return cause if cause in ("store", "database") else ""

    def get_state_display(self) -> str:
        waits = {"store": _("Waiting for the store"), "database": _("Waiting for the database")}
        return str(waits.get(self.waiting_for) or self.State(self.state).label)


class UploadFile(models.Model):
    """One file of an upload's manifest, known by its digest; its name never leaves the sender.

    `staged_name` is written before the object is and cleared after it was deleted, so the table knows every
    object that may lie in staging. `position_mm` (along the slice normal) and `number` order the files of a
    series.
    """

    class Verdict(models.TextChoices):
        STORED = "stored", _("Stored")
        DUPLICATE = "duplicate", _("Already here")
        REFUSED = "refused", _("Refused")
        QUARANTINED = "quarantined", _("Held back")

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    verdict = models.CharField(max_length=11, choices=Verdict.choices, blank=True)
    code = models.CharField(max_length=40, blank=True)
    where = models.CharField(max_length=80, blank=True)
    staged_name = models.CharField(max_length=140, blank=True)
    position_mm = models.FloatField(null=True, blank=True)
    number = models.IntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "sha256"], name="file_once_per_upload"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: User) -> "HoldQuerySet":
        """Those of the person's own hospital. Nobody else may see a picture that may name a patient."""
        if not user.is_authenticated or not user.at_site:
            return self.none()
        return self.filter(job__upload__subject__in=Subject.objects.visible_to(user))

    def open(self) -> "HoldQuerySet":
        return self.filter(decision="")


class Hold(models.Model):
    """A series whose pictures hold text, from the finding until a person of its hospital has decided.

    `found`: [{"file": SHA-256, "frame", "rows", "columns", "boxes": [[x, y, width, height], …]}], where text
    was found; what it says is not kept. `said`: the header itself says so. `regions`, of a decision to mask:
    [{"file": SHA-256 or "", "frame": index or null, "box": [x, y, width, height]}]; without file or frame it
    holds for every one of that matrix ("rows", "columns"). `series` is the identifier that the series has, or
    will have.
    """

    class Decision(models.TextChoices):
        MASK = "mask", _("Masked")
        KEEP = "keep", _("Kept as it is")
        REFUSE = "refuse", _("Refused")
        EXPIRED = "expired", _("Nobody decided in time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="holds")
    series = models.UUIDField(db_index=True)
    said = models.BooleanField(default=False)
    found = models.JSONField(default=list)
    opened_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=7, choices=Decision.choices, blank=True)
    regions = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["job"], condition=Q(decision=""), name="one_open_hold_per_job"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(decision="expired", decided_at__isnull=False, decided_by__isnull=True)
                | Q(
                    decision__in=["mask", "keep", "refuse"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="hold_is_decided_by_somebody_or_expired",
            ),
            models.CheckConstraint(
                condition=~Q(decision="keep") | ~Q(reason=""), name="keeping_text_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class UnclaimedObject(models.Model):
    """An object in the store that no row claims: about to be claimed by `job`, or, without one, to be
    deleted after `until`.

    Written before the object is; removed in the transaction that makes the claiming row. What a killed worker
    leaves behind is therefore always named here.
    """

    name = models.CharField(max_length=140, unique=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="unclaimed")
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
