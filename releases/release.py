"""Releases: rows that are never changed, in the model, and by triggers in the database."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Subject, User


class FrozenError(TypeError):
    """A release is never changed and never deleted."""


class Frozen(models.QuerySet[Any]):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenError

    def update(self, **kwargs: Any) -> int:
        raise FrozenError

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise FrozenError


class ReleaseQuerySet(Frozen):
    def visible_to(self, user: User) -> "ReleaseQuerySet":
        """Releases that `user` may see: those who see the summary see all, others none."""
        return self.all() if user.is_authenticated and user.sees_summary else self.none()


class FrozenModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise FrozenError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenError


class Release(FrozenModel):
    """A frozen cohort. `frame` is canonical JSON (see releases.frozen), `digest` covers it and every case.

    `counts`: {"cases", "sites", "series", "images", "synthetic"}. `files`: {name: SHA-256} of every file that
    `rebuild_release` makes, as they were when the release was made.
    """

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    software = models.CharField(max_length=40)
    dictionary = models.CharField(max_length=20)
    frame = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    counts = models.JSONField()
    files = models.JSONField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="releases_count_from_one"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="release_has_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Release %(number)d") % {"number": self.number})


class ReleasedObject(models.Model):
    """An object of the store that a release names; it stays when its series has got another since."""

    name = models.CharField(max_length=120, primary_key=True)

    def __str__(self) -> str:
        return self.name


class ReleaseCase(FrozenModel):
    """A case as it was when the release was made: `content` is canonical JSON, `sha256` its digest.

    `number` stands for the person at level Safe Harbor; it is drawn by lot for each release.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cases")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="release_cases")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    objects = Frozen.as_manager()

    class Meta:
        ordering = ["release", "subject__code"]
        constraints = [
            models.UniqueConstraint(fields=["release", "subject"], name="case_once_per_release"),
            models.UniqueConstraint(fields=["release", "number"], name="number_once_per_release"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.subject_id}"
