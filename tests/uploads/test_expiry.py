"""Uploads that were left alone end, on record; those that go on do not; a site has as much as it may."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from phantom import PERSONS, ct_series
from registry.errors import Problem
from registry.models import AuditEvent, Site, Subject, User
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, digest, make_subject
from uploads.models import Upload, UploadFile
from uploads.services import ending, quotas, receiving, sweeping

ONE, TWO = b"first file", b"second file!"
CT = ct_series(seed=1, slices=3, matrix=64, person=PERSONS[0], study_date=DAY)


def older(days: int) -> None:
    """Everything so far happened so many days earlier."""
    ago = timedelta(days=days)
    for upload in Upload.objects.all():
        Upload.objects.filter(pk=upload.pk).update(created_at=upload.created_at - ago)
    for file in UploadFile.objects.exclude(received_at=None):
        UploadFile.objects.filter(pk=file.pk).update(received_at=file.received_at - ago)


def swept(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("sweep_staging", *arguments)
    return capsys.readouterr().out


def test_an_upload_left_alone_ends_with_a_record(
    sender: Sender, subject: Subject, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    sender.put(upload, ONE)
    older(29)
    assert swept(capsys).startswith("0 uploads left alone")
    older(2)
    told = swept(capsys, "--dry-run")
    assert f"{upload} of {subject.code}: 1 files, {len(ONE)} bytes" in told
    assert "1 uploads left alone, 0 files of uploads given up and 0 unknown objects would go" in told
    assert (sender.get(upload)["state"], len(list(store.list()))) == ("open", 1)
    assert not AuditEvent.objects.filter(verb=AuditEvent.Verb.UPLOAD_EXPIRED).exists()
    assert "deleted" in swept(capsys)
    said = sender.get(upload)
    assert said["state"] == "attention"
    assert {file["code"] for file in said["files"]} == {"expired"}
    assert "left unfinished" in said["files"][0]["message"]
    assert list(store.list()) == []
    ended = AuditEvent.objects.get(verb=AuditEvent.Verb.UPLOAD_EXPIRED)
    assert (ended.target, ended.subject_code, ended.actor) == (upload, subject.code, None)
    assert ended.detail == {"files": 2, "arrived": 1, "bytes": len(ONE)}
    record = AuditEvent.objects.get(verb=AuditEvent.Verb.STAGING_SWEPT)
    assert record.detail == {"uploads": 1, "files": 0, "unknown": 0, "bytes": len(ONE)}
    swept(capsys)
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.STAGING_SWEPT).count() == 1

    assert sender.put(upload, TWO).json()["code"] == "upload_closed"
    again = sender.start(subject.code, [ONE, TWO]).json()
    assert (again["id"] != upload, again["missing"]) == (True, [digest(ONE), digest(TWO)])


def test_an_upload_that_goes_on_does_not_end(sender: Sender, subject: Subject, store: Store) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    older(40)
    sender.put(upload, ONE)
    assert sweeping.sweep(days=30).expired == []
    assert sender.get(upload)["missing"] == [digest(TWO)]


def test_who_goes_on_at_the_last_moment_is_let(sender: Sender, subject: Subject) -> None:
    """The sweep saw it left alone; a file came before the sweep wrote."""
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    older(31)
    (left,) = ending.left_alone(days=30)
    sender.put(upload, ONE)
    assert ending.expire(upload_id=left.upload.pk, days=30) is None
    assert sender.get(upload)["state"] == "open"


def test_a_finished_upload_does_not_end_again(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, CT)["id"]
    older(400)
    assert sweeping.sweep(days=30).expired == []
    assert sender.get(upload)["state"] == "done"


def test_a_site_has_as_many_open_uploads_as_it_may(sender: Sender, subject: Subject, site: Site) -> None:
    Site.objects.update(max_open_uploads=1)
    upload = sender.start(subject.code, [ONE]).json()["id"]
    assert sender.start(subject.code, [ONE]).json()["id"] == upload
    answer = sender.start(subject.code, [TWO])
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_open")
    assert "1 uploads open" in answer.json()["message"]
    sender.client.delete(f"/api/v1/uploads/{upload}/")
    assert sender.start(subject.code, [TWO]).status_code == 201


def test_a_site_has_as_many_bytes_as_it_may(sender: Sender, subject: Subject, site: Site) -> None:
    sender.bring(subject.code, CT)
    used = quotas.usage(site=site)
    assert used.stored > sum(map(len, CT)) // 2
    assert (used.promised, used.open_uploads) == (0, 0)
    Site.objects.update(max_bytes=used.stored + len(ONE))
    assert sender.start(subject.code, [ONE]).status_code == 201
    answer = sender.start(subject.code, [TWO])
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_bytes")
    assert sender.start(subject.code, CT).json()["missing"] == []


def test_another_site_s_use_counts_not(sender: Sender, subject: Subject, site: Site, stranger: User) -> None:
    Sender(stranger).bring(make_subject(stranger).code, CT)
    Site.objects.filter(pk=site.pk).update(max_bytes=len(ONE))
    assert sender.start(subject.code, [ONE]).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_slip_in_together(radiologist: User, subject: Subject, settings: Any) -> None:
    Site.objects.update(max_bytes=len(TWO) + len(ONE) - 1)
    said: list[str] = []
    go = threading.Barrier(2)

    def start(data: bytes) -> None:
        try:
            go.wait()
            receiving.start(
                actor=radiologist,
                subject=subject,
                files=[{"sha256": digest(data), "size": len(data)}],
                stripped_by=None,
            )
            said.append("started")
        except Problem as problem:
            said.append(problem.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=start, args=(data,)) for data in (ONE, TWO)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["quota_bytes", "started"]
