"""The same way by API alone, as a script at a hospital would go it: SQLite, a directory, the demo's data."""

import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pydicom
import pytest

from demo.answers import Course, answers
from phantom import ct_series, make_person, not_belonging, radiograph
from tests.services.place import Place
from tests.stack import Stack

DAY = datetime.date(2020, 3, 9)
FACTS = {"site": "S03", "site_level": "T", "irb_ok": "1"}


@pytest.fixture
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture
def signed_in(stack: Stack) -> Iterator[Callable[[str], httpx.Client]]:
    """Signs an account in and gives its client."""
    with ExitStack() as clients:

        def sign_in(email: str) -> httpx.Client:
            client = clients.enter_context(httpx.Client(base_url=f"{stack.url}/api/v1/", timeout=60))
            answer = client.post("auth/token/", json={"email": email, "password": stack.password})
            assert answer.status_code == 200
            client.headers["Authorization"] = f"Token {answer.json()['token']}"
            return client

        yield sign_in


def send(api: httpx.Client, stack: Stack, code: str, files: list[bytes]) -> dict[str, Any]:
    """Manifest, bytes, completion, and the answer when the registry is done with it."""
    by_digest = {hashlib.sha256(data).hexdigest(): data for data in files}
    manifest = [{"sha256": digest, "size": len(data)} for digest, data in by_digest.items()]
    body = {"subject": code, "files": manifest, "stripped_by": None}
    answer = api.post("uploads/", json=body)
    assert answer.status_code == 201
    started = answer.json()
    assert api.post("uploads/", json=body).json()["id"] == started["id"]
    address = f"uploads/{started['id']}/"
    assert api.post(f"{address}complete/").status_code == 409
    for digest in started["missing"]:
        put = f"{address}files/{digest}"
        assert api.put(put, content=b"something else").status_code == 422
        assert api.put(put, content=by_digest[digest]).status_code == 201
        assert api.put(put, content=by_digest[digest]).status_code == 200
    assert api.post(f"{address}complete/").status_code == 202
    stack.wait(lambda: api.get(address).json()["state"] in ("done", "attention"), "verdict", within=90)
    result: dict[str, Any] = api.get(address).json()
    return result


def test_a_script_brings_a_patient_the_whole_way(
    stack: Stack, signed_in: Callable[[str], httpx.Client]
) -> None:
    person = make_person(4)
    scan = ct_series(seed=2, slices=12, matrix=64, person=person, study_date=DAY, transfer_syntax="rle")
    film = radiograph(seed=2, rows=128, person=person, study_date=DAY, study_time=datetime.time(8))
    strays = not_belonging(3, person=person)
    site = signed_in("site@demo.kicc")

    made = site.post("subjects/", json={})
    assert made.status_code == 201
    code = made.json()["code"]

    upload = send(site, stack, code, [*scan, film, strays["report.pdf"], strays["SR000001"]])
    verdicts = [one["verdict"] for one in upload["files"]]
    assert (verdicts.count("stored"), verdicts.count("refused")) == (13, 2)
    refused = [one for one in upload["files"] if one["verdict"] == "refused"]
    assert {one["code"] for one in refused} == {"not_dicom", "unknown_sop_class"}
    assert all(one["message"] for one in refused)

    series = site.get("series/", params={"subject": code}).json()["results"]
    assert sorted(one["count"] for one in series) == [1, 12]
    brought = {one["count"]: archive(site, one["id"]) for one in series}
    sent = sorted(pydicom.dcmread(io.BytesIO(data)).PixelData for data in scan)
    assert sorted(dataset.PixelData for dataset in brought[12]) == sent
    assert brought[1][0].PixelData == pydicom.dcmread(io.BytesIO(film)).PixelData

    assert send_again(site, code, [*scan, film])["missing"] == []

    told = answers(Course(seed=8, age=44, sex="2", severity=1, end_day=9), FACTS | {"subject": code})
    patched = site.patch(f"forms/{code}/", json={"values": told, "revision": 0})
    assert patched.status_code == 200, patched.text
    assert site.post(f"forms/{code}/submit/").status_code == 200

    closed = send_again(site, code, [*scan, film])
    assert closed["code"] == "images_closed"

    stranger = signed_in("site2@demo.kicc")
    assert stranger.get("series/", params={"subject": code}).json()["results"] == []
    for address in (
        f"forms/{code}/",
        f"subjects/{code}/",
        f"uploads/{upload['id']}/",
        f"series/{series[0]['id']}/",
    ):
        assert stranger.get(address).status_code == 404
    assert "0 faulty or missing, 0 orphans" in stack.manage("verify_store")
    assert "holds" in stack.manage("verify_audit")


def archive(api: httpx.Client, identifier: str) -> list[pydicom.Dataset]:
    answer = api.get(f"series/{identifier}/archive/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.testzip() is None
        return [pydicom.dcmread(io.BytesIO(zipped.read(name))) for name in zipped.namelist()]


def send_again(api: httpx.Client, code: str, files: list[bytes]) -> dict[str, Any]:
    manifest = [{"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for data in files]
    answer = api.post("uploads/", json={"subject": code, "files": manifest, "stripped_by": None})
    result: dict[str, Any] = answer.json()
    return result
