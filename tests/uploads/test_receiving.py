"""Receiving: what is taken, what is refused, and that nothing of what is refused remains."""

import hashlib
import io
import tracemalloc
from typing import Any

import pytest
from django.test import Client

from registry.models import IrbApproval, Role, Subject, User
from registry.vaults import Store
from tests.uploads.people import Sender, digest, make_person, make_site, make_subject
from uploads.models import Upload, UploadFile
from uploads.services import receiving
from vault import StoreError

ONE, TWO = b"first file", b"second file"


def test_an_upload_names_what_is_missing_and_resumes_from_any_computer(
    sender: Sender, subject: Subject
) -> None:
    first = sender.start(subject.code, [ONE, TWO])
    assert first.status_code == 201
    assert first.json()["missing"] == [digest(ONE), digest(TWO)]
    assert sender.put(first.json()["id"], ONE).status_code == 201
    colleague = Sender(make_person(Role.COORDINATOR, subject.site))
    again = colleague.start(subject.code, [TWO, ONE])
    assert again.json() == {"id": first.json()["id"], "state": "open", "missing": [digest(TWO)]}
    assert Upload.objects.count() == 1


def test_a_list_that_says_a_file_twice_expects_it_once(sender: Sender, subject: Subject) -> None:
    assert sender.start(subject.code, [ONE, ONE]).json()["missing"] == [digest(ONE)]


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ([], 400, "empty_manifest"),
        ([{"sha256": "zz", "size": 1}], 400, "bad_manifest"),
        ([{"sha256": "a" * 63, "size": 1}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": 0}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": -1}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": "9"}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": True}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64}], 400, "bad_manifest"),
        ([{"size": 1}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": 1}, {"sha256": "a" * 64, "size": 2}], 400, "bad_manifest"),
        ([{"sha256": "a" * 64, "size": 1001}], 413, "file_too_large"),
        ([{"sha256": f"{n:064x}", "size": 1} for n in range(4)], 413, "too_many_files"),
        ("nonsense", 400, "invalid"),
        ([["a", 1]], 400, "invalid"),
    ],
)
def test_a_bad_list_opens_nothing(
    sender: Sender,
    subject: Subject,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    files: Any,
    status: int,
    code: str,
) -> None:
    settings.MAX_FILE_BYTES = 1000
    monkeypatch.setattr(receiving, "MAX_FILES", 3)
    body = {"subject": subject.code, "files": files}
    answer = sender.client.post("/api/v1/uploads/", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert not Upload.objects.exists()


def test_the_cap_itself_is_allowed(sender: Sender, subject: Subject, settings: Any) -> None:
    settings.MAX_FILE_BYTES = len(TWO)
    assert sender.start(subject.code, [TWO]).status_code == 201


@pytest.mark.parametrize("sent", [b"other bytes", b"too short", b"far too long for it"])
def test_other_bytes_than_promised_are_not_kept(
    sender: Sender, subject: Subject, store: Store, sent: bytes
) -> None:
    upload = sender.start(subject.code, [TWO]).json()["id"]
    answer = sender.put(upload, sent, digest(TWO))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_bytes")
    assert not list(store.list())
    assert sender.get(upload)["missing"] == [digest(TWO)]
    assert sender.put(upload, TWO).status_code == 201


def test_size_comes_before_bytes(sender: Sender, subject: Subject, settings: Any, store: Store) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    settings.MAX_FILE_BYTES = 5
    answer = sender.put(upload, ONE)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert not list(store.list())


def test_a_file_sent_again_was_there_already(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    assert [sender.put(upload, ONE).status_code for _ in range(3)] == [201, 200, 200]


@pytest.mark.parametrize("name", ["f" * 64, "x", "%00", "A" * 64])
def test_a_file_nobody_expects(sender: Sender, subject: Subject, name: str) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    answer = sender.put(upload, ONE, name)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_in_manifest")


def test_a_file_without_a_length(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    url = f"/api/v1/uploads/{upload}/files/{digest(ONE)}"
    answer = sender.client.put(url, ONE, "application/octet-stream", CONTENT_LENGTH="")
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def chunked(sender: Sender, upload: str, expected: bytes, sent: bytes) -> Any:
    """As the server passes on a body that came in chunks, without a length."""
    extra: dict[str, Any] = {"wsgi.input": io.BytesIO(sent), "wsgi.input_terminated": True}
    return sender.client.put(
        f"/api/v1/uploads/{upload}/files/{digest(expected)}",
        content_type="application/octet-stream",
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
        **extra,
    )


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [(TWO + b"x", 422, "wrong_bytes"), (TWO[:-1], 400, "cut_off"), (TWO[::-1], 422, "wrong_bytes")],
)
def test_a_file_in_chunks_is_read_to_its_promised_size(
    sender: Sender, subject: Subject, store: Store, sent: bytes, status: int, code: str
) -> None:
    upload = sender.start(subject.code, [TWO]).json()["id"]
    answer = chunked(sender, upload, TWO, sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not list(store.list())
    assert chunked(sender, upload, TWO, TWO).status_code == 201


def test_another_length_for_a_file_that_is_there(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    sender.put(upload, ONE)
    answer = sender.put(upload, ONE + b"x", digest(ONE))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_bytes")
    assert sender.put(upload, ONE).status_code == 200


class CutOff:
    """A sender whose connection ends after some bytes."""

    def __init__(self, data: bytes, *, breaks: bool) -> None:
        self._data = io.BytesIO(data)
        self._breaks = breaks

    def read(self, size: int, /) -> bytes:
        piece = self._data.read(size)
        if not piece and self._breaks:
            raise OSError("gone")
        return piece


@pytest.mark.parametrize("breaks", [True, False])
def test_a_connection_that_ends_leaves_nothing(
    radiologist: User, subject: Subject, store: Store, breaks: bool
) -> None:
    upload = receiving.start(
        actor=radiologist,
        subject=subject,
        files=[{"sha256": digest(TWO), "size": len(TWO)}],
        stripped_by=None,
    )
    from registry.errors import Problem

    with pytest.raises(Problem, match="cut_off"):
        receiving.receive(
            actor=radiologist,
            upload=upload,
            sha256=digest(TWO),
            stream=CutOff(TWO[:4], breaks=breaks),
            length=len(TWO),
        )
    assert not list(store.list())
    assert receiving.missing(upload=upload) == [digest(TWO)]


def test_staged_bytes_are_sealed(sender: Sender, subject: Subject, store: Store) -> None:
    data = b"DICM patient name" * 20
    upload = sender.start(subject.code, [data]).json()["id"]
    sender.put(upload, data)
    (name,) = store.list()
    assert name == f"staging/{upload}/{digest(data)}"
    assert b"patient" not in store.read(name)


def test_receiving_takes_the_same_memory_for_any_size(
    radiologist: User, subject: Subject, store: Store
) -> None:
    size = 48 * 1024 * 1024
    sha = hashlib.sha256(bytes(size)).hexdigest()
    upload = receiving.start(
        actor=radiologist, subject=subject, files=[{"sha256": sha, "size": size}], stripped_by=None
    )

    class Zeros:
        def read(self, count: int, /) -> bytes:
            return bytes(count)

    tracemalloc.start()
    try:
        receiving.receive(actor=radiologist, upload=upload, sha256=sha, stream=Zeros(), length=size)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * 1024 * 1024


def test_completing_asks_for_what_is_missing_and_happens_once(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()["id"]
    sender.put(upload, ONE)
    answer = sender.complete(upload)
    assert (answer.status_code, answer.json()["code"]) == (409, "files_missing")
    assert answer.json()["missing"] == [digest(TWO)]
    sender.put(upload, TWO)
    assert [sender.complete(upload).status_code for _ in range(2)] == [202, 202]
    assert Upload.objects.get().jobs.count() == 1


def test_a_completed_upload_takes_no_new_file(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    sender.put(upload, ONE)
    sender.complete(upload)
    assert sender.put(upload, ONE).status_code == 200
    UploadFile.objects.update(received_at=None)
    answer = sender.put(upload, ONE)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_closed")


def test_a_site_without_an_approval_in_force_is_closed(sender: Sender, subject: Subject) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    IrbApproval.objects.update(valid_until="2020-01-02")
    answers = [sender.start(subject.code, [TWO]), sender.put(upload, ONE), sender.complete(upload)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "no_irb_approval")}


def test_another_hospital_sees_no_upload(sender: Sender, subject: Subject, stranger: User) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    other = Sender(stranger)
    answers = [
        other.start(subject.code, [ONE]),
        other.put(upload, ONE),
        other.complete(upload),
        other.client.get(f"/api/v1/uploads/{upload}/"),
        other.client.get(f"/uploads/{upload}/"),
        other.client.get(f"/subjects/{subject.code}/upload/"),
        other.client.get(f"/subjects/{subject.code}/uploads/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert other.client.get("/api/v1/uploads/").json()["count"] == 0
    assert other.client.get("/api/v1/uploads/", {"subject": subject.code}).json()["count"] == 0


@pytest.mark.parametrize("role", [Role.CURATOR, Role.LEAD])
def test_who_sees_every_site_reads_but_does_not_send(sender: Sender, subject: Subject, role: Role) -> None:
    upload = sender.start(subject.code, [ONE]).json()["id"]
    reader = Sender(make_person(role))
    assert reader.get(upload)["state"] == "open"
    answers = [reader.start(subject.code, [ONE]), reader.put(upload, ONE), reader.complete(upload)]
    sender.put(upload, ONE)
    sender.complete(upload)
    answers.append(reader.complete(upload))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "not_at_a_site")}


def test_a_browser_needs_its_token(radiologist: User, subject: Subject) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(radiologist)
    assert client.get(f"/subjects/{subject.code}/upload/").status_code == 200
    body = {"subject": subject.code, "files": [{"sha256": digest(ONE), "size": len(ONE)}]}
    assert client.post("/api/v1/uploads/", body, "application/json").status_code == 403
    token = {"HTTP_X_CSRFTOKEN": client.cookies["csrftoken"].value}
    upload = client.post("/api/v1/uploads/", body, "application/json", **token).json()["id"]
    url = f"/api/v1/uploads/{upload}/files/{digest(ONE)}"
    assert client.put(url, ONE, "application/octet-stream").status_code == 403
    assert client.put(url, ONE, "application/octet-stream", **token).status_code == 201


def test_a_store_that_is_down_says_so_and_nothing_is_half_done(
    sender: Sender, subject: Subject, store: Store, settings: Any
) -> None:
    import shutil

    upload = sender.start(subject.code, [ONE]).json()["id"]
    shutil.move(settings.STORE_DIR, f"{settings.STORE_DIR}.away")
    with pytest.raises(StoreError):
        store.ping()
    answer = sender.put(upload, ONE)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_down")
    shutil.move(f"{settings.STORE_DIR}.away", settings.STORE_DIR)
    assert sender.put(upload, ONE).status_code == 201


def test_messages_come_in_the_callers_language(radiologist: User, subject: Subject) -> None:
    make_subject(radiologist)
    korean = Sender(radiologist, language="ko")
    upload = korean.bring(subject.code, [b"not an image at all"])
    assert upload["files"][0]["code"] == "not_dicom"
    assert "DICOM 파일이 아닙니다" in upload["files"][0]["message"]
    assert Sender(radiologist).get(upload["id"])["files"][0]["message"].startswith("This is not a DICOM file")


def test_the_pages_of_an_upload_open(sender: Sender, subject: Subject) -> None:
    make_site("S05")
    upload = sender.send(subject.code, [ONE])
    for url in (
        f"/subjects/{subject.code}/upload/",
        f"/subjects/{subject.code}/uploads/",
        f"/uploads/{upload}/",
    ):
        assert sender.client.get(url).status_code == 200, url
    assert upload in sender.client.get(f"/subjects/{subject.code}/uploads/").content.decode()


def test_an_upload_that_is_given_up_leaves_nothing_and_can_be_sent_again(
    sender: Sender, subject: Subject, store: Store
) -> None:
    upload = sender.start(subject.code, [ONE, TWO]).json()
    sender.put(upload["id"], ONE)
    assert list(store.list("staging/"))
    for _ in range(2):
        answer = sender.client.delete(f"/api/v1/uploads/{upload['id']}/")
        assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert {file["code"] for file in answer.json()["files"]} == {"discarded"}
    assert list(store.list("staging/")) == []
    again = sender.start(subject.code, [ONE, TWO]).json()
    assert again["id"] != upload["id"]
    assert again["missing"] == [digest(ONE), digest(TWO)]
