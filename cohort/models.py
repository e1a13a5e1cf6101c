"""The clinical half: cases, answers and their history, questions, decisions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Subject, User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """Cases of the subjects that `user` may see."""
        return self.filter(subject__in=Subject.objects.visible_to(user))


class Case(models.Model):
    """A subject's case report form and where it stands between site and curators.

    `synthetic`: the person is invented; only a demo has such cases, and every table that counts them says so.
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

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["subject"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False),
                name="case_past_draft_was_submitted",
            )
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


class AnswerChange(models.Model):
    """One change of one answer: who, when, old, new, why, by which way, and the revision that it made."""

    class Cause(models.TextChoices):
        ENTERED = "entered", _("Entered")
        CLEARED = "cleared", _("Cleared because another answer closed the question")
        COMPUTED = "computed", _("Computed")

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        IMPORT = "import", _("Import from a workbook")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    item = models.CharField(max_length=40)
    old = models.CharField(max_length=200, blank=True)
    new = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=8, choices=Cause.choices)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.FORM)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "item"])]

    def __str__(self) -> str:
        return f"{self.item} {self.at}"


class QueryQuerySet(models.QuerySet["Query"]):
    def visible_to(self, user: User) -> "QueryQuerySet":
        """Questions on cases that `user` may see."""
        return self.filter(case__in=Case.objects.visible_to(user))


class Query(models.Model):
    """A question of a curator on a field, an exam or the case; open → answered → closed."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="queries")
    item = models.CharField(max_length=40, blank=True)
    exam = models.ForeignKey(
        "imaging.Exam", on_delete=models.PROTECT, null=True, blank=True, related_name="queries"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = QueryQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_query_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"query {self.pk}"


class QueryMessage(models.Model):
    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["id"]

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
