"""The audit trail: append-only, each event carries the hash of the one before it."""

from typing import Any

from django.conf import settings
from django.db import models


class AppendOnly(models.QuerySet["AuditEvent"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Audit events are never deleted.")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("Audit events are never changed.")


class AuditEvent(models.Model):
    class Verb(models.TextChoices):
        SIGNED_IN = "signed in"
        SIGN_IN_FAILED = "sign-in failed"
        SIGNED_OUT = "signed out"
        TOKEN_ISSUED = "token issued"
        SITE_TOKEN_MADE = "site token made"
        SITE_TOKEN_REVOKED = "site token revoked"
        ACCOUNT_MADE = "account made"
        APPROVAL_ENTERED = "ethics approval entered"
        APPROVAL_WITHDRAWN = "ethics approval withdrawn"
        QUOTA_SET = "quota set"
        SUBJECT_MADE = "subject made"
        UPLOAD_STARTED = "upload started"
        UPLOAD_COMPLETED = "upload completed"
        UPLOAD_EXPIRED = "upload expired"
        STAGING_SWEPT = "staging swept"
        SERIES_STORED = "series stored"
        SERIES_QUARANTINED = "series quarantined"
        FILE_REFUSED = "files refused"
        PICTURE_SEEN = "held picture seen"
        TEXT_DECIDED = "text in pictures decided"
        SERIES_WITHDRAWN = "series withdrawn"
        SERIES_READ = "series read"
        FINDING_WAIVED = "finding waived"
        WAIVER_WITHDRAWN = "waiver withdrawn"
        FORM_CHANGED = "form changed"
        FORM_SUBMITTED = "form submitted"
        FORM_SIGNED = "form signed"
        SIGNATURE_BROKEN = "signature broken"
        UNLOCK_ASKED = "unlock asked"
        UNLOCK_GRANTED = "unlock granted"
        UNLOCK_REFUSED = "unlock refused"
        RECORD_CHECKED = "record checked"
        RECORD_TAKEN = "record taken"
        CASE_ACCEPTED = "case accepted"
        CASE_RETURNED = "case returned"
        QUERY_OPENED = "query opened"
        QUERY_ANSWERED = "query answered"
        QUERY_CLOSED = "query closed"
        QUERY_VERIFIED = "query verified"
        QUERY_ASSIGNED = "query assigned"
        TABLE_EXPORTED = "table exported"
        RELEASE_MADE = "release made"
        RELEASE_TAKEN = "release taken"
        RELEASE_IMAGES_READ = "images of release read"
        ACCESS_ASKED = "access asked for"
        ACCESS_APPROVED = "access approved"
        ACCESS_DECLINED = "access declined"
        ACCESS_AGREED = "access agreed"
        ACCESS_ENDED = "access ended"

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=80)
    verb = models.CharField(max_length=30, choices=Verb.choices)
    subject_code = models.CharField(max_length=10, blank=True, db_index=True)
    target = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Audit events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Audit events are never deleted.")


class AuditHead(models.Model):
    """The last link of the chain; its row lock puts events in one order."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head")]

    def __str__(self) -> str:
        return f"head {self.sequence}"
