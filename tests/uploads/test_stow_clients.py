"""STOW-RS as other programs speak it, against a running instance: dicomweb-client and Orthanc's plugin.

Orthanc is used where it is installed (scripts/test-tools); dicomweb-client always.
"""

import io
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import dcmread
from pydicom.dataset import Dataset

from deid import Dates, strip
from phantom import PERSONS, ct_series, not_belonging, radiograph
from tests.kicc_send.hospital import site_token
from tests.services import orthanc
from tests.services.place import Place
from tests.stack import Stack
from tests.uploads.people import DAY
from tests.uploads.test_stow import named

ADMISSION = date(2020, 3, 2)
SENDERS = ["dicomweb-client", *(["orthanc"] if orthanc.installed() else [])]


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return site_token(stack)


@pytest.fixture
def api(stack: Stack, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1/", headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def subject(api: httpx.Client) -> str:
    return str(api.post("subjects/", json={}).json()["code"])


@pytest.fixture
def key(api: httpx.Client) -> bytes:
    return bytes.fromhex(api.get("sites/key/").json()["key"])


class ByClient:
    """dicomweb-client; large requests go in chunks of unknown length."""

    def __init__(self, place: Place, stack: Stack, token: str, chunk: int = 1_000_000) -> None:
        self.session = create_session()
        self.session.headers["Authorization"] = f"Token {token}"
        self.client = DICOMwebClient(f"{stack.url}/dicomweb", session=self.session, chunk_size=chunk)

    def __enter__(self) -> "ByClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, files: list[bytes], study: str | None = None) -> Dataset:
        return self.client.store_instances([dcmread(io.BytesIO(data)) for data in files], study)

    def refused(self, files: list[bytes]) -> bool:
        with pytest.raises(requests.HTTPError, match="409"):
            self.send(files)
        return True


class ByOrthanc:
    """Orthanc's own database between the files and the registry."""

    def __init__(self, place: Place, stack: Stack, token: str) -> None:
        self.archive = orthanc.Orthanc(place, f"{stack.url}/dicomweb/", token)

    def __enter__(self) -> "ByOrthanc":
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def send(self, files: list[bytes]) -> None:
        (study,) = {self.archive.take(data) for data in files}
        answer = self.archive.send(study)
        assert answer.status_code == 200, answer.text + self.archive.log.read_text()[-2000:]

    def refused(self, files: list[bytes]) -> bool:
        (study,) = {self.archive.take(data) for data in files}
        failed = self.archive.send(study).status_code >= 400
        return failed and "HTTP status 409" in self.archive.log.read_text()


@pytest.fixture(params=SENDERS)
def sender(
    request: pytest.FixtureRequest, place: Place, stack: Stack, token: str
) -> Iterator[ByClient | ByOrthanc]:
    kinds = {"dicomweb-client": ByClient, "orthanc": ByOrthanc}
    with kinds[request.param](place, stack, token) as made:
        yield made


def series(count: int = 40) -> list[bytes]:
    return list(ct_series(seed=3, slices=count, matrix=128, person=PERSONS[1], study_date=DAY))


def stripped(files: list[bytes], key: bytes, subject: str) -> list[bytes]:
    dates = Dates.day_zero(ADMISSION)
    return [strip(data, uid_key=key, dates=dates, subject=subject).data for data in files]


def test_a_stripped_series_is_stored_and_again_is_no_harm(
    sender: ByClient | ByOrthanc, api: httpx.Client, subject: str, key: bytes
) -> None:
    files = stripped(series(), key, subject)
    for _ in range(2):
        sender.send(files)
    again, first = api.get("uploads/", params={"subject": subject}).json()["results"]
    assert (again["state"], first["state"]) == ("done", "done")
    said = api.get(f"uploads/{first['id']}/").json()
    assert [file["verdict"] for file in said["files"]] == ["stored"] * 40
    assert said["series"][0]["instances"] == 40
    assert str(said["stripped_by"]).startswith("kicc-deid/")


def test_what_names_no_subject_is_refused(
    sender: ByClient | ByOrthanc, api: httpx.Client, subject: str
) -> None:
    """A route of the archive that forgot to strip: nothing of it stays here."""
    assert sender.refused(series(2))
    assert api.get("uploads/", params={"subject": subject}).json()["count"] == 0


def test_the_answer_names_every_instance(
    place: Place, stack: Stack, token: str, subject: str, key: bytes
) -> None:
    files = stripped(series(6), key, subject)
    names = [str(dcmread(io.BytesIO(data)).SOPInstanceUID) for data in files]
    study = str(dcmread(io.BytesIO(files[0])).StudyInstanceUID)
    with ByClient(place, stack, token, chunk=10_000) as client:
        answer = client.send(files)
        assert [str(item.ReferencedSOPInstanceUID) for item in answer.ReferencedSOPSequence] == names
        assert "FailedSOPSequence" not in answer
        assert len(client.send(files, study).ReferencedSOPSequence) == 6
        with pytest.raises(requests.HTTPError, match="409"):
            client.send(files, "1.2.3.4")


def strangers(subject: str) -> list[bytes]:
    found = not_belonging(1, person=PERSONS[1], study_date=DAY)
    return [named(found[name], subject) for name in ("SR000001", "DOSE0001")]


def test_failure_reasons_as_the_workers_give_them(
    place: Place, stack: Stack, token: str, subject: str
) -> None:
    """In one request: an image that is taken, one cut short, another modality, what is not collected."""
    good, film = (named(data, subject) for data in series(2))
    other = dcmread(io.BytesIO(film))
    other.Modality = "MR"
    other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4.5"
    odd = io.BytesIO()
    other.save_as(odd)
    cut = named(radiograph(seed=1, rows=64, person=PERSONS[1], study_date=DAY), subject)[:-200]
    boundary = "outer"
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    collected = [good, odd.getvalue(), cut, *strangers(subject)]
    answer = httpx.post(
        f"{stack.url}/dicomweb/studies",
        content=b"".join(head + part + b"\r\n" for part in collected) + f"--{boundary}--".encode(),
        headers={
            "Authorization": f"Token {token}",
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
            "Accept": "application/dicom+json",
        },
        timeout=60,
    )
    said = Dataset.from_json(answer.text)
    reasons = {item.ErrorComment: item.FailureReason for item in said.FailedSOPSequence}
    assert answer.status_code == 202
    assert len(said.ReferencedSOPSequence) == 1
    assert said.ReferencedSOPSequence[0].WarningReason == 0xB000
    assert reasons["truncated"] == 0xC000
    assert reasons["wrong_modality"] == 0xA900
    assert reasons["unknown_sop_class"] == 0x0122


def test_a_token_that_is_none_is_told_also_after_a_large_body(place: Place, stack: Stack) -> None:
    with (
        ByClient(place, stack, "kicc_nothing") as client,
        pytest.raises(requests.HTTPError, match="401"),
    ):
        client.send(series(60))
