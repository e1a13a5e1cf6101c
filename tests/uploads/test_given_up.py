"""What was given up stays for another try, and what was abandoned is swept."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.utils import timezone

from imaging.models import Series
from phantom import PERSONS, ct_series
from registry.celery import app
from registry.models import Subject
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, work_off
from uploads.models import Job, Upload
from uploads.pipeline import run
from uploads.services import leases

CT = ct_series(seed=1, slices=4, matrix=64, person=PERSONS[0], study_date=DAY)


@pytest.fixture
def last_try(sender: Sender, subject: Subject) -> leases.Lease:
    """A series job whose worker is its last, and whose lease has run out."""
    upload = sender.send(subject.code, CT)
    run.run(job_id=Job.objects.get(upload=upload).pk)
    lease = leases.take(job_id=Job.objects.get(kind="series").pk)
    assert lease is not None
    late = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(kind="series").update(crashes=leases.MAX_CRASHES, lease_until=late)
    return lease


def test_what_was_given_up_need_not_be_sent_again(
    sender: Sender, subject: Subject, last_try: leases.Lease, store: Store
) -> None:
    run.sweep()
    assert len(list(store.list("staging/"))) == len(CT)
    again = sender.start(subject.code, CT).json()
    assert again["id"] != str(last_try.job.upload_id)
    assert again["missing"] == []
    assert sender.complete(again["id"]).status_code == 202
    work_off()
    assert sender.get(again["id"])["state"] == "done"
    assert Series.objects.get().instance_count == len(CT)
    assert not list(store.list("staging/"))


def test_what_was_given_up_and_forgotten_is_swept(
    last_try: leases.Lease, store: Store, settings: Any
) -> None:
    run.sweep()
    left = Path(settings.STORE_DIR, ".unfinished", "killed")
    left.touch()
    run.clean()
    assert len(list(store.list("staging/"))) == len(CT)
    assert left.exists()
    Upload.objects.update(finished_at=timezone.now() - timedelta(days=31))
    os.utime(left, (0, 0))
    run.clean()
    assert not list(store.list())
    assert not left.exists()


def test_a_lease_renewed_at_the_last_moment_is_not_given_up(
    last_try: leases.Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep saw it run out; the heartbeat came before the sweep wrote."""
    give_up = leases.give_up

    def late(**held: Any) -> bool:
        last_try.prolong()
        return give_up(**held)

    monkeypatch.setattr(leases, "give_up", late)
    assert leases.put_back_lost() == 0
    assert Job.objects.get(kind="series").state == "running"


def test_cleaning_does_not_mind_a_store_that_is_down(last_try: leases.Lease, settings: Any) -> None:
    os.rename(settings.STORE_DIR, f"{settings.STORE_DIR}.away")
    run.clean()
    os.rename(f"{settings.STORE_DIR}.away", settings.STORE_DIR)


def test_cleaning_is_on_the_calendar() -> None:
    app.loader.import_default_modules()
    tasks = {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert {"uploads.tasks.sweep", "uploads.tasks.clean"} <= tasks
    assert {task for task in tasks if task.startswith("uploads.")} <= set(app.tasks)
