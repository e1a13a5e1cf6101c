"""Access to a release: asked for, reviewed by the data board, agreed to, in force for a time, ended."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import Role, User
from releases.layouts import IMAGES, LIMITED, SAFE_HARBOR, SUMMARY
from releases.release import Frozen, FrozenModel, Release

BOARD = (Role.LEAD, Role.CURATOR)


def on_the_board(user: User) -> bool:
    """Whether the person decides on access: the task force, as long as the request is not their own."""
    return user.is_authenticated and user.role in BOARD


class AccessQuerySet(models.QuerySet["Access"]):
    def visible_to(self, user: User) -> "AccessQuerySet":
        """The board sees all, who asks their own, a site what uses its cases, once it was agreed to."""
        if not user.is_authenticated or user.is_machine:
            return self.none()
        if on_the_board(user):
            return self.all()
        if user.at_site:
            return self.filter(agreed_at__isnull=False, sites__has_key=user.site.code)
        return self.filter(by=user)


class Access(models.Model):
    """One person's access to one release at one level. `filters` narrow it, as on the cohort page.

    `risk` is what the board answered (see releases.risk) with `risk_answer`; `sites` counts the cases used by
    site code. `days` is how long it lasts from the agreement on.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for the data board")
        DECLINED = "declined", _("Declined")
        APPROVED = "approved", _("Approved, to be agreed to")
        IN_FORCE = "in force", _("In force")
        ENDED = "ended", _("Ended")

    class Level(models.TextChoices):
        SUMMARY = SUMMARY, _("Summary")
        SAFE_HARBOR = SAFE_HARBOR, _("Safe Harbor")
        LIMITED = LIMITED, _("Limited")
        IMAGES = IMAGES, _("Images")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="accesses")
    level = models.CharField(max_length=11, choices=Level.choices)
    filters = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=1000)
    asked_at = models.DateTimeField(auto_now_add=True)
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    risk = models.JSONField(default=dict)
    risk_answer = models.CharField(max_length=1000, blank=True)
    sites = models.JSONField(default=dict)
    days = models.PositiveSmallIntegerField(default=0)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreement = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=1000, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name_plural = "accesses"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", reviewed_at=None, agreed_at=None, ended_at=None)
                | Q(state="declined", reviewed_at__isnull=False, agreed_at=None, ended_at=None)
                | Q(state="approved", reviewed_at__isnull=False, agreed_at=None, ended_at=None, days__gt=0)
                | Q(
                    state="in force",
                    reviewed_at__isnull=False,
                    agreed_at__isnull=False,
                    until__isnull=False,
                    ended_at=None,
                )
                | Q(state="ended", reviewed_at__isnull=False, ended_at__isnull=False),
                name="access_state_says_what_happened",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("by")),
                name="nobody_reviews_their_own",
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=Q(state__in=["asked", "approved"]), name="one_open_renewal"
            ),
        ]

    def __str__(self) -> str:
        return f"access {self.pk}"

    @property
    def open(self) -> bool:
        """Whether something may be taken now."""
        return self.state == self.State.IN_FORCE and self.until is not None and self.until > timezone.now()

    @property
    def expired(self) -> bool:
        return self.state == self.State.IN_FORCE and not self.open


class Taking(FrozenModel):
    """What was taken under an access: a file of the export, or a series (`name` is `series/ID`), when."""

    access = models.ForeignKey(Access, on_delete=models.PROTECT, related_name="takings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=60)
    rows = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)

    objects: "models.Manager[Any]" = Frozen.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.access_id} {self.name}"
