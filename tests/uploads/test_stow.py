"""STOW-RS: what is kept, what is not and why, and that nothing rests on the disk in the clear."""

import io
import tracemalloc
import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from deid import ENGINE, Dates, strip
from phantom import PERSONS, ct_series
from registry.models import IrbApproval, Role, Subject, User
from registry.services import machines
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, make_person, make_subject, work_off
from uploads.dicomweb import front, multipart, storing
from uploads.models import UnclaimedObject, Upload, UploadFile
from uploads.pipeline.run import tidy

KEY = bytes(range(32))
BOUNDARY = "a-boundary"
KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    """Nobody works beside the test, so nothing is waited for."""
    settings.STOW_WAIT_SECONDS = 0


@pytest.fixture(scope="module")
def series() -> list[bytes]:
    return list(ct_series(seed=3, slices=3, matrix=64, person=PERSONS[1], study_date=DAY))


def stripped(files: list[bytes], subject: Subject) -> list[bytes]:
    dates = Dates.day_zero(date(2020, 3, 2))
    return [strip(data, uid_key=KEY, dates=dates, subject=subject.code).data for data in files]


def named(data: bytes, subject: str) -> bytes:
    """As an archive sends it that knows the code and removes nothing else."""
    dataset = dcmread(io.BytesIO(data))
    dataset.PatientID = subject
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def body(*parts: bytes, boundary: str = BOUNDARY, end: bool = True) -> bytes:
    head = f"\r\n--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return b"".join(head + part for part in parts) + (f"\r\n--{boundary}--".encode() if end else b"")


class Archive:
    """A machine of the site that speaks DICOMweb."""

    def __init__(self, of: User, language: str = "en") -> None:
        _, token = machines.make(actor=of, name="PACS", days=30, request_id=uuid.uuid4())
        self.client = Client(headers={"authorization": f"Bearer {token}", "accept-language": language})

    def send(self, *parts: bytes, study: str = "") -> Any:
        return self.post(body(*parts), study=study)

    def post(self, data: bytes, kind: str = KIND, study: str = "", **extra: Any) -> Any:
        address = f"/dicomweb/studies/{study}" if study else "/dicomweb/studies"
        return self.client.generic("POST", address, data, content_type=kind, **extra)


@pytest.fixture
def archive(radiologist: User) -> Archive:
    return Archive(radiologist)


def dataset(answer: Any) -> Dataset:
    assert answer.headers["Content-Type"] == "application/dicom+json"
    return Dataset.from_json(answer.content.decode())


def uids(items: Any) -> list[str]:
    return [str(item.ReferencedSOPInstanceUID) for item in items]


def sop(files: list[bytes]) -> list[str]:
    return [str(dcmread(io.BytesIO(data)).SOPInstanceUID) for data in files]


def test_a_stripped_series_is_stored(
    archive: Archive, radiologist: User, subject: Subject, series: list[bytes], store: Store
) -> None:
    files = stripped(series, subject)
    answer = archive.send(*files)
    assert answer.status_code == 202
    assert uids(dataset(answer).ReferencedSOPSequence) == sop(files)
    upload = Upload.objects.get()
    assert (upload.stripped_by, upload.client, upload.created_by.name) == (ENGINE, "STOW-RS", "PACS")
    assert answer.headers["Link"] == f'</api/v1/uploads/{upload.pk}/>; rel="describedby"'
    assert all(b"DICM" not in store.read(name) for name in store.list())
    work_off()
    said = Sender(radiologist).get(str(upload.pk))
    assert (said["state"], {file["verdict"] for file in said["files"]}) == ("done", {"stored"})
    assert said["series"][0]["instances"] == 3
    assert list(store.list("staging/")) == []
    assert not UnclaimedObject.objects.exists()

    again = archive.send(*files)
    assert again.status_code == 200
    known = dataset(again)
    assert uids(known.ReferencedSOPSequence) == sop(files)
    assert "FailedSOPSequence" not in known
    assert not any("WarningReason" in item for item in known.ReferencedSOPSequence)
    tidy()
    assert list(store.list("staging/")) == []


def test_a_resumed_request_meets_its_own_upload(
    archive: Archive, subject: Subject, series: list[bytes], store: Store
) -> None:
    files = stripped(series, subject)
    for _ in range(2):
        assert archive.send(*files).status_code == 202
    assert Upload.objects.count() == 1
    tidy()
    assert len(list(store.list("staging/"))) == 3
    work_off()
    assert set(UploadFile.objects.values_list("verdict", flat=True)) == {"stored"}


