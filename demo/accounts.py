"""Demo sites and accounts; only where settings say that this is a demo."""

import datetime
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from registry.models import IrbApproval, Role, Site, User

SITES = (
    ("S03", "Daegu Demo University Hospital", "대구데모대학교병원", Site.Level.TERTIARY),
    ("S05", "Busan Demo University Hospital", "부산데모대학교병원", Site.Level.TERTIARY),
    ("S11", "Daejeon Demo Medical Center", "대전데모의료원", Site.Level.SECONDARY),
)
ACCOUNTS = (
    ("site@demo.kicc", "Hana Seo", Role.RADIOLOGIST, "S03"),
    ("site2@demo.kicc", "Minjun Bae", Role.RADIOLOGIST, "S05"),
    ("site3@demo.kicc", "Sora Noh", Role.RADIOLOGIST, "S11"),
    ("curator@demo.kicc", "Jiwon Ahn", Role.CURATOR, None),
    ("researcher@demo.kicc", "Dohyun Moon", Role.RESEARCHER, None),
    ("lead@demo.kicc", "Eunji Ha", Role.LEAD, None),
    ("admin@demo.kicc", "Taeho Gil", Role.ADMIN, None),
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
    password = demo_password(settings.DEMO_PASSWORD_FILE)
    today = datetime.date.today()
    sites = {}
    for code, name, name_ko, level in SITES:
        site, _ = Site.objects.get_or_create(
            code=code, defaults={"name": name, "name_ko": name_ko, "level": level}
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
        sites[code] = site
    for email, name, role, code in ACCOUNTS:
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(
                email, password, name=name, role=role, site=sites[code] if code else None
            )
