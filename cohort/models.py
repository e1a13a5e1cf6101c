"""The clinical half: cases, answers and their history, questions, decisions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohort.models_record import (
    DigestMail,
    FormState,
    SectionState,
    Signature,
    UnlockRequest,
    generated_state,
)
from registry.models import Subject, User

__all__ = [
    "Answer",
    "AnswerChange",
    "Case",
    "Decision",
    "DigestMail",
    "FormState",
    "Query",
    "QueryMessage",
    "SectionState",
    "Signature",
    "UnlockRequest",
]


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Cases of the subjects that `user` may see."""
        return self.filter(subject__in=Subject.objects.visible_to(user))


class Case(models.Model):
    """A subject's case report form and where it stands between site and curators.

    `form_state` is computed by the database: what is given and complete, whether a signature is in force,
    and the lock that an acceptance is. `completed_at` is when nothing was missing for the first time: from
    then on a change has a reason. `synthetic`: the person is invented; only a demo has such cases, and every
    table that counts them says so.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")

    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="case")
    dictionary = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)
    given = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="in_force_of"
    )
    form_state = generated_state(
        When(state="accepted", then=Value("locked")),
        When(signature__isnull=False, then=Value("signed")),
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["subject"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
                name="case_past_draft_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(signature__isnull=True) | Q(complete=True),
                name="signed_form_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(complete=False) | Q(given__gt=0, completed_at__isnull=False),
                name="complete_form_has_answers_and_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.subject_id}"


class Answer(models.Model):
    """The value of one item: text in the dictionary's own coding; several choices are joined by `|`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=40)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="one_answer_per_item")]

    def __str__(self) -> str:
        return self.item


class Unchanging(models.QuerySet["AnswerChange"]):
    """Rows are added, never altered; the database's own guard says the same (cohort/guards.py)."""

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The record of changes is never deleted.")

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The record of changes is never changed.")


class AnswerChange(models.Model):
    """One change of one answer: who, when, old, new, why, by which way, and the revision that it made;
    `original` is what was typed, where that was in another unit.

    What the database's guard records of a change that went around the registry has nobody's name.
    """

    class Cause(models.TextChoices):
        ENTERED = "entered", _("Entered")
        CLEARED = "cleared", _("Cleared because another answer closed the question")
        COMPUTED = "computed", _("Computed")

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        IMPORT = "import", _("Import from a workbook")
        OUTSIDE = "sql", _("Changed in the database, outside the registry")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    item = models.CharField(max_length=40)
    old = models.CharField(max_length=200, blank=True)
    new = models.CharField(max_length=200, blank=True)
    original = models.CharField(max_length=60, blank=True)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.FORM)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = Unchanging.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "item"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(source="sql", by__isnull=True) | (~Q(source="sql") & Q(by__isnull=False)),
                name="change_has_an_author_or_went_around",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.at}"

    @property
    def who(self) -> Promise | str:
        return self.by.name if self.by else _("nobody known")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The record of changes is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The record of changes is never deleted.")


class QueryQuerySet(models.QuerySet["Query"]):
    def visible_to(self, user: User) -> "QueryQuerySet":
        """Questions on cases that `user` may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class Query(models.Model):
    """A question on a field, an exam or the case: open → answered → closed, or verified by a second look.

    `rule` is the finding that it rests on, if a rule asks (cohort/services/rule_queries.py); such a question
    closes itself when the rule passes. `assigned_to` is the person of the site whose it is, else the site's.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        VERIFIED = "verified", _("Verified")

    DONE = (State.CLOSED, State.VERIFIED)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="queries")
    item = models.CharField(max_length=40, blank=True)
    exam = models.ForeignKey(
        "imaging.Exam", on_delete=models.PROTECT, null=True, blank=True, related_name="queries"
    )
    rule = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = QueryQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("closed", "verified"), closed_at__isnull=False)
                | (~Q(state__in=("closed", "verified")) & Q(closed_at__isnull=True)),
                name="closed_query_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["case", "rule"],
                condition=~Q(rule="") & Q(state__in=("open", "answered")),
                name="a_rule_asks_once",
            ),
        ]

    def __str__(self) -> str:
        return f"query {self.pk}"

    @property
    def done(self) -> bool:
        return self.state in self.DONE

    @property
    def days(self) -> int:
        """Whole days since it was asked, or until it was closed."""
        return ((self.closed_at or timezone.now()) - self.opened_at).days


class QueryMessage(models.Model):
    """What was said on a question, or (`event`) what was done with it; nobody says that a rule passes."""

    class Event(models.TextChoices):
        SAID = "", _("Said")
        RULE = "rule", _("Asked because of a check")
        ASSIGNED = "assigned", _("Given to")
        CLOSED = "closed", _("Closed")
        VERIFIED = "verified", _("Verified")
        PASSED = "passed", _("Closed by itself: the check passes now")

    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=8, choices=Event.choices, default=Event.SAID, blank=True)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event="passed", by__isnull=True) | (~Q(event="passed") & Q(by__isnull=False)),
                name="only_a_rule_speaks_for_itself",
            ),
            models.CheckConstraint(condition=~Q(event="") | ~Q(text=""), name="what_is_said_has_words"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Decision(models.Model):
    """What a curator decided on a case, as it stood: `revision` of its form, digest of its `images`."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("Accepted")
        RETURN = "return", _("Returned")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField()
    images = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
