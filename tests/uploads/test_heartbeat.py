"""A step that takes longer than a lease: renewed while it works, let go when it hangs."""

import threading
import time
from typing import Any

import pytest

from phantom import PERSONS, ct_series
from registry.models import Role
from tests.uploads.people import DAY, Sender, make_person, make_site, make_subject, work_off
from uploads.models import Job
from uploads.pipeline import run, series
from uploads.services import heartbeat, leases

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]
CT = ct_series(seed=1, slices=2, matrix=64, person=PERSONS[0], study_date=DAY)


@pytest.fixture
def upload(settings: Any) -> str:
    settings.LEASE_SECONDS = 1
    person = make_person(Role.RADIOLOGIST, make_site("S03"))
    return Sender(person).send(make_subject(person).code, CT)


def test_a_step_longer_than_a_lease_succeeds_at_the_first_try(
    upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify, lost = series.verify_archive, []

    def slow(*args: Any, **named: Any) -> Any:
        for _ in range(8):
            time.sleep(0.25)
            lost.append(leases.put_back_lost())
        return verify(*args, **named)

    monkeypatch.setattr(series, "verify_archive", slow)
    work_off()
    assert sum(lost) == 0
    job = Job.objects.get(kind="series")
    assert (job.state, job.attempts, job.crashes) == ("done", 1, 0)
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_a_step_that_hangs_loses_its_lease(upload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LONGEST_STEP_SECONDS", 0.2)
    lease = leases.take(job_id=Job.objects.get(kind="sort").pk)
    assert lease is not None
    with heartbeat.beating(lease):
        time.sleep(1.3)
        assert leases.put_back_lost() == 1
    assert Job.objects.get().crashes == 1


def test_a_worker_that_fails_leaves_no_thread_behind(upload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise ValueError

    monkeypatch.setitem(run.KINDS, Job.Kind.SORT, broken)
    assert run.run(job_id=Job.objects.get().pk)
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}
    assert Job.objects.get().lease_until is None


def test_a_heart_does_not_revive_a_lease_that_is_gone(upload: str) -> None:
    lease = leases.take(job_id=Job.objects.get(kind="sort").pk)
    assert lease is not None
    with heartbeat.beating(lease):
        Job.objects.update(state="queued", lease_owner=None, lease_until=None)
        time.sleep(0.6)
    assert Job.objects.get().state == "queued"
