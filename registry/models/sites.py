"""Participating hospitals and their ethics approvals."""

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from registry.models.people import User

WARN_DAYS = 30
LAST_DAY = datetime.date(9999, 12, 31)


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: "User") -> "SiteQuerySet":
        """Sites whose approvals and quotas `user` may see: the administrator all, a site its own."""
        if user.role == "admin":
            return self.all()
        return self.filter(pk=user.site_id) if user.at_site and not user.is_machine else self.none()


class Site(models.Model):
    """A hospital. `max_bytes`: of images it may have here, None for no limit; `max_open_uploads` at once."""

    class Level(models.TextChoices):
        TERTIARY = "T", _("Tertiary referral")
        SECONDARY = "S", _("Secondary referral")

    code = models.CharField(max_length=3, unique=True, validators=[RegexValidator(r"^S\d{2}$")])
    name = models.CharField(max_length=120)
    name_ko = models.CharField(max_length=120)
    level = models.CharField(max_length=1, choices=Level.choices)
    last_sequence = models.PositiveIntegerField(default=0)
    max_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    max_open_uploads = models.PositiveIntegerField(default=200)

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """Name in the reader's language."""
        return self.name_ko if (get_language() or "en").startswith("ko") else self.name

    def approval_on(self, day: datetime.date | None = None) -> "IrbApproval | None":
        """The ethics approval in force on `day` (today when None)."""
        day = day or timezone.localdate()
        in_force = self.approvals.filter(valid_from__lte=day, valid_until__gte=day, withdrawn_at=None)
        return in_force.order_by("-valid_until").first()

    def covered_until(self, day: datetime.date | None = None) -> datetime.date | None:
        """Last day from `day` (today when None) on without a gap between approvals; None when uncovered."""
        last, approval = None, self.approval_on(day)
        while approval is not None:
            last = approval.valid_until
            approval = self.approval_on(last + datetime.timedelta(days=1)) if last < LAST_DAY else None
        return last

    def closes_on(self) -> datetime.date | None:
        """The last day of cover when that is near enough to warn of, else None."""
        last = self.covered_until()
        soon = timezone.localdate() + datetime.timedelta(days=WARN_DAYS)
        return last if last is not None and last <= soon else None


class IrbApproval(models.Model):
    """An institutional review board's approval; a site without one in force cannot upload.

    Never changed once entered: a mistake is withdrawn and entered anew, a prolongation is a new row.
    `document`: name of the approval letter, which stays with the administrator; `document_sha256` its digest.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="approvals")
    number = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField()
    consent_waived = models.BooleanField(default=False)
    document = models.CharField(max_length=120, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["site", "-valid_until"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "number", "valid_from"],
                condition=models.Q(withdrawn_at=None),
                name="irb_approval_once_per_site",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="irb_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.valid_from} – {self.valid_until})"
