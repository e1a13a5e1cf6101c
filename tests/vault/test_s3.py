"""What is the S3 store's own: parts, prefixes, outages, and every refusal as one of our errors."""

import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from tests.services.session import S3
from tests.vault.scripted import answer, refusal, scripted
from vault import ArchiveWriter, MissingObject, S3Store, StoreError, verify_archive

MIB = 1 << 20
SECRET = "AKSECRETSECRET"


def put(store, name, data=b"x"):
    with store.writer(name) as sink:
        sink.write(data)


def fails(code, call, *arguments):
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    assert caught.value.code == code
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def at(port, **options):
    options = {"read_timeout": 5, "connect_timeout": 2, "attempts": 1, **options}
    return S3Store("b", endpoint=f"http://127.0.0.1:{port}", access_key="AK", secret_key=SECRET, **options)


def uploads_left(store):
    answer = store.client().list_multipart_uploads(Bucket=store.bucket, Prefix=store.prefix)
    return [item["UploadId"] for item in answer.get("Uploads", ())]


def test_a_prefix_is_a_store_of_its_own(s3):
    def with_prefix(prefix):
        keys = {"access_key": s3.access_key, "secret_key": s3.secret_key}
        return S3Store(s3.bucket, endpoint=s3.endpoint, prefix=prefix, **keys)

    first, second, outer = (
        with_prefix("prefix-test/one/"),
        with_prefix("prefix-test/two/"),
        with_prefix("prefix-test/"),
    )
    put(first, "a", b"1")
    assert list(first.list()) == ["a"]
    assert list(second.list()) == []
    assert list(outer.list()) == ["one/a"]
    assert outer.read("one/a") == b"1"
    first.delete("a")


@pytest.mark.parametrize("prefix", ["../", "/", "a b/"])
def test_prefixes_that_are_refused(prefix):
    fails("bad_name", lambda: S3Store("b", prefix=prefix))


def test_parts_below_what_s3_takes_are_refused():
    with pytest.raises(ValueError, match="5 MiB"):
        S3Store("b", part_size=MIB)


def test_listing_goes_past_one_page(s3_store, monkeypatch):
    monkeypatch.setattr("vault.s3.PAGE", 4)
    names = [f"{number:04}" for number in range(13)]
    for name in names:
        put(s3_store, name)
    assert list(s3_store.list()) == names


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
    assert s3_store.discard_unfinished(3600) == 0
    assert s3_store.discard_unfinished(-60) == 1
    assert uploads_left(s3_store) == []


XML = "Content-Type: application/xml\r\n"
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


def test_an_outage_is_told_in_time_and_passes(s3: S3, s3_store):
    put(s3_store, "a", b"1")
    s3.stop()
    started = time.monotonic()
    for call, *arguments in (
        (s3_store.read, "a"),
        (s3_store.size, "a"),
        (s3_store.exists, "a"),
        (s3_store.delete, "a"),
        (lambda: list(s3_store.list()),),
        (put, s3_store, "b"),
        (s3_store.discard_unfinished, 0),
        (s3_store.ping,),
    ):
        assert fails("unavailable", call, *arguments).retryable
    assert time.monotonic() - started < 45
    started = time.monotonic()
    fails("unavailable", s3_store.ping)
    assert time.monotonic() - started < 2
    s3.start()
    s3_store.ping()
    assert s3_store.read("a") == b"1"
    assert not s3_store.exists("b")


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


def test_a_server_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = at(silent.getsockname()[1], read_timeout=0.5, attempts=2)
        started = time.monotonic()
        fails("unavailable", store.size, "a")
        assert time.monotonic() - started < 6


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (404, "NoSuchKey", "missing"),
        (404, "NoSuchBucket", "no_bucket"),
        (403, "AccessDenied", "denied"),
        (403, "InvalidAccessKeyId", "denied"),
        (403, "SignatureDoesNotMatch", "denied"),
        (403, "SomethingNew", "denied"),
        (403, "QuotaExceeded", "no_space"),
        (507, "InsufficientStorage", "no_space"),
        (500, "InternalError", "unavailable"),
        (503, "SlowDown", "unavailable"),
        (503, "ServiceUnavailable", "unavailable"),
        (400, "InvalidRequest", "failed"),
        (409, "OperationAborted", "failed"),
    ],
)
def test_refusals_become_codes(status, reason, code):
    with scripted(refusal(status, reason)) as server:
        error = fails(code, at(server.port).read, "a")
        assert isinstance(error, MissingObject) == (code == "missing")
        assert fails(code, put, at(server.port), "a").where.startswith("a")


