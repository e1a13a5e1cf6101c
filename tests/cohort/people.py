"""People, subjects, exams and forms for the tests of this room, made in the database."""

import datetime
import uuid
from itertools import count
from typing import Any

from django.utils import timezone

from cohort import dictionary
from cohort.images import images_digest
from cohort.models import Answer, Case, Signature
from cohort.services.signing import digest_of
from imaging.models import Exam, Series
from registry.models import IrbApproval, Role, Site, Subject, SubjectKey, User
from registry.services.subjects import subject_code

PASSWORD = "kicc-test-password"
NUMBERS = count(1)
ANSWERS = {
    "elig_pcr": "1",
    "elig_imaging": "1",
    "sex": "1",
    "age_yr": "63",
    "residence": "27",
    "exposure": "2",
    "smoking": "0",
    "comorb_none": "1",
    "comorb_any": "0",
    "sx_none": "1",
    "pcr_first_day": "-1",
    "pcr_first_result": "1",
    "pcr_pos_day": "-1",
    "lab_ldh_st": "DONE",
    "lab_ldh": "420",
    "tx_o2": "0",
    "out_status": "1",
    "out_end_day": "14",
    "los_days": "14",
}


def site(code: str = "S03", *, approved: bool = True) -> Site:
    """A site; with an ethics approval in force unless told otherwise."""
    made, _ = Site.objects.get_or_create(
        code=code,
        defaults={"name": f"Hospital {code}", "name_ko": f"{code} 병원", "level": Site.Level.TERTIARY},
    )
    if approved and not made.approvals.exists():
        today = timezone.localdate()
        IrbApproval.objects.create(
            site=made, number="TEST-1", valid_from=today, valid_until=today + datetime.timedelta(days=30)
        )
    return made


def user(role: Role = Role.RADIOLOGIST, at: Site | None = None) -> User:
    """An account of that role; site roles are at `at`."""
    number = next(NUMBERS)
    return User.objects.create_user(
        f"person{number}@test.kicc", PASSWORD, name=f"Person {number}", role=role, site=at
    )


def subject(by: User) -> Subject:
    """The next subject of the person's site."""
    home = by.site
    home.last_sequence += 1
    home.save()
    made = Subject.objects.create(
        site=home,
        sequence=home.last_sequence,
        code=subject_code(home.code, home.last_sequence),
        created_by=by,
    )
    SubjectKey.objects.create(subject=made, wrapped=b"wrapped")
    return made


def case(of: Subject, state: str = Case.State.DRAFT, *, signed: bool = True, **answers: str) -> Case:
    """A case with the usual answers, changed by `answers`; an empty text leaves an answer out.

    One that was sent is signed by the person who made the subject, unless told otherwise.
    """
    sent = None if state == Case.State.DRAFT else timezone.now()
    made = Case.objects.create(
        subject=of, dictionary=dictionary.CURRENT, state=state, revision=1, submitted_at=sent
    )
    values = {item: value for item, value in {**ANSWERS, **answers}.items() if value}
    Answer.objects.bulk_create([Answer(case=made, item=item, value=value) for item, value in values.items()])
    if sent and signed:
        sign(made)
    return made


def sign(of: Case) -> Signature:
    """The case with a signature in force under what it holds now, taken as complete."""
    by = of.subject.created_by
    of.given, of.complete, of.completed_at = max(of.given, 1), True, timezone.now()
    of.signature = Signature.objects.create(
        case=of, by=by, name=by.name, revision=of.revision, content=digest_of(of)
    )
    of.save()
    return of.signature


def exam(of: Subject, kind: str = "CT", day: int = 0, hour: int = 9, *, slot: str = "", **facts: Any) -> Exam:
    """An exam with one stored series, `day` days after admission; `facts` go into the series."""
    made = Exam.objects.create(
        subject=of,
        kind=kind,
        study_uid=f"2.25.{uuid.uuid4().int}",
        shifted_date=datetime.date(2000, 1, 1) + datetime.timedelta(days=day),
        shifted_time=datetime.time(hour),
        anchored=facts.pop("anchored", True),
        slot=slot or (Exam.Slot.CT if kind == "CT" else Exam.Slot.OTHER),
    )
    series(made, **facts)
    return made


def series(of: Exam, **facts: Any) -> Series:
    name = uuid.uuid4()
    usual: dict[str, Any] = {
        "exam": of,
        "series_uid": f"2.25.{name.int}",
        "state": Series.State.STORED,
        "modality": "CT" if of.kind == "CT" else "DX",
        "sop_class": "1.2.840.10008.5.1.4.1.1.2",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "vendor": "Siemens Healthineers",
        "model": "SOMATOM Definition Flash",
        "plane": Series.Plane.AXIAL if of.kind == "CT" else "",
        "thickness_mm": 1.0 if of.kind == "CT" else None,
        "rows": 512,
        "columns": 512,
        "object_name": f"series/{name}",
        "instance_count": 120 if of.kind == "CT" else 1,
        "plain_bytes": 1000,
        "sealed_bytes": 1100,
        "upload_id": uuid.uuid4(),
        "stored_at": timezone.now(),
    }
    if facts.get("state") in (Series.State.QUARANTINED, Series.State.SYNTHETIC):
        usual |= {"object_name": None, "instance_count": 0}
    if facts.get("state") == Series.State.SYNTHETIC:
        usual |= {"upload_id": None}
    return Series.objects.create(**usual | facts)


def give_back(of: Case) -> Case:
    """The case as one that was sent and returned."""
    of.state, of.submitted_at = Case.State.RETURNED, timezone.now()
    of.save()
    return of


def seen(of: Case) -> dict[str, Any]:
    """What a curator who has read the case's page now would send with a decision."""
    stored = Series.objects.filter(exam__subject=of.subject_id)
    return {"code": of.subject.code, "revision": of.revision, "images": images_digest(stored)}


def complete(by: User, state: str = Case.State.SUBMITTED, **answers: str) -> Case:
    """A subject with every asked-for exam and a case in `state`."""
    one = subject(by)
    exam(one, "CXR", 0, 8, slot="baseline")
    exam(one, "CT", 1, 9)
    exam(one, "CXR", 1, 12, slot="near_ct")
    exam(one, "CXR", 14, 9, slot="discharge")
    return case(one, state, **answers)
