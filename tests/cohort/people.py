"""Making hospitals, people and stored series."""

import datetime

from imaging.models import Exam, Series
from registry.models import IrbApproval, Role, Site, Subject, User


def make_site(code: str) -> Site:
    site = Site.objects.create(code=code, name=f"Hospital {code}", name_ko=f"병원 {code}", level="T")
    IrbApproval.objects.create(
        site=site,
        number="2020-1",
        valid_from=datetime.date(2020, 1, 1),
        valid_until=datetime.date(2999, 1, 1),
    )
    return site


def make_person(role: Role, site: Site | None = None, name: str = "") -> User:
    email = f"{name or role}-{site.code if site else 'kstr'}@example.org".lower()
    return User.objects.create_user(
        email, "a long password", name=name or f"The {role}", role=role, site=site
    )


def make_stored_series(subject: Subject) -> Series:
    """A stored CT series of the patient (its rows; no object behind it)."""
    exam = Exam.objects.create(subject=subject, kind="CT", study_uid="2.25.1", slot="ct")
    return Series.objects.create(
        exam=exam,
        series_uid="2.25.2",
        state=Series.State.STORED,
        modality="CT",
        sop_class="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax="1.2.840.10008.1.2.1",
        rows=512,
        columns=512,
        object_name="series/one",
        instance_count=120,
        plain_bytes=1,
        sealed_bytes=1,
        upload_id="00000000-0000-4000-8000-000000000001",
        stored_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )
