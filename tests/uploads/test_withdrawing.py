"""A series is withdrawn or replaced: kept and marked, out of all that counts, its receipt still true."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cohort.models import Case
from cohort.selectors_people import people as counted
from imaging.findings import found_of
from imaging.models import Exam, Series
from imaging.services import withdrawing
from phantom import PERSONS, ct_series, radiograph
from registry.errors import Problem
from registry.models import AuditEvent, Role, Subject, User
from registry.services.audit import breaks
from tests.uploads.people import Sender, make_person, work_off
from uploads.models import Job
from uploads.pipeline import outcome
from uploads.services import inventory, receipt_chain

pytestmark = pytest.mark.django_db
DAY = datetime.date(2020, 3, 3)
CT = ct_series(seed=31, slices=4, matrix=64, person=PERSONS[0], study_date=DAY)
OTHER_CT = ct_series(seed=32, slices=3, matrix=64, person=PERSONS[0], study_date=DAY)
FILM = radiograph(seed=31, rows=64, person=PERSONS[0], study_date=DAY)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def curator(db: None) -> User:
    return make_person(Role.CURATOR)


@pytest.fixture
def scan(sender: Sender, subject: Subject) -> Series:
    sender.bring(subject.code, CT)
    return Series.objects.get()


def withdraw(actor: User, series: Series, reason: str = "Wrong patient position", **more: object) -> Series:
    return withdrawing.withdraw(actor=actor, series_id=series.pk, reason=reason, **more)  # type: ignore[arg-type]


def test_it_counts_for_nothing_and_is_kept_with_its_receipt(
    scan: Series, subject: Subject, radiologist: User, sender: Sender
) -> None:
    assert Exam.objects.get().slot == "ct"
    before = (scan.object_name, scan.receipt, scan.instances.count())
    withdraw(radiologist, scan)
    scan.refresh_from_db()
    assert (scan.object_name, scan.receipt, scan.instances.count()) == before
    assert (scan.state, scan.withdrawn_by, scan.withdrawn_because) == (
        "withdrawn",
        radiologist,
        "Wrong patient position",
    )
    assert Exam.objects.get().slot == ""
    assert not Series.objects.on_file().exists()
    assert not list(receipt_chain.breaks())
    assert [one for one in inventory.objects() if isinstance(one, inventory.Fault)] == []
    assert not list(inventory.orphans())
    event = AuditEvent.objects.get(verb=AuditEvent.Verb.SERIES_WITHDRAWN)
    assert (event.target, event.actor, "position" in str(event.detail)) == (str(scan.pk), radiologist, False)
    assert not list(breaks())
    assert b"".join(sender.client.get(f"/api/v1/series/{scan.pk}/archive/").streaming_content)


def test_a_damaged_withdrawn_series_is_still_noticed(scan: Series, radiologist: User) -> None:
    withdraw(radiologist, scan)
    scan.instances.filter(pk=scan.instances.first().pk).update(sha256="0" * 64)
    assert list(receipt_chain.breaks())
    assert [one for one in inventory.objects() if isinstance(one, inventory.Fault)]


def test_the_same_series_sent_again_stands_for_it(
    scan: Series, subject: Subject, radiologist: User, sender: Sender
) -> None:
    first = sender.get(str(scan.upload_id))
    withdraw(radiologist, scan)
    again = sender.bring(subject.code, CT)
    assert {file["verdict"] for file in again["files"]} == {"stored"}
    new = Series.objects.stored().get()
    scan.refresh_from_db()
    assert (scan.replaced_by, scan.state, new.series_uid) == (new, "withdrawn", scan.series_uid)
    assert new.pk != scan.pk
    assert Exam.objects.get().slot == "ct"
    assert sender.get(str(scan.upload_id))["series"][0]["id"] == first["series"][0]["id"] == str(scan.pk)
    assert again["series"][0]["id"] == str(new.pk)
    assert not [one.code for one in found_of([new])[new.pk] if one.code == "images_twice"]
    withdraw(radiologist, new, "Again")
    sender.bring(subject.code, CT)
    assert Series.objects.count() == 3
    assert not list(receipt_chain.breaks())


def test_another_series_of_the_patient_can_stand_for_it(
    scan: Series, subject: Subject, radiologist: User, sender: Sender, stranger: User
) -> None:
    sender.bring(subject.code, [FILM, *OTHER_CT])
    film = Series.objects.get(exam__kind="CXR")
    other = Series.objects.filter(exam__kind="CT").exclude(pk=scan.pk).get()
    for wrong in (scan.pk, film.pk, uuid.uuid4()):
        with pytest.raises(Problem, match="not_a_replacement"):
            withdraw(radiologist, scan, replaced_by=wrong)
    withdraw(radiologist, scan, replaced_by=other.pk)
    assert Series.objects.get(pk=scan.pk).replaced_by == other
    with pytest.raises(Problem, match="withdrawn_already"):
        withdraw(radiologist, scan)
    with pytest.raises(Problem, match="not_a_replacement"):
        withdraw(radiologist, other, replaced_by=scan.pk)


@pytest.mark.parametrize(
    ("state", "to_site", "to_curator"),
    [
        ("", "", "withdrawal_is_the_sites"),
        ("draft", "", "withdrawal_is_the_sites"),
        ("returned", "", "withdrawal_is_the_sites"),
        ("submitted", "withdrawal_closed", ""),
        ("accepted", "withdrawal_closed", ""),
    ],
)
def test_who_may_and_when(
    scan: Series,
    subject: Subject,
    radiologist: User,
    curator: User,
    state: str,
    to_site: str,
    to_curator: str,
) -> None:
    if state:
        sent = None if state == "draft" else scan.stored_at
        Case.objects.create(subject=subject, dictionary="kicc19-1", state=state, submitted_at=sent)
    for person, code in ((radiologist, to_site), (curator, to_curator)):
        assert withdrawing.may_withdraw(actor=person, subject=subject) is not bool(code)
        if code:
            with pytest.raises(Problem, match=code):
                withdraw(person, scan)
    withdraw(curator if to_site else radiologist, scan)


def test_nobody_else_may(scan: Series, stranger: User, radiologist: User) -> None:
    machine = User.objects.create(email="m@kicc.test", name="M", role=Role.MACHINE, site=radiologist.site)
    for person, code in (
        (stranger, "not_found"),
        (machine, "not_allowed"),
        (make_person(Role.LEAD), "not_allowed"),
        (make_person(Role.ADMIN), "not_found"),
    ):
        with pytest.raises(Problem, match=code):
            withdraw(person, scan)
    for reason, code in (("  ", "reason_needed"), ("Call 010-1234-5678", "identifying_text")):
        with pytest.raises(Problem, match=code):
            withdraw(radiologist, scan, reason)
    assert Series.objects.stored().get() == scan


def test_the_database_asks_for_a_name_and_a_reason(scan: Series, radiologist: User) -> None:
    for change in (
        {"state": "withdrawn"},
        {"state": "withdrawn", "withdrawn_at": scan.stored_at, "withdrawn_by": radiologist},
        {"withdrawn_because": "x"},
        {"replaced_by": scan},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Series.objects.filter(pk=scan.pk).update(**change)


def test_what_comes_while_it_is_withdrawn_becomes_the_next_version(
    subject: Subject, radiologist: User, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of the series is sealed already when somebody withdraws what is there."""
    sender.bring(subject.code, CT[:3])
    old, record = Series.objects.get(), outcome.record_series

    def late(**values: object) -> Series:
        monkeypatch.setattr(outcome, "record_series", record)
        Series.objects.filter(pk=old.pk).update(
            state="withdrawn", withdrawn_at=old.stored_at, withdrawn_by=radiologist, withdrawn_because="x"
        )
        return record(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(outcome, "record_series", late)
    sender.bring(subject.code, CT)
    withdraw(radiologist, Series.objects.stored().get())
    job = Job.objects.filter(kind="series").latest("created_at")
    assert (job.state, job.error) == ("queued", "withdrawn")
    Job.objects.filter(pk=job.pk).update(not_before=None)
    work_off()
    old.refresh_from_db()
    assert (old.instances.count(), old.state) == (3, "withdrawn")
    new = Series.objects.stored().get()
    assert (old.replaced_by, new.instance_count) == (new, 1)
    assert not list(receipt_chain.breaks())


def test_pages_and_api_say_it(
    scan: Series, subject: Subject, radiologist: User, curator: User, sender: Sender
) -> None:
    site, page = signed_in(radiologist), f"/series/{scan.pk}/"
    form = f"{page}withdraw/"
    assert form in site.get(page).content.decode()
    assert form not in signed_in(curator).get(page).content.decode()
    refused = site.post(form, {"reason": "", "replaced_by": ""})
    assert refused.status_code == 400
    assert site.post(form, {"reason": "Wrong film", "replaced_by": "nonsense"}).status_code == 409
    assert site.post(form, {"reason": "Wrong film", "replaced_by": ""}).status_code == 302
    for told in (site.get(page), site.get(f"/subjects/{subject.code}/")):
        assert "“Wrong film”" in told.content.decode()
        assert "withdrawn" in told.content.decode()
    sender.bring(subject.code, CT)
    new = Series.objects.stored().get()
    answer = site.post(f"/api/v1/series/{new.pk}/withdraw/", {"reason": "x"}, "application/json").json()
    assert (answer["state"], answer["withdrawn_because"]) == ("withdrawn", "x")
    again = site.post(f"/api/v1/series/{new.pk}/withdraw/", {"reason": "x"}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "withdrawn_already")
    listed = {one["id"]: one["replaced_by"] for one in site.get("/api/v1/series/").json()["results"]}
    assert listed == {str(scan.pk): str(new.pk), str(new.pk): None}


def test_the_cohort_does_not_count_it(scan: Series, subject: Subject, curator: User) -> None:
    Case.objects.create(subject=subject, dictionary="kicc19-1", state="accepted", submitted_at=scan.stored_at)
    assert [len(person.exams) for person in counted()] == [1]
    withdraw(curator, scan)
    assert [len(person.exams) for person in counted()] == [0]
