"""Records of exams without images: only in a demo, never with an object, and every page says so."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from imaging.models import Exam, Series
from imaging.services.synthetic import Record, record_synthetic
from registry.errors import Problem
from registry.models import AuditEvent, Role, Subject, User
from tests.cohort import people
from uploads.services import inventory

pytestmark = pytest.mark.django_db
RECORDS = (
    Record("CXR", 0, datetime.time(9, 40), "DK Medical Systems", "INNOVISION"),
    Record("CT", 3, datetime.time(14, 40), "Philips", "(model not printed)", 2.0),
    Record("CXR", 3, datetime.time(16, 40), "DK Medical Systems", "INNOVISION"),
    Record("CXR", 9, datetime.time(10, 40), "DK Medical Systems", "INNOVISION"),
)


@pytest.fixture
def radiologist(settings: Settings) -> User:
    settings.DEMO = True
    return people.user(at=people.site())


@pytest.fixture
def subject(radiologist: User) -> Subject:
    made = people.subject(radiologist)
    assert record_synthetic(actor=radiologist, subject=made, records=RECORDS) == 4
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_records_fill_the_slots_of_the_rule_and_come_once(subject: Subject, radiologist: User) -> None:
    assert [(exam.kind, exam.slot) for exam in subject.exams.all()] == [
        ("CXR", "baseline"),
        ("CT", "ct"),
        ("CXR", "near_ct"),
        ("CXR", "discharge"),
    ]
    assert record_synthetic(actor=radiologist, subject=subject, records=RECORDS) == 0
    assert Series.objects.on_file().count() == 4
    assert Series.objects.stored().count() == 0
    assert AuditEvent.objects.get(verb=AuditEvent.Verb.SERIES_STORED).detail == {"synthetic_records": 4}


def test_none_are_made_outside_a_demo(radiologist: User, settings: Settings) -> None:
    settings.DEMO = False
    made = people.subject(radiologist)
    with pytest.raises(Problem, match="only_in_a_demo"):
        record_synthetic(actor=radiologist, subject=made, records=RECORDS)
    assert not Exam.objects.exists()


def test_none_are_made_for_another_site_or_by_a_curator(radiologist: User) -> None:
    made = people.subject(radiologist)
    for stranger in (people.user(at=people.site("S05")), people.user(Role.CURATOR)):
        with pytest.raises(Problem, match="not_found"):
            record_synthetic(actor=stranger, subject=made, records=RECORDS)


@pytest.mark.parametrize(
    "change",
    [
        {"object_name": "series/x"},
        {"instance_count": 3},
        {"preview_name": "series/x.png"},
        {"upload_id": uuid.uuid4()},
    ],
)
def test_the_database_keeps_a_record_free_of_objects(subject: Subject, change: dict[str, object]) -> None:
    one = Series.objects.filter(exam__subject=subject)[:1]
    with pytest.raises(IntegrityError), transaction.atomic():
        Series.objects.filter(pk__in=one.values("pk")).update(**change)


def test_a_stored_series_still_needs_its_object_and_its_upload(radiologist: User) -> None:
    exam = people.exam(people.subject(radiologist))
    for change in ({"object_name": None}, {"upload_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            exam.series.update(**change)


def test_page_archive_preview_and_api_say_that_there_are_no_images(
    subject: Subject, radiologist: User
) -> None:
    series = Series.objects.filter(exam__subject=subject, modality="CT").get()
    client = signed_in(radiologist)
    page = client.get(f"/series/{series.pk}/").content.decode()
    assert "Synthetic record: no images" in page
    assert "Download ZIP" not in page
    assert "2 mm" in page
    assert "/uploads/" not in page.split("<main", 1)[1]
    for address in (reverse("series_archive", args=[series.pk]), f"/api/v1/series/{series.pk}/archive/"):
        answer = client.get(address, headers={"accept": "application/json"})
        assert answer.status_code == 409
        assert "no images" in answer.content.decode()
    assert client.get(reverse("series_preview", args=[series.pk])).status_code == 404
    told = client.get(f"/api/v1/series/{series.pk}/").json()
    assert (told["state"], told["count"]) == ("synthetic", 0)
    assert (told["object_name"], told["upload_id"]) == (None, None)


@pytest.mark.parametrize("path", ["/subjects/{}/", "/review/{}/"])
def test_patient_and_review_pages_say_it(subject: Subject, path: str) -> None:
    case = people.case(subject, "submitted")
    case.synthetic = True
    case.save()
    page = signed_in(people.user(Role.CURATOR)).get(path.format(subject.code)).content.decode()
    assert page.count("Synthetic record: no images") == 4
    assert "invented person" in page
    assert "preview.png" not in page
    assert "0 images" not in page


@pytest.mark.usefixtures("subject")
def test_the_store_s_check_counts_them_and_opens_none() -> None:
    assert inventory.synthetic() == 4
    assert list(inventory.objects()) == []


def test_a_case_of_records_can_be_sent_and_counts(subject: Subject, radiologist: User) -> None:
    from cohort.services.answers import form_of
    from cohort.services.submission import readiness

    case = people.case(subject)
    assert readiness(form_of(case)).exams == 4
