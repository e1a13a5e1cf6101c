"""What one attempt at a series gathers on its way."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from deid import Result
from deid.pixels import Masked
from deid.receipt import Tally
from imaging.models import Instance, Series
from imaging.selectors import series_with, stored_sources
from imaging.services.recording import Origin, Stored
from imaging.validation import RECOMPUTED, Facts
from registry.models import Subject
from registry.services.subjects import subject_key
from uploads.models import UploadFile
from uploads.pipeline.answers import Answers, Verdict
from uploads.pipeline.looking import Looking, decisions
from uploads.services.leases import Lease
from uploads.services.versions import versions_of


class Leak(Exception):
    """A file that was said to be stripped was not."""


class NothingNew(Exception):
    """Every file had its answer before anything was worth writing."""


def order(item: Instance | UploadFile) -> tuple[bool, float, bool, int, str]:
    """Key by which the images of a series are sorted: along the slice normal, then by number."""
    digest = item.source_sha256 if isinstance(item, Instance) else item.sha256
    return item.position_mm is None, item.position_mm or 0.0, item.number is None, item.number or 0, digest


@dataclass(frozen=True)
class New:
    """A file that was stripped, looked at and decoded; `data` is what is archived, masked if it had to be."""

    result: Result
    facts: Facts
    decoded: str
    data: bytes
    masked: Masked | None = None


@dataclass
class Work:
    """What one attempt gathers. `earlier`: versions of the series that were withdrawn."""

    lease: Lease
    key: bytes
    identifier: uuid.UUID
    earlier: list[uuid.UUID]
    existing: Series | None
    new: list[UploadFile]
    answers: Answers
    tally: Tally
    looking: Looking
    facts: Facts | None = None
    stored: list[Stored] = field(default_factory=list)
    leaking: Facts | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    anchored: bool = False

    @property
    def subject(self) -> Subject:
        return self.lease.job.upload.subject

    def add_findings(self, *found: dict[str, Any]) -> None:
        """Keep each finding once, however many files have it."""
        self.findings += [item for item in found if item not in self.findings]

    @property
    def dates(self) -> str:
        """How this pass moves dates: `kept`, or `keyed` where nobody had moved them."""
        return "kept" if self.lease.job.upload.stripped_by else "keyed"

    def origin(self) -> Origin:
        """For the record, when all is done."""
        upload = self.lease.job.upload
        kept = [f for f in self.existing.findings if f["code"] not in RECOMPUTED] if self.existing else []
        return Origin(
            upload_id=upload.pk,
            stripped_at_site=bool(upload.stripped_by),
            anchored=self.anchored,
            findings=[*kept, *self.findings],
            receipt=self.existing.receipt if self.existing else {},
        )


def begin(lease: Lease) -> Work:
    """Look at what the job has to do; files that the subject already has are answered at once."""
    upload = lease.job.upload
    subject, answers = upload.subject, Answers()
    files = list(lease.job.files.filter(verdict=""))
    known = stored_sources(subject=subject, digests=[file.sha256 for file in files])
    answers.give_all([file for file in files if file.sha256 in known], Verdict.DUPLICATE, "already_stored")
    *earlier, identifier = versions_of(subject_code=subject.code, keys=[lease.job.key])[lease.job.key]
    existing = series_with(identifier=identifier)
    new = sorted((file for file in files if file.sha256 not in known), key=order)
    return Work(
        lease=lease,
        key=subject_key(subject),
        identifier=identifier,
        earlier=earlier,
        existing=existing if existing and existing.state == Series.State.STORED else None,
        new=new,
        answers=answers,
        looking=Looking(lease, new, decisions(lease)),
        tally=Tally(),
        findings=list(lease.job.findings),
    )
