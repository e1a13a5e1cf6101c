"""Subjects: a code, a site and a key; nothing that names a person."""

import uuid

from django.conf import settings
from django.db import models

from registry.models.people import User
from registry.models.sites import Site


class SubjectQuerySet(models.QuerySet["Subject"]):
    def visible_to(self, user: User) -> "SubjectQuerySet":
        """What `user` may see: site people their site's, curators and leads everything, others nothing."""
        if not user.is_authenticated:
            return self.none()
        if user.sees_every_site:
            return self.all()
        if user.at_site:
            return self.filter(site_id=user.site_id)
        return self.none()


class Subject(models.Model):
    code = models.CharField(max_length=10, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="subjects")
    sequence = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    request_id = models.UUIDField(default=uuid.uuid4, unique=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["site__code", "sequence"]
        constraints = [models.UniqueConstraint(fields=["site", "sequence"], name="sequence_once_per_site")]

    def __str__(self) -> str:
        return self.code


class SubjectKey(models.Model):
    """The subject's key, wrapped by the master key; without it the subject's objects are noise."""

    subject = models.OneToOneField(Subject, on_delete=models.CASCADE, related_name="key")
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at__isnull=True),
                name="subject_key_is_there_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.subject_id}"
