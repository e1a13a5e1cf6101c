"""Accounts. One role each; site roles belong to one site."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RADIOLOGIST = "radiologist", _("Site radiologist")
    COORDINATOR = "coordinator", _("Site coordinator")
    CURATOR = "curator", _("Curator")
    RESEARCHER = "researcher", _("Researcher")
    LEAD = "lead", _("Task-force lead")
    ADMIN = "admin", _("Administrator")
    MACHINE = "machine", _("Machine of a site")


SITE_ROLES = (Role.RADIOLOGIST, Role.COORDINATOR, Role.MACHINE)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=80)
    role = models.CharField(_("Role"), max_length=12, choices=Role.choices)
    site = models.ForeignKey("registry.Site", on_delete=models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=SITE_ROLES, site__isnull=False)
                | (~models.Q(role__in=SITE_ROLES) & models.Q(site__isnull=True)),
                name="site_roles_have_a_site_and_others_none",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def at_site(self) -> bool:
        return self.role in SITE_ROLES

    @property
    def is_machine(self) -> bool:
        """An account that a site token acts as; it has no password and no page."""
        return self.role == Role.MACHINE

    @property
    def is_curator(self) -> bool:
        return self.role == Role.CURATOR

    @property
    def sees_every_site(self) -> bool:
        return self.role in (Role.CURATOR, Role.LEAD)

    @property
    def exports_tables(self) -> bool:
        return self.role in (Role.RESEARCHER, Role.LEAD)

    @property
    def sees_summary(self) -> bool:
        return self.role in (Role.RESEARCHER, Role.LEAD, Role.CURATOR)
