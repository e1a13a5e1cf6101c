"""One site's patient with everything that can hang on one, and every kind of person who may ask for it."""

import datetime
import uuid
from dataclasses import dataclass

from cohort.models import AnswerChange, Case, Query, UnlockRequest
from cohort.services import queries, unlocking
from imaging.findings import finding_key
from imaging.judgements import Waiver
from imaging.models import Series
from imaging.services import waiving
from imaging.validation import finding
from phantom import radiograph
from registry import vaults
from registry.models import Role, SiteToken, Subject, User
from registry.services import machines
from registry.services.subjects import create_subject, subject_key
from releases.models import Release
from releases.services import accessing, freezing
from tests.cohort import people
from tests.releases.images import case_with_images
from uploads.models import Hold, Job, Upload, UploadFile
from vault import ArchiveWriter, create

PICTURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Patient:
    """What belongs to the patient of one site."""

    subject: Subject
    case: Case
    query: Query
    series: Series
    upload: Upload
    file: UploadFile
    token: SiteToken
    word: str
    hold: Hold
    waiver: Waiver
    unlock: UnlockRequest

    @property
    def marks(self) -> list[bytes]:
        """What nobody of another site may ever see."""
        known = [
            self.subject.code,
            self.series.pk,
            self.series.series_uid,
            self.upload.pk,
            self.file.sha256,
            self.word,
            self.hold.pk,
            self.hold.series,
        ]
        return [str(mark).encode() for mark in known]


def patient(of: User, curator: User) -> Patient:
    subject = create_subject(actor=of)
    word = f"word{uuid.uuid4().hex}"
    people.exam(subject, "CXR", 0, 8, slot="baseline")
    series = sealed(subject, people.exam(subject, "CT", 1).series.get())
    waiver = waived(series, curator, word)
    case = people.case(subject, Case.State.SUBMITTED)
    AnswerChange.objects.create(case=case, item="sex", new=word, cause="entered", by=of, revision=1)
    query = queries.open(actor=curator, case=case, text=f"Is {word} right?")
    upload = Upload.objects.create(subject=subject, created_by=of, manifest_digest="0" * 64)
    file = UploadFile.objects.create(upload=upload, sha256=uuid.uuid4().hex * 2, size=3)
    token, _ = machines.make(actor=of, name="Gateway", days=30, request_id=uuid.uuid4())
    unlock = unlocking.ask(actor=of, case=case, reason=f"{word} is wrong")
    return Patient(subject, case, query, series, upload, file, token, word, held(subject, of), waiver, unlock)


def waived(series: Series, curator: User, word: str) -> Waiver:
    """A finding of the series, waived for a reason that nobody else may read."""
    series.findings = [finding("not_chest", {"body_part": "NECK"})]
    series.save(update_fields=["findings"])
    key = finding_key("not_chest", {"body_part": "NECK"})
    return waiving.waive(actor=curator, series_id=series.pk, finding=key, reason=f"Said {word}")


def released(lead: User) -> Release:
    """Release 1, of a third hospital's case."""
    case_with_images(people.user(Role.RADIOLOGIST, people.site("S07")))
    return freezing.make(actor=lead, title="First")


def access(researcher: User, curator: User, release: Release) -> None:
    """The researcher's access to tables and to images, in force; a third request waits for the board."""
    for level, given in (("limited", True), ("images", True), ("safe-harbor", False)):
        one = accessing.ask(actor=researcher, release=release, level=level, asked={}, purpose="A question")
        if given:
            accessing.approve(actor=curator, access=one, days=30, risk_answer="One case of a test")
            accessing.agree(actor=researcher, access=one, agreed=True)


def held(subject: Subject, of: User) -> Hold:
    """A series with text in its picture, whose staged file is there."""
    upload = Upload.objects.create(subject=subject, created_by=of, manifest_digest="1" * 64)
    job = Job.objects.create(upload=upload, kind=Job.Kind.SERIES, state=Job.State.HELD, key=uuid.uuid4().hex)
    sha = uuid.uuid4().hex * 2
    name = f"staging/{upload.pk}/{sha}"
    with create(vaults.store(), name, subject_key=subject_key(subject), kind="staged") as staged:
        staged.write(radiograph(seed=1, rows=64, study_date=datetime.date(2020, 3, 3)))
    file = {"sha256": sha, "size": 3, "staged_name": name, "verdict": "quarantined", "code": "burned_in"}
    UploadFile.objects.create(upload=upload, job=job, **file)
    found = {"file": sha, "frame": 0, "rows": 64, "columns": 64, "boxes": [[1, 1, 5, 5]]}
    return Hold.objects.create(job=job, series=uuid.uuid4(), found=[found])


def sealed(subject: Subject, series: Series) -> Series:
    """The series with a real archive and a real preview in the store."""
    key, store = subject_key(subject), vaults.store()
    with ArchiveWriter(store, series.object_name, subject_key=key) as archive:
        archive.add("000001.dcm", b"DICM")
    series.preview_name = f"previews/{series.pk}"
    with create(store, series.preview_name, subject_key=key, kind="preview") as picture:
        picture.write(PICTURE)
    series.save()
    return series


def everybody() -> dict[str, User]:
    """One person of each kind; "site" and "other" are of two hospitals."""
    here, there = people.site("S03"), people.site("S05")
    return {
        "site": people.user(Role.RADIOLOGIST, here),
        "coordinator": people.user(Role.COORDINATOR, here),
        "other": people.user(Role.RADIOLOGIST, there),
        "curator": people.user(Role.CURATOR),
        "researcher": people.user(Role.RESEARCHER),
        "lead": people.user(Role.LEAD),
        "admin": people.user(Role.ADMIN),
    }
