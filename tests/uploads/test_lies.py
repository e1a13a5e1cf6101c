"""A list that lies about hash, size or count is refused before it costs the server anything that lasts."""

import hashlib
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import vaults
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.vaults import Store
from tests.services.session import S3
from tests.uploads.people import Sender, digest
from uploads.models import Job, UploadFile
from uploads.services import receiving

ONE, TWO, NEVER_LISTED = b"first file", b"second file", b"a third"
LARGE = 24 << 20


@pytest.fixture
def away(store: Store, settings: Any) -> None:
    """Without a store: what is refused all the same never came to it."""
    shutil.rmtree(settings.STORE_DIR)


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("sent", "listed", "status", "code"),
    [
        (ONE + b"and more than was said", ONE, 422, "wrong_bytes"),
        (ONE[:-1], ONE, 422, "wrong_bytes"),
        (NEVER_LISTED, NEVER_LISTED, 404, "not_in_manifest"),
    ],
)
def test_another_size_or_another_file_is_refused_without_the_store(
    sender: Sender, subject: Subject, sent: bytes, listed: bytes, status: int, code: str
) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    answer = sender.put(upload, sent, digest(listed))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not UploadFile.objects.exclude(staged_name="").exists()


@pytest.mark.usefixtures("away")
def test_fewer_files_than_listed_make_no_job(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    for _ in range(2):
        answer = sender.complete(upload)
        assert (answer.status_code, answer.json()["code"]) == (409, "files_missing")
        assert answer.json()["missing"] == [digest(ONE), digest(TWO)]
    assert not Job.objects.exists()
    assert not AuditEvent.objects.filter(verb=AuditEvent.Verb.UPLOAD_COMPLETED).exists()


def test_a_list_of_terabytes_reserves_nothing(sender: Sender, subject: Subject, store: Store) -> None:
    """The largest list there can be, of files that never come: rows alone, and gone with the sweep."""
    files = [{"sha256": f"{n:064x}", "size": 512 << 20} for n in range(receiving.MAX_FILES)]
    body = {"subject": subject.code, "files": files}
    answer = sender.client.post("/api/v1/uploads/", body, "application/json")
    assert answer.status_code == 201
    assert list(store.list()) == []
    assert not UploadFile.objects.exclude(staged_name="").exists()


def test_a_wrong_hash_is_known_at_the_end_and_leaves_nothing_however_often(
    sender: Sender, subject: Subject, settings: Any, store: Store
) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    before = AuditEvent.objects.count()
    for _ in range(5):
        assert sender.put(upload, ONE[::-1], digest(ONE)).status_code == 422
    assert not [path for path in Path(settings.STORE_DIR).rglob("*") if path.is_file()]
    assert AuditEvent.objects.count() == before
    assert sender.get(upload)["missing"] == [digest(ONE)]
    assert sender.put(upload, ONE).status_code == 201


def test_a_wrong_hash_costs_no_more_queries_than_a_right_one(
    sender: Sender, subject: Subject, django_assert_max_num_queries: Any
) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    with CaptureQueriesContext(connection) as right:
        assert sender.put(upload, ONE).status_code == 201
    with django_assert_max_num_queries(len(right)):
        assert sender.put(upload, TWO[::-1], digest(TWO)).status_code == 422


class Endless:
    """A sender that goes on and on after what it announced."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int, /) -> bytes:
        self.taken += size
        return bytes(size)


def test_a_body_without_an_end_is_read_to_the_promised_size_in_constant_memory(
    radiologist: User, subject: Subject, store: Store
) -> None:
    sha = hashlib.sha256(bytes(LARGE)).hexdigest()
    upload = receiving.start(
        actor=radiologist, subject=subject, files=[{"sha256": sha, "size": LARGE}], stripped_by=None
    )
    body = Endless()
    tracemalloc.start()
    try:
        with pytest.raises(Problem, match="wrong_bytes"):
            receiving.receive(actor=radiologist, upload=upload, sha256=sha, stream=body, length=None)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert body.taken == LARGE + 1
    assert peak < 12 << 20
    assert not list(store.list())


def test_a_large_lie_leaves_no_part_in_a_bucket(
    sender: Sender, subject: Subject, s3: S3, settings: Any
) -> None:
    """Large enough for a multipart upload, which is aborted."""
    names = ("endpoint", "access_key", "secret_key", "region")
    settings.STORE = "s3"
    settings.S3 = {name: getattr(s3, name) for name in names} | {"bucket": s3.create_bucket("lies")}
    vaults.store.cache_clear()
    data = bytes(LARGE)
    upload = sender.start(subject.code, [data]).json()["id"]
    assert sender.put(upload, data[:-1] + b"x", digest(data)).status_code == 422
    assert list(vaults.store().list()) == []
    assert "Uploads" not in s3.client().list_multipart_uploads(Bucket="lies")
