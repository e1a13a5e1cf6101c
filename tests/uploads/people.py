"""Hospitals, their people, and a sender that does what a browser does, over Django's test client."""

import datetime
import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.utils import timezone

from registry.models import IrbApproval, Role, Site, Subject, User
from registry.services.subjects import create_subject
from uploads.models import Job, UnclaimedObject
from uploads.pipeline.run import run, tidy

DAY = datetime.date(2020, 3, 3)


def make_site(code: str, *, approved: bool = True) -> Site:
    site = Site.objects.create(code=code, name=f"Hospital {code}", name_ko=f"병원 {code}", level="T")
    if approved:
        IrbApproval.objects.create(
            site=site, number="1", valid_from=datetime.date(2020, 1, 1), valid_until=datetime.date(2999, 1, 1)
        )
    return site


def make_person(role: Role, site: Site | None = None) -> User:
    email = f"{role}-{uuid.uuid4().hex[:6]}@kicc.test"
    return User.objects.create_user(
        email, "correct horse battery", name=str(role.label), role=role, site=site
    )


def make_subject(actor: User) -> Subject:
    return create_subject(actor=actor)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Sender:
    """One signed-in person's calls of the upload API."""

    def __init__(self, user: User, language: str = "en") -> None:
        self.client = Client(headers={"accept-language": language})
        self.client.force_login(user)

    def start(self, subject: str, files: Iterable[bytes], stripped_by: str | None = None) -> Any:
        listed = [{"sha256": digest(data), "size": len(data)} for data in files]
        body = {"subject": subject, "files": listed, "stripped_by": stripped_by}
        return self.client.post("/api/v1/uploads/", body, "application/json")

    def put(self, upload: str, data: bytes, sha256: str = "") -> Any:
        url = f"/api/v1/uploads/{upload}/files/{sha256 or digest(data)}"
        return self.client.put(url, data, "application/octet-stream")

    def complete(self, upload: str) -> Any:
        return self.client.post(f"/api/v1/uploads/{upload}/complete/")

    def get(self, upload: str) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/uploads/{upload}/")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, subject: str, files: Iterable[bytes], stripped_by: str | None = None) -> str:
        """Start, send what is missing, complete; the upload's id."""
        by_digest = {digest(data): data for data in files}
        answer = self.start(subject, by_digest.values(), stripped_by)
        assert answer.status_code == 201, answer.content
        upload = answer.json()
        for sha in upload["missing"]:
            assert self.put(upload["id"], by_digest[sha]).status_code == 201
        assert self.complete(upload["id"]).status_code == 202
        return str(upload["id"])

    def bring(self, subject: str, files: Iterable[bytes], stripped_by: str | None = None) -> dict[str, Any]:
        """Send and let the jobs run; what GET says at the end."""
        upload = self.send(subject, files, stripped_by)
        work_off()
        return self.get(upload)


def work_off() -> int:
    """Run queued jobs, in this process, until none can be taken; return how many ran."""
    count = 0
    while True:
        jobs = list(Job.objects.filter(state=Job.State.QUEUED, not_before=None).values_list("pk", flat=True))
        if sum(run(job_id=job) for job in jobs) == 0:
            tidy()
            return count
        count += 1


def hours_later() -> None:
    """Objects that were replaced or given up are past their grace, and the sweep comes by."""
    UnclaimedObject.objects.exclude(until=None).update(until=timezone.now())
    tidy()
