"""The same images twice: within a patient, within a hospital, across hospitals; and who is told what."""

import datetime
import io
import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone
from pydicom import dcmread

from imaging.findings import found_of
from imaging.models import Series
from imaging.services.twins import note_twins
from imaging.twins import Twin, TwinGate
from phantom import PERSONS, ct_series
from registry.models import Role, Subject, SubjectKey, User
from tests.uploads.people import Sender, make_person, make_subject

pytestmark = pytest.mark.django_db
CT = ct_series(seed=21, slices=4, matrix=64, person=PERSONS[0], study_date=datetime.date(2020, 3, 3))


def changed(files: list[bytes], **elements: Any) -> list[bytes]:
    """The files with other elements, and under other identifiers where "own" says so."""
    own = elements.pop("own", "")
    made = []
    for number, data in enumerate(files):
        dataset = dcmread(io.BytesIO(data))
        for keyword, value in elements.items():
            setattr(dataset, keyword, value)
        if own:
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"2.25.{own}{number}"
            dataset.SeriesInstanceUID = f"2.25.{own}9"
        out = io.BytesIO()
        dataset.save_as(out, enforce_file_format=True)
        made.append(out.getvalue())
    return made


def said(subject: Subject) -> dict[str, Any]:
    """Findings about doubles of the subject's series, with their values."""
    codes = ("images_twice", "also_elsewhere", "at_another_hospital", "same_identifier")
    series = list(Series.objects.filter(exam__subject=subject))
    return {
        one.code: dict(one.values)
        for listed in found_of(series).values()
        for one in listed
        if one.code in codes
    }


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_within_a_patient_both_series_say_so(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT)
    sender.bring(subject.code, changed(CT[:2], own="7"))
    assert Series.objects.count() == 2
    assert said(subject) == {"images_twice": {"count": 2}}
    assert sum(len(found) for found in found_of(Series.objects.all()).values()) >= 2
    assert {(twin.images, twin.names) for twin in Twin.objects.all()} == {(2, 0)}
    assert Twin.objects.count() == 2


def test_within_a_hospital_each_names_the_other_code(sender: Sender, radiologist: User) -> None:
    first, second = make_subject(radiologist), make_subject(radiologist)
    sender.bring(first.code, CT)
    sender.bring(second.code, CT)
    assert said(first) == {"also_elsewhere": {"subjects": [second.code]}}
    assert said(second) == {"also_elsewhere": {"subjects": [first.code]}}
    assert len({series.object_name for series in Series.objects.all()}) == 2


def test_across_hospitals_both_learn_that_it_happened_and_neither_who(
    sender: Sender, subject: Subject, radiologist: User, stranger: User
) -> None:
    foreign = make_subject(stranger)
    Sender(stranger).bring(foreign.code, CT)
    sender.bring(subject.code, CT)
    assert said(subject) == said(foreign) == {"at_another_hospital": {"count": 4}}
    mine, theirs = (Series.objects.get(exam__subject=one) for one in (subject, foreign))
    for person, own, other in ((radiologist, mine, theirs), (stranger, theirs, mine)):
        for address in (f"/series/{own.pk}/", f"/api/v1/series/{own.pk}/", "/api/v1/series/"):
            told = signed_in(person).get(address).content.decode()
            assert "another hospital" in told
            secrets = [other.exam.subject.code, str(other.pk), other.exam.subject.site.code]
            assert not [secret for secret in secrets if secret in told]
    curator = make_person(Role.CURATOR)
    assert foreign.code in signed_in(curator).get(f"/series/{mine.pk}/").content.decode()


def test_one_identifier_for_other_pixels_is_told_apart(sender: Sender, radiologist: User) -> None:
    first, second = make_subject(radiologist), make_subject(radiologist)
    other = dcmread(io.BytesIO(CT[0]))
    sender.bring(first.code, CT)
    sender.bring(second.code, changed(CT[:1], PixelData=bytes(len(other.PixelData))))
    assert said(first) == said(second) == {"same_identifier": {"count": 1}}


def test_what_is_not_the_same_is_not_said_to_be(sender: Sender, radiologist: User) -> None:
    first, second = make_subject(radiologist), make_subject(radiologist)
    sender.bring(first.code, CT[:2])
    sender.bring(second.code, CT[2:])
    assert said(first) == said(second) == {}
    sender.bring(second.code, CT[:1])
    assert said(first) == {"also_elsewhere": {"subjects": [second.code]}}


def test_a_pair_goes_when_a_patient_withdraws(sender: Sender, subject: Subject, radiologist: User) -> None:
    second = make_subject(radiologist)
    for one in (subject, second):
        sender.bring(one.code, CT)
    assert said(second) == {"also_elsewhere": {"subjects": [subject.code]}}
    SubjectKey.objects.filter(subject=subject).update(wrapped=None, destroyed_at=timezone.now())
    assert said(second) == said(subject) == {}


def test_a_series_without_images_any_more_has_no_twin(
    sender: Sender, subject: Subject, radiologist: User
) -> None:
    second = make_subject(radiologist)
    sender.bring(subject.code, CT)
    sender.bring(second.code, CT)
    series = Series.objects.get(exam__subject=second)
    series.instances.all().delete()
    assert note_twins(series=series) == 0
    assert said(subject) == {}


def test_pairs_are_looked_for_by_index(subject: Subject) -> None:
    wanted = {"decoded_sha256", "sop_uid"}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "imaging_instance")
    assert wanted <= {
        one["columns"][0] for one in found.values() if one["index"] and len(one["columns"]) == 1
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_sees_the_first(
    sender: Sender, subject: Subject, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has written its series and not ended its transaction; the second waits at the gate."""
    foreign = make_subject(stranger)
    for person, code in ((sender, subject.code), (Sender(stranger), foreign.code)):
        person.bring(code, CT)
    Twin.objects.all().delete()
    mine, theirs = (Series.objects.get(exam__subject=one) for one in (subject, foreign))
    hidden = list(mine.instances.all())
    mine.instances.all().delete()
    inside, done = threading.Event(), threading.Event()
    found: list[int] = []

    def second() -> None:
        try:
            inside.wait(20)
            with transaction.atomic():
                found.append(note_twins(series=theirs))
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        type(hidden[0]).objects.bulk_create(hidden)
        assert note_twins(series=mine) == 1
        inside.set()
        assert not done.wait(0.5)
    thread.join(20)
    assert found == [1]
    assert Twin.objects.count() == 2
    assert TwinGate.objects.count() == 1


def test_the_migration_finds_pairs_of_before(sender: Sender, radiologist: User) -> None:
    from importlib import import_module

    from django.apps import apps

    first, second = make_subject(radiologist), make_subject(radiologist)
    sender.bring(first.code, CT)
    sender.bring(second.code, CT[:3])
    written = set(Twin.objects.values_list("one", "other", "images", "names"))
    Twin.objects.all().delete()
    import_module("imaging.migrations.0005_twins").find(apps, None)
    assert set(Twin.objects.values_list("one", "other", "images", "names")) == written
    assert len(written) == 2