def test_what_was_not_stripped_is_stripped_here_and_said_to_be_coerced(
    archive: Archive, subject: Subject, series: list[bytes]
) -> None:
    files = [named(data, subject.code) for data in series]
    archive.send(*files)
    work_off()
    assert Upload.objects.get().stripped_by == ""
    answer = archive.send(*files)
    assert answer.status_code == 202
    assert {item.WarningReason for item in dataset(answer).ReferencedSOPSequence} == {0xB000}


def test_two_subjects_and_two_claims_are_four_uploads(
    archive: Archive, radiologist: User, subject: Subject, series: list[bytes]
) -> None:
    other = make_subject(radiologist)
    files = [
        part for one in (subject, other) for part in (*stripped(series[:1], one), named(series[1], one.code))
    ]
    assert len(dataset(archive.send(*files)).ReferencedSOPSequence) == 4
    found = {(upload.subject.code, upload.stripped_by) for upload in Upload.objects.all()}
    assert found == {(one.code, by) for one in (subject, other) for by in ("", ENGINE)}


@pytest.mark.parametrize("patient", [None, "", "KX00040003", "S05-0001-K", "S03-9999-A", "s03-0001-x"])
def test_only_a_subject_s_code_is_a_patient_id(
    archive: Archive, subject: Subject, series: list[bytes], store: Store, patient: str | None
) -> None:
    answer = archive.send(series[0] if patient is None else named(series[0], patient))
    assert answer.status_code == 409
    (failed,) = dataset(answer).FailedSOPSequence
    assert (failed.FailureReason, failed.ErrorComment) == (0xC001, "no_subject")
    assert PERSONS[1].patient_id.encode() not in answer.content
    assert not Upload.objects.exists()
    assert list(store.list()) == []


def test_another_site_s_subject_is_no_subject(stranger: User, subject: Subject, series: list[bytes]) -> None:
    answer = Archive(stranger).send(*stripped(series[:1], subject))
    assert (answer.status_code, dataset(answer).FailedSOPSequence[0].FailureReason) == (409, 0xC001)


def test_what_an_old_engine_stripped_is_not_taken(
    archive: Archive, subject: Subject, series: list[bytes]
) -> None:
    (data,) = stripped(series[:1], subject)
    answer = archive.send(data.replace(ENGINE.encode(), b"kicc-deid/1.0.0"))
    assert dataset(answer).FailedSOPSequence[0].ErrorComment == "old_engine"
    assert not Upload.objects.exists()


def test_one_bad_part_does_not_hold_the_others_back(
    archive: Archive, subject: Subject, series: list[bytes]
) -> None:
    good = stripped(series[:2], subject)
    answer = archive.send(good[0], b"", b"nonsense" * 40, good[0][:400], series[2], good[1])
    assert answer.status_code == 202
    said = dataset(answer)
    assert uids(said.ReferencedSOPSequence) == sop(good)
    assert [item.FailureReason for item in said.OtherFailuresSequence] == [0xC000] * 3
    assert [item.ErrorComment for item in said.FailedSOPSequence] == ["no_subject"]


def test_an_instance_of_another_study_than_the_address_names_fails(
    archive: Archive, subject: Subject, series: list[bytes]
) -> None:
    files = stripped(series[:1], subject)
    study = str(dcmread(io.BytesIO(files[0])).StudyInstanceUID)
    assert archive.send(*files, study=study).status_code == 202
    answer = archive.send(*files, study="1.2.3")
    (failed,) = dataset(answer).FailedSOPSequence
    assert (answer.status_code, failed.FailureReason, failed.ErrorComment) == (409, 0xC002, "other_study")


def test_too_large_is_said_before_all_of_it_is_kept(
    archive: Archive, subject: Subject, series: list[bytes], settings: Any, store: Store
) -> None:
    files = stripped(series, subject)
    settings.MAX_FILE_BYTES = len(files[0]) - 1
    answer = archive.send(files[0])
    assert (answer.status_code, dataset(answer).FailedSOPSequence[0].FailureReason) == (413, 0xA700)
    tidy()
    assert list(store.list()) == []


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("application/dicom", 415, "not_multipart"),
        (f'multipart/related; type="application/dicom+json"; boundary={BOUNDARY}', 415, "not_multipart"),
        (f'multipart/form-data; type="application/dicom"; boundary={BOUNDARY}', 415, "not_multipart"),
        ('multipart/related; type="application/dicom"', 415, "not_multipart"),
        ('multipart/related; type="application/dicom"; boundary=other', 400, "bad_multipart"),
        (f"multipart/related; boundary={BOUNDARY}", 202, ""),
        (f'Multipart/Related; Type="application/DICOM"; boundary="{BOUNDARY}"', 202, ""),
    ],
)
def test_the_content_type_is_the_standard_s(
    archive: Archive, subject: Subject, series: list[bytes], kind: str, status: int, code: str
) -> None:
    answer = archive.post(body(*stripped(series[:1], subject)), kind)
    assert answer.status_code == status
    if code:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["code"] == code


