"""A worker killed with -9 at any step leaves, after the sweep, what an undisturbed worker leaves."""

import datetime
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from phantom import PERSONS, ct_series, not_belonging, radiograph
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, hours_later, make_person, make_site, make_subject, work_off
from tests.uploads.snapshots import snapshot
from uploads.models import Job
from uploads.pipeline.run import sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
PERSON = PERSONS[2]
CT = ct_series(seed=4, slices=4, matrix=64, person=PERSON, study_date=DAY)
LATER = CT[2:]
FILES = [*CT[:2], radiograph(seed=4, rows=64, person=PERSON, study_date=DAY)]
PACE = 23
STRAY = not_belonging(4, person=PERSON, study_date=DAY)["readme.txt"]


@pytest.fixture
def dying(store: Store, settings: Any) -> Iterator[Callable[[int], str]]:
    environment = {
        **os.environ,
        "KICC_DATABASE_URL": _url(connection.settings_dict),
        "KICC_STORE_DIR": settings.STORE_DIR,
        "KICC_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.uploads.dying"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def die_at(step: int) -> str:
        process.stdin.write(f"{step}\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        return process.stdout.readline().strip()  # type: ignore[union-attr]

    yield die_at
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=20)


def _url(database: dict[str, Any]) -> str:
    if "sqlite" in database["ENGINE"]:
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def recover() -> None:
    """What time and the sweep do after a worker is gone."""
    Job.objects.filter(state=Job.State.RUNNING).update(
        lease_until=timezone.now() - datetime.timedelta(seconds=1)
    )
    sweep()
    work_off()
    sweep()
    hours_later()


def bring(die: Callable[[int], str] | None, step: int) -> list[str]:
    """Two uploads, the second of which makes the CT of the first grow; the worker dies at `step` of each."""
    from registry.models import Role

    person = make_person(Role.RADIOLOGIST, make_site("S03"))
    sender, subject = Sender(person), make_subject(person)
    said = []
    for files in ([*FILES, STRAY], LATER):
        sender.send(subject.code, files)
        if die is not None:
            said.append(die(step))
        recover()
    return said


@pytest.fixture
def undisturbed(store: Store) -> dict[str, Any]:
    bring(None, 0)
    return snapshot()


def test_what_an_undisturbed_worker_leaves(undisturbed: dict[str, Any]) -> None:
    assert len(undisturbed["series"]) == 2
    assert len(undisturbed["instances"]) == 5
    assert len(undisturbed["objects"]) == 4
    assert undisturbed["unclaimed"] == []
    assert not [name for name in undisturbed["objects"] if name.startswith("staging/")]


def test_killed_at_every_step(undisturbed: dict[str, Any], dying: Callable[[int], str], store: Store) -> None:
    step, killed = 1, 0
    while True:
        clean(store)
        said = bring(dying, step)
        assert snapshot() == undisturbed, f"killed at step {step}: {said}"
        if all(answer.startswith("finished") for answer in said):
            break
        killed += said.count("killed")
        step += PACE
    assert killed > 8


def clean(store: Store) -> None:
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
    for name in list(store.list()):
        store.delete(name)
