"""Tokens with which a hospital's machines send images without a person's sign-in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.people import Role, User
from registry.models.sites import Site


class SiteTokenQuerySet(models.QuerySet["SiteToken"]):
    def visible_to(self, user: User) -> "SiteTokenQuerySet":
        """Tokens that `user` may see and revoke: those of one's own site; the administrator's are all."""
        if user.role == Role.ADMIN:
            return self.all()
        if user.at_site and not user.is_machine:
            return self.filter(account__site_id=user.site_id)
        return self.none()


class SiteToken(models.Model):
    """A key to sending, of one machine of one site. `digest` is the SHA-256 of the token, which is not kept.

    `account` is who acts when the token is used: its name is the machine's, its site the token's.
    """

    class State(models.TextChoices):
        IN_FORCE = "in force", _("In force")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="site_token"
    )
    digest = models.CharField(max_length=64, unique=True)
    request_id = models.UUIDField(unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SiteTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="site_token_revoked_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.site.code} {self.account.name}"

    @property
    def site(self) -> Site:
        site: Site = self.account.site
        return site

    @property
    def state(self) -> "SiteToken.State":
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.IN_FORCE
