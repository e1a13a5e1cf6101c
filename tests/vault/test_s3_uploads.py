"""How an object gets into S3: in parts, in little memory, whole or not at all."""

import hashlib
import os
import signal
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.services.session import S3
from tests.vault.calls import at, fails, put, uploads_left
from tests.vault.scripted import answer, refusal, scripted
from vault import ArchiveWriter, verify_archive

MIB = 1 << 20
XML = "Content-Type: application/xml\r\n"


def test_memory_stays_bounded_while_writing(s3_store):
    put(s3_store, "warm", bytes(6 * MIB))
    piece = bytes(MIB)
    tracemalloc.start()
    with s3_store.writer("large") as sink:
        for _ in range(48):
            sink.write(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert s3_store.size("large") == 48 * MIB
    assert peak < 4 * s3_store.part_size


def test_too_many_parts_are_refused(s3_store, monkeypatch):
    monkeypatch.setattr("vault.s3.MAX_PARTS", 2)
    put(s3_store, "a", bytes(10 * MIB))
    fails("object_too_large", put, s3_store, "b", bytes(15 * MIB))
    assert uploads_left(s3_store) == []
    assert not s3_store.exists("b")


KILLED = """
import os, signal, sys
from vault import S3Store
store = S3Store(sys.argv[1], endpoint=sys.argv[2], access_key=os.environ["AK"], secret_key=os.environ["SK"],
                prefix=sys.argv[3], part_size=5 << 20)
with store.writer("a") as sink:
    sink.write(bytes(6 << 20))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_no_object_and_is_cleared_up(s3, s3_store):
    command = [sys.executable, "-c", KILLED, s3_store.bucket, s3.endpoint, s3_store.prefix]
    environment = {**os.environ, "AK": s3.access_key, "SK": s3.secret_key}
    killed = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not s3_store.exists("a")
    assert len(uploads_left(s3_store)) == 1
    assert s3_store.discard_unfinished(-60) == 1
    assert uploads_left(s3_store) == []


def unfinished(age):
    begun = (datetime.now(UTC) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    item = f"<Upload><Key>a</Key><UploadId>u</UploadId><Initiated>{begun}</Initiated></Upload>"
    return answer(
        200, f"<ListMultipartUploadsResult>{item}</ListMultipartUploadsResult>".encode(), headers=XML
    )


@pytest.mark.parametrize(("age", "cleared"), [(3500, 0), (3700, 1)])
def test_what_a_living_writer_sent_is_not_cleared_up(age, cleared):
    with scripted(unfinished(age), answer(204)) as server:
        assert at(server.port).discard_unfinished(3600) == cleared
        assert [line.split()[0] for line in server.requests] == ["GET", *["DELETE"] * cleared]


BEGUN = answer(
    200, b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>", headers=XML
)
PART = answer(200, headers='ETag: "e"\r\n')


def test_a_finished_upload_whose_answer_was_lost_counts():
    size = answer(200, length=5 * MIB)
    with scripted(BEGUN, PART, refusal(404, "NoSuchUpload"), size) as server:
        put(at(server.port, part_size=5 * MIB), "a", bytes(5 * MIB))
        assert [line.split()[0] for line in server.requests] == ["POST", "PUT", "POST", "HEAD"]


@pytest.mark.parametrize(
    "found", [answer(200, length=5), answer(404), answer(500)], ids=["other", "none", "down"]
)
def test_an_upload_that_did_not_arrive_fails(found):
    with scripted(BEGUN, PART, refusal(404, "NoSuchUpload"), found) as server:
        assert (
            fails("unavailable", put, at(server.port, part_size=5 * MIB), "a", bytes(5 * MIB)).where
            == "a NoSuchUpload"
        )


def test_another_refusal_at_the_end_fails():
    with scripted(BEGUN, PART, refusal(400, "InvalidPart")) as server:
        assert (
            fails("failed", put, at(server.port, part_size=5 * MIB), "a", bytes(5 * MIB)).where
            == "a InvalidPart"
        )


def test_a_finish_that_comes_twice(s3_store):
    with s3_store.writer("a") as sink:
        sink.write(bytes(5 * MIB))
        sink.write(b"end")
        sink._send_part()
        s3_store.client().complete_multipart_upload(
            **sink._target, UploadId=sink._upload_id, MultipartUpload={"Parts": sink._parts}
        )
    assert s3_store.read("a", 5 * MIB) == b"end"


def test_an_upload_that_somebody_aborted_fails(s3_store):
    def write():
        with s3_store.writer("a") as sink:
            sink.write(bytes(6 * MIB))
            s3_store.client().abort_multipart_upload(**sink._target, UploadId=sink._upload_id)

    assert fails("unavailable", write).retryable
    assert not s3_store.exists("a")


def test_an_outage_in_the_middle_of_an_upload(s3: S3, s3_store):
    def write():
        with s3_store.writer("a") as sink:
            sink.write(bytes(6 * MIB))
            s3.stop()
            sink.write(bytes(6 * MIB))

    fails("unavailable", write)
    s3.start()
    assert not s3_store.exists("a")
    assert s3_store.discard_unfinished(-60) == 1
    assert uploads_left(s3_store) == []


def test_a_whole_series_over_s3(s3_store):
    key = hashlib.sha256(b"key").digest()
    with ArchiveWriter(s3_store, "series/a", subject_key=key) as archive:
        for number in range(24):
            archive.add(f"{number:06}.dcm", bytes([number]) * 525_000)
    assert archive.sealed_bytes > 2 * s3_store.part_size
    verify_archive(s3_store, "series/a", subject_key=key, entries=archive.entries)
    assert uploads_left(s3_store) == []
