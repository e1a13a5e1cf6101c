"""Attempts never write over each other: what is on record stays readable whatever a later or late worker
does.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from imaging.models import Series
from phantom import PERSONS, ct_series
from registry.models import Subject
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, hours_later, work_off
from uploads.models import Job, UploadFile
from uploads.pipeline import run, series
from uploads.services import inventory, leases, staging

CT = ct_series(seed=1, slices=4, matrix=64, person=PERSONS[0], study_date=DAY)


def faults() -> list[str]:
    found = [str(item) for item in inventory.objects() if isinstance(item, inventory.Fault)]
    return found + [str(item) for item in inventory.orphans()]


def sorted_upload(sender: Sender, subject: Subject) -> str:
    """An upload whose series job waits."""
    upload = sender.send(subject.code, CT)
    assert run.run(job_id=Job.objects.get(kind="sort", upload=upload).pk)
    return upload


def test_a_file_sent_again_that_fails_does_not_touch_what_is_stored(
    sender: Sender, subject: Subject, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = sorted_upload(sender, subject)
    store.delete(UploadFile.objects.filter(upload=upload)[2].staged_name)
    work_off()
    assert Series.objects.get().instance_count == 3

    def dies(*_: Any) -> None:
        raise RuntimeError

    again = sender.send(subject.code, CT)
    with monkeypatch.context() as patch:
        patch.setattr(series, "record", dies)
        work_off()
        assert faults() == []
    Job.objects.filter(state="queued").update(not_before=None)
    work_off()
    assert {file["verdict"] for file in sender.get(again)["files"]} == {"duplicate", "stored"}
    assert Series.objects.get().instance_count == 4
    hours_later()
    assert (faults(), len(list(store.list()))) == ([], 2)


def test_a_worker_that_wakes_after_another_did_its_work_publishes_nothing(
    sender: Sender, subject: Subject, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It froze before its last file; meanwhile everything was stored and the staged bytes deleted."""
    upload = sorted_upload(sender, subject)
    job = Job.objects.get(kind="series")
    read, calls = staging.read, []

    def frozen(**which: Any) -> bytes:
        calls.append(which)
        if len(calls) == len(CT):
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
            leases.put_back_lost()
            assert run.run(job_id=job.pk)
        return read(**which)

    monkeypatch.setattr(staging, "read", frozen)
    assert run.run(job_id=job.pk)
    assert len(calls) == 2 * len(CT)
    assert len(list(store.list())) == 2
    assert sender.get(upload)["state"] == "done"
    assert faults() == []


def test_what_is_replaced_stays_for_those_who_are_reading_it(
    sender: Sender, subject: Subject, store: Store
) -> None:
    sender.bring(subject.code, CT[:2])
    first = Series.objects.get()
    reading = sender.client.get(f"/api/v1/series/{first.pk}/archive/")
    sender.bring(subject.code, CT[2:])
    assert first.object_name in list(store.list())
    assert len(b"".join(reading.streaming_content)) == first.plain_bytes
    hours_later()
    assert first.object_name not in list(store.list())
    assert faults() == []
