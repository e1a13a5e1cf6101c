"""What stands behind a case's answers: how far each section is, who signed, who wants it back."""

from django.conf import settings
from django.db import models
from django.db.models import Case as Switch
from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _


class FormState(models.TextChoices):
    """Of a form and of each of its sections, in this order."""

    EMPTY = "empty", _("Empty")
    DRAFT = "draft", _("Begun")
    COMPLETE = "complete", _("Complete")
    SIGNED = "signed", _("Signed")
    LOCKED = "locked", _("Locked")


def generated_state(*seals: When) -> models.GeneratedField:
    """The state as a column that the database itself computes from the row; `seals` come before the rest."""
    return models.GeneratedField(
        expression=Switch(
            *seals,
            When(complete=True, then=Value("complete")),
            When(given__gt=0, then=Value("draft")),
            default=Value("empty"),
        ),
        output_field=models.CharField(max_length=8, choices=FormState.choices),
        db_persist=True,
    )


class SectionState(models.Model):
    """How far a section of a case's form is. Signature and lock are the whole form's: they are on its case.

    `given` counts what a person answered, `missing` what this branch asks for and nobody answered, `errors`
    what contradicts.
    """

    case = models.ForeignKey("cohort.Case", on_delete=models.PROTECT, related_name="section_states")
    section = models.CharField(max_length=40)
    given = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)
    state = generated_state()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "section"], name="one_state_per_section"),
            models.CheckConstraint(
                condition=Q(complete=False) | Q(given__gt=0, missing=0, errors=0),
                name="complete_section_lacks_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} of case {self.case_id}"


class Signature(models.Model):
    """A person's electronic signature of a case: of the content with this digest, at this revision.

    The first change after it breaks it, once; the row stays.
    """

    case = models.ForeignKey("cohort.Case", on_delete=models.PROTECT, related_name="signatures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField()
    content = models.CharField(max_length=64)
    broken_at = models.DateTimeField(null=True, blank=True)
    broken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(broken_at__isnull=True), name="one_signature_in_force"
            ),
            models.CheckConstraint(
                condition=Q(broken_at__isnull=True, broken_by__isnull=True)
                | Q(broken_at__isnull=False, broken_by__isnull=False),
                name="broken_signature_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class UnlockRequest(models.Model):
    """A site asks to have a form back that it sent; a curator or the lead grants it or says why not."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    case = models.ForeignKey("cohort.Case", on_delete=models.PROTECT, related_name="unlock_requests")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="one_open_unlock_request"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="decided_unlock_request_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="refused_unlock_request_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"unlock request {self.pk}"


class DigestMail(models.Model):
    """That a person was written to on a day: one mail a day, however often it is tried."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"digest of {self.day}"