@pytest.mark.parametrize(
    ("status", "code"), [(404, "missing"), (403, "denied"), (500, "unavailable"), (400, "failed")]
)
def test_refusals_without_a_document(status, code):
    with scripted(answer(status)) as server:
        fails(code, at(server.port).size, "a")


@pytest.mark.parametrize(("status", "code"), [(404, "no_bucket"), (403, "denied"), (503, "unavailable")])
def test_ping_asks_once(status, code):
    with scripted(answer(status)) as server:
        fails(code, at(server.port, attempts=3).ping)
        assert len(server.requests) == 1


def test_a_passing_fault_is_tried_again():
    with scripted(refusal(503, "SlowDown"), refusal(500, "InternalError"), answer(200, b"data")) as server:
        assert at(server.port, attempts=3).read("a") == b"data"
        assert len(server.requests) == 3


def test_an_answer_that_breaks_off_is_asked_for_again():
    with scripted(answer(206, b"da", length=4), answer(206, b"d", length=4), answer(206, b"data")) as server:
        assert at(server.port, attempts=3).read("a") == b"data"
        assert len(server.requests) == 3


def test_an_answer_that_always_breaks_off():
    with scripted(answer(206, b"da", length=4)) as server:
        assert fails("unavailable", at(server.port, attempts=3).read, "a").where == "a"
        assert len(server.requests) == 3


def test_something_else_that_listens_there():
    with scripted(b"SSH-2.0-OpenSSH_9.2\r\n") as server:
        fails("unavailable", at(server.port).size, "a")
    with scripted(answer(200, b"<html>hello")) as server:
        fails("unavailable", lambda: list(at(server.port).list()))


@pytest.mark.parametrize("endpoint", ["no-url", "ftp//x", "http://"])
def test_endpoints_that_are_none(endpoint):
    store = S3Store("b", endpoint=endpoint, access_key="AK", secret_key=SECRET)
    fails("bad_setting", store.ping)


def test_buckets_that_are_none():
    store = S3Store("no bucket!", endpoint="http://127.0.0.1:9", access_key="AK", secret_key=SECRET)
    fails("bad_setting", store.ping)


def test_no_credentials_anywhere(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    fails("denied", S3Store("b", endpoint="http://127.0.0.1:9").size, "a")
    fails("denied", S3Store("b", endpoint="http://127.0.0.1:9", access_key="AK").size, "a")


def test_no_secret_shows_itself(caplog):
    caplog.set_level(logging.INFO)
    with scripted(refusal(403, "SignatureDoesNotMatch")) as server:
        store = at(server.port)
        error = fails("denied", store.read, "a")
    assert SECRET not in caplog.text + repr(store) + str(store) + str(error) + repr(error)


def test_a_forked_process_has_a_client_of_its_own(s3_store):
    put(s3_store, "a", b"parent")
    mine = s3_store.client()
    assert s3_store.client() is mine
    child = os.fork()
    if child == 0:
        status = 1
        try:
            same = s3_store.client() is mine
            status = 0 if not same and s3_store.read("a") == b"parent" else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert s3_store.read("a") == b"parent"


def test_aws_itself_needs_no_endpoint():
    client = S3Store("bucket", access_key="AK", secret_key=SECRET, region="ap-northeast-2").client()
    url = client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "a"})
    assert url.startswith("https://bucket.s3.")


def test_a_whole_series_over_s3(s3_store):
    key = hashlib.sha256(b"key").digest()
    with ArchiveWriter(s3_store, "series/a", subject_key=key) as archive:
        for number in range(24):
            archive.add(f"{number:06}.dcm", bytes([number]) * 525_000)
    assert archive.sealed_bytes > 2 * s3_store.part_size
    verify_archive(s3_store, "series/a", subject_key=key, entries=archive.entries)
    assert uploads_left(s3_store) == []
