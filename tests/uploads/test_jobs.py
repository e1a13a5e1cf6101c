"""Leases: one worker a job, nothing written by who lost it, everything put back that was lost."""

import os
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imaging.models import Series
from phantom import PERSONS, ct_series
from registry.models import AuditEvent, Subject, SubjectKey
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, hours_later, work_off
from uploads.models import Job, UnclaimedObject, Upload, UploadFile
from uploads.pipeline import run, series
from uploads.pipeline.work import Work, begin
from uploads.services import leases, queue, unclaimed
from uploads.services.keys import object_names
from vault import KeyFailure, StoreError, VaultError

CT = ct_series(seed=1, slices=4, matrix=64, person=PERSONS[0], study_date=DAY)


@pytest.fixture
def sorted_upload(sender: Sender, subject: Subject) -> Upload:
    """An upload whose series job waits."""
    upload = sender.send(subject.code, CT)
    assert run.run(job_id=Job.objects.get(kind="sort").pk)
    return Upload.objects.get(pk=upload)


def series_job() -> Job:
    return Job.objects.get(kind="series")


def expire() -> None:
    Job.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_is_taken_once(sorted_upload: Upload) -> None:
    first = leases.take(job_id=series_job().pk)
    assert first is not None
    assert leases.take(job_id=series_job().pk) is None
    assert leases.take(job_id=uuid.uuid4()) is None
    assert series_job().attempts == 1


def test_leases_go_by_the_clock_of_the_database(
    sorted_upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker ten minutes behind keeps its job, and one ten minutes ahead takes nobody's."""
    if connection.vendor != "postgresql":
        return
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() - timedelta(minutes=10))
    assert leases.take(job_id=series_job().pk)
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(minutes=10))
    assert leases.put_back_lost() == 0
    assert series_job().state == Job.State.RUNNING


