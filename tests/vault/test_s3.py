"""What is the S3 store's own: parts, prefixes, outages, and every refusal as one of our errors."""

import logging
import os
import socket
import time

import pytest

from tests.services.session import S3
from tests.vault.calls import SECRET, at, fails, put
from tests.vault.scripted import answer, refusal, scripted
from vault import MissingObject, S3Store

MIB = 1 << 20


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
