"""Demo sites and accounts; only where settings say that this is a demo."""

import datetime
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError
from django.db import transaction

from demo.cohort.sites import HOSPITALS, Hospital
from registry.models import IrbApproval, Role, Site, User

NAMED = {"S03": "site@demo.kicc", "S05": "site2@demo.kicc", "S11": "site3@demo.kicc"}
CENTRAL = (
    ("curator@demo.kicc", "Jiwon Ahn", Role.CURATOR),
    ("curator2@demo.kicc", "Sungho Yeo", Role.CURATOR),
    ("curator3@demo.kicc", "Mirae Cheon", Role.CURATOR),
    ("researcher@demo.kicc", "Dohyun Moon", Role.RESEARCHER),
    ("lead@demo.kicc", "Eunji Ha", Role.LEAD),
    ("admin@demo.kicc", "Taeho Gil", Role.ADMIN),
)


def demo_password(path: Path) -> str:
    """The demo accounts' password, made once, readable by its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(9) + "\n")
    return path.read_text().strip()


@transaction.atomic
def create_accounts() -> None:
    """Make the demo's sites, approvals and people; what is there already stays."""
    if not settings.DEMO:
        raise CommandError("Demo accounts are refused here: this is not a demo installation.")
    password = make_password(demo_password(settings.DEMO_PASSWORD_FILE))
    today = datetime.date.today()
    sites = {}
    for one in HOSPITALS:
        site, _ = Site.objects.get_or_create(
            code=one.code, defaults={"name": one.name, "name_ko": one.name_ko, "level": one.level}
        )
        IrbApproval.objects.get_or_create(
            site=site,
            number="DEMO-2020-001",
            defaults={
                "valid_from": datetime.date(2020, 3, 1),
                "valid_until": today + datetime.timedelta(days=365),
                "consent_waived": True,
            },
        )
        sites[one.code] = site
    wanted = [(*account, None) for account in CENTRAL]
    wanted += [(email_at(one), one.person, Role.RADIOLOGIST, sites[one.code]) for one in HOSPITALS]
    known = set(User.objects.values_list("email", flat=True))
    for email, name, role, place in wanted:
        if email not in known:
            User.objects.create(email=email, password=password, name=name, role=role, site=place)


def email_at(hospital: Hospital) -> str:
    """The account of the hospital's radiologist."""
    return NAMED.get(hospital.code, f"{hospital.code.lower()}@demo.kicc")