def test_whoever_lost_the_lease_writes_nothing(
    sorted_upload: Upload, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker sleeps until a second has done the job; then it goes on."""
    seal = series._seal

    def sleepy(work: Work, *names: str) -> Any:
        archive = seal(work, *names)
        monkeypatch.setattr(series, "_seal", seal)
        expire()
        leases.put_back_lost()
        assert run.run(job_id=series_job().pk)
        return archive

    monkeypatch.setattr(series, "_seal", sleepy)
    assert run.run(job_id=series_job().pk)
    assert Series.objects.get().instance_count == 4
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SERIES_STORED).count() == 1
    hours_later()
    assert sorted(store.list()) == sorted(
        [Series.objects.get().object_name, Series.objects.get().preview_name]
    )
    assert "0 orphans" in verify()


def verify() -> str:
    import io

    from django.core.management import call_command

    out = io.StringIO()
    call_command("verify_store", stdout=out)
    return out.getvalue()


def test_a_lost_lease_cannot_be_renewed_and_says_nothing_of_objects(sorted_upload: Upload) -> None:
    lease = leases.take(job_id=series_job().pk)
    assert lease is not None
    expire()
    leases.put_back_lost()
    with pytest.raises(leases.LostLease):
        lease.renew(step="proving")
    with pytest.raises(leases.LostLease):
        unclaimed.intend(lease=lease, names=["series/x/y.zip"])
    assert not UnclaimedObject.objects.exists()
    lease.put_back(error="store_unavailable")
    assert series_job().error == "worker_lost"


def test_a_series_has_one_worker_at_a_time(sender: Sender, subject: Subject) -> None:
    for part in (CT[:2], CT[2:]):
        upload = sender.send(subject.code, part)
        run.run(job_id=Job.objects.get(kind="sort", upload=upload).pk)
    first, second = Job.objects.filter(kind="series").order_by("created_at")
    assert first.key == second.key
    lease = leases.take(job_id=first.pk)
    assert lease is not None
    assert leases.take(job_id=second.pk) is None
    with transaction.atomic():
        lease.hold()
        lease.finish()
    assert leases.take(job_id=second.pk) is not None


def test_a_live_lease_is_left_alone_and_a_dead_one_put_back(sorted_upload: Upload) -> None:
    assert leases.take(job_id=series_job().pk)
    assert run.sweep()["put_back"] == 0
    expire()
    assert run.sweep()["put_back"] == 1
    assert (series_job().state, series_job().crashes) == ("queued", 1)
    work_off()
    assert Upload.objects.get().state == "done"


def test_a_job_that_kills_its_workers_is_given_up(sorted_upload: Upload) -> None:
    for _ in range(leases.MAX_CRASHES + 1):
        assert leases.take(job_id=series_job().pk)
        expire()
        run.sweep()
    assert (series_job().state, series_job().error) == ("failed", "worker_crashed")
    assert set(UploadFile.objects.values_list("verdict", "code")) == {("refused", "not_processed")}
    assert Upload.objects.get().state == "attention"


def test_a_job_that_fails_in_itself_is_tried_again_then_given_up(
    sorted_upload: Upload, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Any) -> None:
        raise ValueError("PETRICHOR^BANGMANGI")

    monkeypatch.setitem(run.KINDS, Job.Kind.SERIES, broken)
    pauses = []
    for _ in range(leases.MAX_CRASHES + 1):
        assert run.run(job_id=series_job().pk)
        pauses.append(series_job().not_before)
        Job.objects.update(not_before=None)
    assert series_job().state == "failed"
    assert all(pauses[: leases.MAX_CRASHES])
    captured = capfd.readouterr()
    assert "PETRICHOR" not in captured.out + captured.err


def test_a_store_that_is_down_costs_nothing_but_time(
    sorted_upload: Upload, settings: Any, store: Store
) -> None:
    os.rename(settings.STORE_DIR, f"{settings.STORE_DIR}.away")
    pauses = []
    for _ in range(leases.MAX_CRASHES + 5):
        assert run.run(job_id=series_job().pk)
        job = series_job()
        assert (job.state, job.error, job.crashes) == ("queued", "store_unavailable", 0)
        assert job.not_before is not None
        pauses.append((job.not_before - timezone.now()).total_seconds())
        Job.objects.update(not_before=None)
    assert pauses[0] < 5
    assert pauses[-1] <= leases.BACKOFF_CEILING
    os.rename(f"{settings.STORE_DIR}.away", settings.STORE_DIR)
    work_off()
    assert Upload.objects.get().state == "done"
    assert len(list(store.list())) == 2


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (StoreError("unavailable"), "warning"),
        (StoreError("denied"), "error"),
        (KeyFailure("wrong_master_key"), "error"),
    ],
)
def test_who_looks_sees_that_a_job_waits_for_the_store(
    sender: Sender,
    sorted_upload: Upload,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: VaultError,
    level: str,
) -> None:
    def refused(_: Any) -> None:
        raise error

    monkeypatch.setitem(run.KINDS, Job.Kind.SERIES, refused)
    levels = []
    for _ in range(run.PATIENCE):
        assert run.run(job_id=series_job().pk)
        (record,) = [one for one in caplog.records if "waits for the store" in one.getMessage()]
        levels.append(record.levelname.lower())
        caplog.clear()
        Job.objects.update(not_before=None)
    assert levels == [level] * (run.PATIENCE - 1) + ["error"]
    said = sender.get(str(sorted_upload.pk))
    assert (said["state"], said["waiting_for"]) == ("processing", "store")
    assert [series["waiting_for"] for series in said["series"]] == ["store"]
    assert "Waiting for the store" in sender.client.get(f"/uploads/{sorted_upload.pk}/").content.decode()
    monkeypatch.undo()
    work_off()
    said = sender.get(str(sorted_upload.pk))
    assert (said["waiting_for"], said["series"][0]["waiting_for"]) == ("", "")


def test_the_upload_is_locked_before_its_files(sorted_upload: Upload) -> None:
    """As everybody who receives does; the other way round two of them would wait for each other."""
    with CaptureQueriesContext(connection) as caught:
        work_off()
    told = [query["sql"] for query in caught]
    writes = [n for n, sql in enumerate(told) if sql.startswith('UPDATE "uploads_uploadfile"')]
    holds = [n for n, sql in enumerate(told) if sql.startswith("SELECT") and '"lease_owner" = ' in sql]
    assert holds[-1] < writes[0]
    assert all('FROM "uploads_upload"' in told[n - 1] for n in holds)


def test_a_job_waits_until_its_pause_is_over(sorted_upload: Upload) -> None:
    Job.objects.filter(kind="series").update(not_before=timezone.now() + timedelta(seconds=30))
    assert leases.take(job_id=series_job().pk) is None
    assert leases.unheard(older_than=timedelta(0)) == []
    Job.objects.filter(kind="series").update(not_before=timezone.now() - timedelta(seconds=1))
    assert leases.unheard(older_than=timedelta(0)) == [series_job().pk]


def test_the_queue_is_told_again_only_of_what_it_may_have_lost(sorted_upload: Upload) -> None:
    hour = timedelta(hours=1)
    assert leases.unheard(older_than=hour) == [series_job().pk]
    Job.objects.filter(kind="series").update(sent_at=timezone.now())
    assert leases.unheard(older_than=hour) == []
    Job.objects.filter(kind="series").update(sent_at=timezone.now() - 2 * hour)
    assert leases.unheard(older_than=hour) == [series_job().pk]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock"])
def test_a_queue_that_is_down_is_no_error(settings: Any, db: None, url: str) -> None:
    from registry.celery import app

    before = app.conf.broker_url, app.conf.broker_write_url
    app.conf.broker_url = app.conf.broker_write_url = url
    try:
        assert queue.send([uuid.uuid4()]) == 0
    finally:
        app.conf.broker_url, app.conf.broker_write_url = before


def test_an_attempt_that_never_came_back_leaves_no_orphan(
    sender: Sender, subject: Subject, sorted_upload: Upload, store: Store
) -> None:
    """Half is written and its worker dies; the other half is stored before the first is tried again."""
    job = series_job()
    lease = leases.take(job_id=job.pk)
    assert lease is not None
    work = begin(lease)
    names = object_names(work.identifier, lease.owner)
    unclaimed.intend(lease=lease, names=names)
    series._seal(work, *names)
    expire()
    leases.put_back_lost()
    more = ct_series(seed=1, slices=4, matrix=64, person=PERSONS[0], study_date=DAY, transfer_syntax="rle")
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now() + timedelta(hours=1))
    sender.send(subject.code, more[1:3])
    work_off()
    assert Series.objects.get().instance_count == 2
    Job.objects.update(not_before=None)
    work_off()
    assert Series.objects.get().instance_count == 4
    hours_later()
    assert len(list(store.list())) == 2
    assert "0 orphans" in verify()


def test_staged_bytes_that_are_gone_are_asked_for_again(sorted_upload: Upload, store: Store) -> None:
    name = UploadFile.objects.order_by("pk").first().staged_name  # type: ignore[union-attr]
    store.delete(name)
    work_off()
    assert sorted(UploadFile.objects.values_list("verdict", "code")) == [
        ("refused", "bytes_lost"),
        *[("stored", "")] * 3,
    ]
    assert Upload.objects.get().state == "attention"


def test_a_withdrawn_subject_takes_no_more_images(sender: Sender, subject: Subject) -> None:
    SubjectKey.objects.update(wrapped=None, destroyed_at=timezone.now())
    answer = sender.start(subject.code, CT)
    assert (answer.status_code, answer.json()["code"]) == (410, "subject_withdrawn")


@pytest.mark.parametrize("damage", ["flip", "delete", "stranger", "index"])
def test_verify_store_finds_every_kind_of_damage(
    sender: Sender, subject: Subject, store: Store, damage: str
) -> None:
    from django.core.management import CommandError

    sender.bring(subject.code, CT)
    assert "2 objects good, 0 faulty or missing, 0 orphans" in verify()
    found = Series.objects.get()
    assert found.object_name
    if damage == "flip":
        raw = bytearray(store.read(found.object_name))
        raw[-40] ^= 1
        with store.writer(found.object_name) as sink:
            sink.write(bytes(raw))
    elif damage == "delete":
        store.delete(found.preview_name)
    elif damage == "stranger":
        with store.writer("series/left/over.zip") as sink:
            sink.write(b"x")
    else:
        found.instances.filter(name="000001.dcm").update(length=5)
    with pytest.raises(CommandError):
        verify()
