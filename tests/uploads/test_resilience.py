"""Nothing is lost and nothing doubled: on a running instance, real processes are killed and real services
taken away.

Every story must end in the same rows and objects as an undisturbed upload of the same files.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from psycopg2 import sql

from phantom import PERSONS, ct_series, not_belonging, planted_bytes, radiograph
from tests.services.place import Place
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.stack import Stack
from tests.uploads.caller import Caller
from tests.uploads.people import DAY

pytestmark = pytest.mark.timeout(300)
PERSON = PERSONS[1]
CT = ct_series(seed=3, slices=60, matrix=192, person=PERSON, study_date=DAY)
FILM = radiograph(seed=3, rows=128, person=PERSON, study_date=DAY)
STRAYS = [data for data in not_belonging(3, person=PERSON, study_date=DAY).values() if data]
FILES = [*CT, FILM, *STRAYS]


@pytest.fixture(scope="module")
def stack(place: Place, postgres: Postgres, _s3: S3) -> Iterator[Stack]:
    with Stack(place, postgres=postgres, s3=_s3) as stack:
        yield stack


@pytest.fixture(scope="module")
def undisturbed(stack: Stack) -> dict[str, Any]:
    with Caller(stack) as caller:
        subject = caller.subject()
        assert caller.finish(caller.send(subject, FILES))["state"] == "attention"
        state = caller.state(subject)
    assert [len(series["instances"]) for series in state["series"]] in ([60, 1], [1, 60])
    return state


@pytest.fixture
def caller(stack: Stack, undisturbed: dict[str, Any]) -> Iterator[Caller]:
    with Caller(stack) as caller:
        yield caller


def check(caller: Caller, subject: str, undisturbed: dict[str, Any]) -> None:
    """The subject has what an undisturbed upload leaves, and nothing is staged."""
    assert caller.state(subject) == undisturbed
    caller.stack.wait(lambda: not staged(caller.stack), "empty staging", within=30)


def staged(stack: Stack) -> list[str]:
    assert stack.s3 is not None
    bucket = stack.environment["KICC_S3_BUCKET"]
    listed = stack.s3.client().list_objects_v2(Bucket=bucket, Prefix="staging/")
    return [item["Key"] for item in listed.get("Contents", [])]


def test_a_worker_killed_in_the_middle_of_a_series(
    stack: Stack, caller: Caller, undisturbed: dict[str, Any]
) -> None:
    subject = caller.subject()
    upload = caller.send(subject, FILES)
    caller.wait_for_step(upload, {"sealing"})
    stack.kill_worker()
    assert caller.get(upload)["state"] == "processing"
    stack.start_worker()
    caller.finish(upload)
    check(caller, subject, undisturbed)


def test_the_queue_loses_everything(stack: Stack, caller: Caller, undisturbed: dict[str, Any]) -> None:
    subject = caller.subject()
    stack.stop_worker()
    upload = caller.send(subject, FILES)
    stack.valkey.restart(wipe=True)
    stack.start_worker()
    caller.finish(upload)
    check(caller, subject, undisturbed)


def test_the_queue_is_away_when_an_upload_is_completed(
    stack: Stack, caller: Caller, undisturbed: dict[str, Any]
) -> None:
    subject = caller.subject()
    stack.valkey.stop()
    began = time.monotonic()
    upload = caller.send(subject, FILES)
    assert time.monotonic() - began < 30
    stack.valkey.start()
    caller.finish(upload)
    check(caller, subject, undisturbed)


def test_the_store_is_away_for_a_while(stack: Stack, caller: Caller, undisturbed: dict[str, Any]) -> None:
    assert stack.s3 is not None
    subject = caller.subject()
    upload = caller.send(subject, FILES)
    caller.wait_for_step(upload, {"sealing"})
    stack.s3.stop()
    time.sleep(6)
    assert caller.get(upload)["state"] == "processing"
    assert caller.put(caller.start(caller.subject(), [b"more"])["id"], b"more") == 503
    stack.s3.start()
    caller.finish(upload)
    check(caller, subject, undisturbed)


def test_the_same_files_from_two_tabs_and_again(caller: Caller, undisturbed: dict[str, Any]) -> None:
    subject = caller.subject()
    with ThreadPoolExecutor(2) as tabs, Caller(caller.stack) as other:
        uploads = list(tabs.map(lambda tab: tab.send(subject, FILES), (caller, other)))
    for upload in uploads:
        caller.finish(upload)
    again = caller.finish(caller.send(subject, FILES))
    assert {file["verdict"] for file in again["files"]} == {"duplicate", "refused"}
    check(caller, subject, undisturbed)


def test_two_halves_from_two_computers(caller: Caller, undisturbed: dict[str, Any]) -> None:
    subject = caller.subject()
    halves = (FILES[::2], FILES[1::2])
    with ThreadPoolExecutor(2) as tabs, Caller(caller.stack) as other:
        uploads = list(tabs.map(lambda tab, half: tab.send(subject, half), (caller, other), halves))
    for upload in uploads:
        caller.finish(upload)
    check(caller, subject, undisturbed)


def test_after_all_this_store_and_tables_agree(stack: Stack, caller: Caller) -> None:
    """No object is missing, damaged or left over."""
    said = stack.manage("verify_store")
    assert "0 faulty or missing, 0 orphans" in said
    assert not said.startswith("0 objects")


def tables(stack: Stack) -> bytes:
    """Every row of every table as text."""
    with psycopg2.connect(stack.environment["KICC_DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT {0}::text FROM {0}").format(sql.Identifier(table)))
            rows += [row[0] for row in cursor.fetchall()]
    database.close()
    assert len(rows) > 100
    return "\n".join(rows).encode()


def test_no_identifier_is_left_anywhere(stack: Stack, caller: Caller) -> None:
    """Logs, database, state directory, object names and answers hold nothing of what was planted."""
    assert stack.s3 is not None
    subject = caller.subject()
    upload = caller.finish(caller.send(subject, FILES))
    places: dict[str, bytes] = {name: text.encode() for name, text in stack.logs().items()}
    places["answers"] = repr((upload, caller.series(subject))).encode()
    places["database"] = tables(stack)
    names = stack.s3.client().list_objects_v2(Bucket=stack.environment["KICC_S3_BUCKET"])["Contents"]
    places["objects"] = repr([item["Key"] for item in names]).encode()
    for path in [p for folder in (stack.var, stack.logs_directory) for p in folder.rglob("*") if p.is_file()]:
        places[path.name] = path.read_bytes()
    needles = [needle for needle in planted_bytes(PERSON) if len(needle) > 4]
    assert sum(any(needle in data for data in FILES) for needle in needles) > 15
    found = {(place, needle) for place, data in places.items() for needle in needles if needle in data}
    assert not found
