"""What people decided about findings: waivers, each with a name, a reason and a time; never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from imaging.models import Series
from registry.models import Subject, User

REASON_LENGTH = 1000


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def visible_to(self, user: User) -> "WaiverQuerySet":
        """Waivers on series of the subjects that `user` may see."""
        return self.filter(series__exam__subject__in=Subject.objects.visible_to(user))

    def in_force(self) -> "WaiverQuerySet":
        return self.filter(withdrawn_at=None)


class Waiver(models.Model):
    """A curator's word that one finding of one series does not stand in the way.

    `finding` is the key of the finding with its values (imaging.findings.finding_key): when it says
    something else because the series changed, the waiver holds for it no more.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(max_length=40)
    finding = models.CharField(max_length=64)
    reason = models.CharField(max_length=REASON_LENGTH)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "finding"], condition=Q(withdrawn_at=None), name="finding_waived_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="withdrawn_waiver_has_a_name_and_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.code}"