def test_a_body_that_ends_early_leaves_nothing(
    archive: Archive, subject: Subject, series: list[bytes], store: Store
) -> None:
    whole = body(*stripped(series, subject))
    for cut in (1, 30, len(whole) // 2, len(whole) - 3):
        answer = archive.post(whole[:cut])
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_multipart"), cut
    tidy()
    assert not Upload.objects.exists()
    assert list(store.list()) == []
    assert not UnclaimedObject.objects.exists()


def test_a_body_without_parts(archive: Archive) -> None:
    answer = archive.post(f"--{BOUNDARY}--\r\n".encode())
    assert answer.status_code == 400


def test_pieces_of_any_size_give_the_same(
    archive: Archive, subject: Subject, series: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boundary may fall anywhere between two reads, and image bytes may look like one."""
    files = stripped(series[:1], subject)
    files.append(files[0] + f"\r\n--{BOUNDARY[:-1]}\r\n--".encode())
    for size in (1, 7, 61, 4096):
        monkeypatch.setattr(multipart, "PIECE", size)
        parts = multipart.Parts(io.BytesIO(body(*files)), BOUNDARY)
        assert [b"".join(pieces) for pieces in parts] == files


def test_a_part_nobody_reads_is_read_away(series: list[bytes]) -> None:
    parts = iter(multipart.Parts(io.BytesIO(body(*series)), BOUNDARY))
    next(parts)
    assert b"".join(next(parts)) == series[1]


def test_the_front_of_a_deflated_instance_is_read(series: list[bytes], subject: Subject) -> None:
    dataset = dcmread(io.BytesIO(named(series[0], subject.code)))
    out = io.BytesIO()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(out, enforce_file_format=True)
    seen = front.read(out.getvalue()[: front.LENGTH])
    assert (seen.patient_id, seen.sop_instance) == (subject.code, str(dataset.SOPInstanceUID))


@pytest.mark.parametrize("cut", [0, 131, 132, 200, 340, 500])
def test_a_front_that_is_cut_is_no_instance(series: list[bytes], cut: int) -> None:
    with pytest.raises(front.Unreadable):
        front.read(series[0][:cut])


def test_a_site_without_an_approval_is_closed(
    archive: Archive, subject: Subject, series: list[bytes]
) -> None:
    IrbApproval.objects.update(valid_until="2020-01-02")
    answer = archive.send(*stripped(series[:1], subject))
    assert (answer.status_code, answer.json()["code"]) == (403, "no_irb_approval")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("role", [Role.CURATOR, Role.RESEARCHER, Role.LEAD, Role.ADMIN])
def test_who_is_of_no_site_stores_nothing(series: list[bytes], subject: Subject, role: Role) -> None:
    client = Client()
    client.force_login(make_person(role))
    answer = client.generic("POST", "/dicomweb/studies", body(series[0]), content_type=KIND)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_at_a_site")


def test_nobody_stores_nothing(series: list[bytes], db: None) -> None:
    answer = Client().generic("POST", "/dicomweb/studies", body(series[0]), content_type=KIND)
    assert answer.status_code == 401
    assert Client().get("/dicomweb/studies").status_code in (401, 405)
    assert Client().get("/dicomweb/studies/nonsense").status_code in (302, 404)


def test_another_answer_than_ours_cannot_be_had(archive: Archive, series: list[bytes]) -> None:
    answer = archive.post(body(series[0]), headers={"accept": "application/dicom+xml"})
    assert answer.status_code == 406


def test_a_part_takes_the_same_memory_whatever_its_size(
    radiologist: User, subject: Subject, series: list[bytes], store: Store
) -> None:
    (head,) = stripped(series[:1], subject)
    size = 64 * 1024 * 1024

    class Large:
        """One instance with so many bytes after it, made as they are read."""

        def __init__(self) -> None:
            self.left = size
            self.begin = io.BytesIO(body(head, end=False))
            self.end = io.BytesIO(f"\r\n--{BOUNDARY}--".encode())

        def read(self, count: int, /) -> bytes:
            if piece := self.begin.read(count):
                return piece
            count = min(count, self.left)
            self.left -= count
            return bytes(count) or self.end.read()

    tracemalloc.start()
    try:
        (item,) = storing.store(actor=radiologist, study="", content_type=KIND, stream=Large())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert item.deposit is not None
    assert item.deposit.size == size + len(head)
    assert peak < 12 * 1024 * 1024
