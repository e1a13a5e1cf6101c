"""What stays as proof: signed receipts in one chain, and leak alarms. No value of any element is in them."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Subject, User


class AppendOnly(models.QuerySet[Any]):
    """Rows that are written once. `visible_to` follows the upload that they belong to."""

    def visible_to(self, user: User) -> "AppendOnly":
        """Those of the subjects that `user` may see."""
        return self.filter(upload__subject__in=Subject.objects.visible_to(user))

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Proofs are never deleted.")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Proofs are never changed.")


class Evidence(models.Model):
    """A row that is written once."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Proofs are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Proofs are never deleted.")


class Receipt(Evidence):
    """One link of the chain of receipts (docs/receipts.md).

    `body` is the canonical JSON that was signed, byte for byte; `digest` its SHA-256, which the next one
    names; `series` identifies a series before and after it is stored.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    upload = models.ForeignKey("uploads.Upload", on_delete=models.PROTECT, related_name="receipts")
    series = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    body = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"receipt {self.sequence}"


class ReceiptHead(models.Model):
    """The last link of the chain; its row lock puts receipts in one order."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_receipt_head")]

    def __str__(self) -> str:
        return f"head {self.sequence}"


class LeakAlarm(Evidence):
    """Something identifying was in what came in as clean: which elements, of which scanner, said to be
    stripped by what.

    `elements`: [{"element", "action", "reason", "files"}], item numbers left out. `vendor` and `model` are
    normalised and come from after the second pass. `claimed_by` is what the upload said, `marked_by` what the
    files say of themselves; `found_by` is the engine and profile that found it. `cause` is empty on alarms
    from before causes were told.
    """

    class Cause(models.TextChoices):
        OTHER_PATIENT = "other_patient", _("Stripped for another patient")
        OLD_ENGINE = "old_engine", _("Stripped by an older engine")
        NOT_STRIPPED = "not_stripped", _("Not free of identity")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey("uploads.Upload", on_delete=models.PROTECT, related_name="leaks")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="leaks")
    series = models.UUIDField()
    at = models.DateTimeField(db_index=True)
    modality = models.CharField(max_length=16)
    vendor = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    files = models.PositiveIntegerField()
    files_leaking = models.PositiveIntegerField()
    elements = models.JSONField(default=list)
    claimed_by = models.CharField(max_length=120)
    marked_by = models.CharField(max_length=120, blank=True)
    found_by = models.CharField(max_length=120)
    cause = models.CharField(max_length=13, choices=Cause.choices, blank=True)

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return str(self.id)
