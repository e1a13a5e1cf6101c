"""Participating hospitals and their ethics approvals."""

import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    class Level(models.TextChoices):
        TERTIARY = "T", _("Tertiary referral")
        SECONDARY = "S", _("Secondary referral")

    code = models.CharField(max_length=3, unique=True, validators=[RegexValidator(r"^S\d{2}$")])
    name = models.CharField(max_length=120)
    name_ko = models.CharField(max_length=120)
    level = models.CharField(max_length=1, choices=Level.choices)
    last_sequence = models.PositiveIntegerField(default=0)

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
        return (
            self.approvals.filter(valid_from__lte=day, valid_until__gte=day).order_by("-valid_until").first()
        )


class IrbApproval(models.Model):
    """An institutional review board's approval; a site without one in force cannot upload."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="approvals")
    number = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField()
    consent_waived = models.BooleanField(default=False)

    class Meta:
        ordering = ["site", "-valid_until"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="irb_number_once_per_site"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="irb_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.valid_from} – {self.valid_until})"
