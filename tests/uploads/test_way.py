"""The whole way of files by API: from a manifest to a ZIP that has the same pixels."""

import io
import zipfile

import pytest
from pydicom import dcmread

from imaging.models import Instance, Series
from phantom import PERSONS, ct_series, not_belonging, radiograph
from registry.models import AuditEvent, Subject
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, digest, hours_later
from uploads.models import UnclaimedObject, UploadFile

PERSON = PERSONS[0]
CT = ct_series(seed=1, slices=6, matrix=64, person=PERSON, study_date=DAY)
FILM = radiograph(seed=1, rows=64, person=PERSON, study_date=DAY)
STRAYS = not_belonging(1, person=PERSON, study_date=DAY)


def archive_of(sender: Sender, series: str) -> zipfile.ZipFile:
    answer = sender.client.get(f"/api/v1/series/{series}/archive/")
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    return zipfile.ZipFile(io.BytesIO(data))


def test_a_folder_becomes_series_and_every_file_has_its_answer(
    sender: Sender, subject: Subject, store: Store
) -> None:
    strays = [data for data in STRAYS.values() if data]
    upload = sender.bring(subject.code, [*CT, FILM, *strays])
    assert upload["state"] == "attention"
    verdicts = {file["sha256"]: file for file in upload["files"]}
    assert {verdicts[digest(data)]["verdict"] for data in [*CT, FILM]} == {"stored"}
    codes = {name: verdicts[digest(data)]["code"] for name, data in STRAYS.items() if data}
    assert {verdicts[digest(data)]["verdict"] for data in strays} == {"refused"}
    assert all(verdicts[digest(data)]["message"] for data in strays), codes
    assert {item["state"] for item in upload["series"]} == {"stored"}
    assert not list(store.list("staging/"))
    assert len(list(store.list())) == 4
    assert not UploadFile.objects.exclude(staged_name="").exists()
    assert not UnclaimedObject.objects.exists()


def test_the_archive_has_the_pixels_that_were_sent(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, CT)
    archive = archive_of(sender, upload["series"][0]["id"])
    assert len(archive.namelist()) == len(CT)
    back = [dcmread(io.BytesIO(archive.read(name))) for name in archive.namelist()]
    sent = [dcmread(io.BytesIO(data)) for data in CT]
    assert sorted(d.PixelData for d in back) == sorted(d.PixelData for d in sent)
    assert {d.PatientName for d in back}.isdisjoint({d.PatientName for d in sent})
    assert [float(d.ImagePositionPatient[2]) for d in back] == sorted(
        float(d.ImagePositionPatient[2]) for d in sent
    )
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SERIES_READ, subject_code=subject.code).count() == 1


def test_asking_for_the_headers_of_an_archive_is_no_reading(sender: Sender, subject: Subject) -> None:
    series = sender.bring(subject.code, CT[:1])["series"][0]["id"]
    readings = AuditEvent.objects.filter(verb=AuditEvent.Verb.SERIES_READ)
    for count, address in enumerate((f"/api/v1/series/{series}/archive/", f"/series/{series}/archive.zip")):
        asked = sender.client.head(address)
        assert readings.count() == count
        assert (asked.status_code, b"".join(asked.streaming_content)) == (200, b"")
        read = sender.client.get(address)
        assert asked["Content-Length"] == read["Content-Length"]
        assert readings.count() == count + 1


def test_sending_twice_changes_nothing(sender: Sender, subject: Subject, store: Store) -> None:
    sender.bring(subject.code, [*CT, FILM])
    before = (list(store.list()), list(Instance.objects.values_list("pk", flat=True)))
    again = sender.start(subject.code, [*CT, FILM]).json()
    assert again["missing"] == []
    assert sender.complete(again["id"]).status_code == 202
    assert {file["verdict"] for file in sender.get(again["id"])["files"]} == {"duplicate"}
    assert sender.get(again["id"])["state"] == "done"
    assert (list(store.list()), list(Instance.objects.values_list("pk", flat=True))) == before


@pytest.mark.parametrize("parts", [(CT[:3], CT[3:]), (CT[::2], CT[1::2])])
def test_two_halves_become_one_series_and_one_object(
    sender: Sender, subject: Subject, store: Store, parts: tuple[list[bytes], list[bytes]]
) -> None:
    for part in parts:
        assert sender.bring(subject.code, part)["state"] == "done"
    series = Series.objects.get()
    assert series.instance_count == len(CT)
    hours_later()
    assert sorted(store.list()) == sorted([series.object_name, series.preview_name])
    archive = archive_of(sender, str(series.pk))
    places = [float(dcmread(io.BytesIO(archive.read(n))).ImagePositionPatient[2]) for n in archive.namelist()]
    assert places == sorted(places)
    assert len(series.receipt["passes"]) == 2
