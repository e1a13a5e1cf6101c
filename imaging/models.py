"""What is in the store: exams, series, instances.

A stored series' row exists only for an object that was verified in the store, and a withdrawn one keeps its
object; a series held back has none, and a synthetic record has none either: it stands for an exam of an
invented person.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Subject, User


class ExamQuerySet(models.QuerySet["Exam"]):
    def visible_to(self, user: User) -> "ExamQuerySet":
        """Exams of the subjects that `user` may see."""
        return self.filter(subject__in=Subject.objects.visible_to(user))


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> "SeriesQuerySet":
        """Series of the subjects that `user` may see."""
        return self.filter(exam__subject__in=Subject.objects.visible_to(user))

    def stored(self) -> "SeriesQuerySet":
        """Those in the store that count."""
        return self.filter(state=Series.State.STORED)

    def sealed(self) -> "SeriesQuerySet":
        """Those with an object in the store, withdrawn ones too."""
        return self.filter(state__in=(Series.State.STORED, Series.State.WITHDRAWN))

    def on_file(self) -> "SeriesQuerySet":
        """Those that count as an exam: stored ones and synthetic records; none held back, none withdrawn."""
        return self.filter(state__in=ON_FILE)


class Exam(models.Model):
    """A CT scan or a radiograph of a subject, at a point of the subject's own calendar."""

    class Kind(models.TextChoices):
        CT = "CT", _("Chest CT")
        CXR = "CXR", _("Chest radiograph")

    class Slot(models.TextChoices):
        BASELINE = "baseline", _("Baseline radiograph")
        CT = "ct", _("CT")
        NEAR_CT = "near_ct", _("Radiograph within 24 h of CT")
        DISCHARGE = "discharge", _("Discharge radiograph")
        OTHER = "other", _("Other radiograph")

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="exams")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    study_uid = models.CharField(max_length=64)
    shifted_date = models.DateField(null=True)
    shifted_time = models.TimeField(null=True)
    anchored = models.BooleanField(default=False)
    slot = models.CharField(max_length=10, choices=Slot.choices, blank=True)
    slot_number = models.PositiveSmallIntegerField(default=1)

    objects = ExamQuerySet.as_manager()

    class Meta:
        ordering = ["shifted_date", "shifted_time", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "study_uid", "kind"], name="study_once_per_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind}"


WAITS = frozenset({"burned_in_text", "burned_in_said", "burned_in_bits"})
"""Findings of a series that somebody of its hospital has to look at."""


class Series(models.Model):
    """One sealed object: the instances of a series, with what its header says.

    `findings`: [{"code", "severity", "rule", "values"}], texts in
    imaging/validation/rules.toml and deid.codes.
    `rules`: version of the rules that judged it; empty for a record, and before rules had one version.
    `receipt`: what was done to make the object, see uploads.services.receipts; the signed receipts are there.
    A series held back (a leak alarm) has findings and no object, no instances, no preview. A synthetic record
    has header facts alone: nothing was uploaded, so there is no upload, no receipt and nothing to open.
    A withdrawn one stays as it was with its object and counts for nothing; `replaced_by` stands for it.
    """

    class State(models.TextChoices):
        STORED = "stored", _("Stored")
        QUARANTINED = "quarantined", _("Held back")
        SYNTHETIC = "synthetic", _("Synthetic record")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Plane(models.TextChoices):
        AXIAL = "axial", _("Axial")
        CORONAL = "coronal", _("Coronal")
        SAGITTAL = "sagittal", _("Sagittal")
        OTHER = "other", _("Other")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="series")
    series_uid = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices)
    modality = models.CharField(max_length=16)
    sop_class = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    description = models.CharField(max_length=64, blank=True)
    vendor = models.CharField(max_length=64, blank=True)
    vendor_raw = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    kernel = models.CharField(max_length=64, blank=True)
    plane = models.CharField(max_length=8, choices=Plane.choices, blank=True)
    view_position = models.CharField(max_length=16, blank=True)
    thickness_mm = models.FloatField(null=True)
    spacing_mm = models.FloatField(null=True)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    header = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    rules = models.CharField(max_length=8, blank=True)
    receipt = models.JSONField(default=dict)
    object_name = models.CharField(max_length=120, unique=True, null=True)
    preview_name = models.CharField(max_length=120, blank=True)
    instance_count = models.PositiveIntegerField(default=0)
    plain_bytes = models.PositiveBigIntegerField(default=0)
    sealed_bytes = models.PositiveBigIntegerField(default=0)
    upload_id = models.UUIDField(null=True)
    stripped_at_site = models.BooleanField(default=False)
    stored_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_because = models.CharField(max_length=1000, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["exam", "stored_at", "id"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["exam", "series_uid"],
                condition=~models.Q(state="withdrawn"),
                name="series_once_per_exam",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~models.Q(withdrawn_because="")
                | ~models.Q(state="withdrawn")
                & models.Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="", replaced_by=None),
                name="withdrawn_series_has_a_name_and_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("stored", "withdrawn"),
                    instance_count__gt=0,
                    object_name__isnull=False,
                    upload_id__isnull=False,
                )
                | models.Q(
                    state="quarantined",
                    instance_count=0,
                    object_name__isnull=True,
                    upload_id__isnull=False,
                )
                | models.Q(
                    state="synthetic",
                    instance_count=0,
                    object_name__isnull=True,
                    upload_id__isnull=True,
                    preview_name="",
                ),
                name="stored_series_has_an_object",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def waits_for_its_hospital(self) -> bool:
        """Whether text was found in its pictures, and somebody of its hospital has to decide."""
        held = self.state == self.State.QUARANTINED
        return held and any(one["code"] in WAITS for one in self.findings)

    @property
    def on_file(self) -> bool:
        """Whether it counts as an exam."""
        return self.state in ON_FILE


ON_FILE = (Series.State.STORED, Series.State.SYNTHETIC)


class Instance(models.Model):
    """One DICOM file inside a series' object. `offset` and `length` are bytes in the opened (plain) object.

    `pixel_sha256` is of the pixel bytes as they are stored, `decoded_sha256` of what they decode to, which
    is the same for one image in two transfer syntaxes. `source_sha256` is of the file as it was sent.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances")
    sop_uid = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=32)
    number = models.IntegerField(null=True)
    position_mm = models.FloatField(null=True)
    frames = models.PositiveIntegerField(default=1)
    offset = models.PositiveBigIntegerField()
    length = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    pixel_sha256 = models.CharField(max_length=64, db_index=True)
    decoded_sha256 = models.CharField(max_length=64, db_index=True)
    source_sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["series", "offset"]
        constraints = [
            models.UniqueConstraint(fields=["series", "sop_uid"], name="instance_once_per_series"),
            models.UniqueConstraint(fields=["series", "source_sha256"], name="source_once_per_series"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.name}"
