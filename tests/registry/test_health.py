"""What /health/ notices, and how quickly it answers."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from registry import health, vaults
from registry.models import Heartbeat, Role, Subject, SubjectKey, User
from registry.services import upkeep
from registry.settings.secrets import key_file
from tests.uploads.people import make_site
from uploads import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    health._kept.clear()
    with translation.override("en"):
        yield
    health._kept.clear()


def long_ago() -> Any:
    return timezone.now() - timedelta(hours=1)


def test_a_process_just_started_waits_for_the_first_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STARTED", time.monotonic())
    line = health._run("beat", health._beat)
    assert line.ok


def test_a_sweep_that_never_came_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 3600)
    line = health._run("beat", health._beat)
    assert not line.ok
    assert "3600 s" in line.message


def test_the_sweep_task_is_the_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 3600)
    tasks.sweep()
    assert health._run("beat", health._beat).ok
    Heartbeat.objects.update(at=long_ago())
    assert not health._run("beat", health._beat).ok
    upkeep.beat()
    assert Heartbeat.objects.count() == 1


def test_sweeps_that_piled_up_run_once_and_a_clock_that_was_set_back_stops_none() -> None:
    at = Heartbeat.objects.values_list("at", flat=True)
    tasks.sweep()
    first = at.get()
    tasks.sweep()
    assert at.get() == first
    Heartbeat.objects.update(at=timezone.now() + timedelta(hours=1))
    tasks.sweep()
    assert at.get() < timezone.now() + timedelta(minutes=1)


@pytest.fixture
def another_master(tmp_path: Path, settings: Any) -> Iterator[Path]:
    path = tmp_path / "master"
    key_file(path)
    yield path
    vaults.master_key.cache_clear()


def test_a_master_key_that_opens_nothing_is_noticed(another_master: Path, settings: Any) -> None:
    person = User.objects.create_user("a@kicc.test", "x", name="A", role=Role.ADMIN)
    made = Subject.objects.create(site=make_site("S03"), sequence=1, code="S03-0001-U", created_by=person)
    SubjectKey.objects.create(subject=made, wrapped=vaults.new_key(made.code)[1])
    assert health._run("keys", health._keys).ok
    settings.MASTER_KEY_FILE = str(another_master)
    vaults.master_key.cache_clear()
    line = health._run("keys", health._keys)
    assert not line.ok
    assert "master key" in line.message


def test_without_a_queue_the_answer_is_quick_and_kept(client: Client) -> None:
    began = time.monotonic()
    first = client.get("/health/")
    assert first.status_code == 503
    assert time.monotonic() - began < 3
    assert "worker: DOWN (not asked)" in first.content.decode()
    assert [line.partition(":")[0] for line in first.content.decode().splitlines()] == list(health.ORDER)
    assert health.check() is health.check()
