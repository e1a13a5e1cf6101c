"""What a person chose against the rule: kept with the upload, shown on its receipt and on the series."""

import csv
import io
from typing import Any

import pytest

from phantom import PERSONS, ct_series, radiograph
from registry.models import Subject
from tests.uploads.people import DAY, Sender, digest
from uploads.models import Upload

PERSON = PERSONS[0]
CT = ct_series(seed=1, slices=2, matrix=64, person=PERSON, study_date=DAY)
FILM = radiograph(seed=1, rows=64, person=PERSON, study_date=DAY)
TAKEN = {
    "taken": True,
    "rule": "thicker",
    "values": {"mm": 5.0, "thinnest": 1.25},
    "reason": "  the thin one is   damaged ",
    "file": digest(CT[1]),
    "series": {"modality": "CT", "description": "Thorax 5 I70f", "images": 2},
}
LEFT = {
    "taken": False,
    "rule": "thinnest",
    "values": {"mm": 1.25},
    "reason": "damaged",
    "file": "",
    "series": {"modality": "CT", "description": "Chest 1.25", "images": 300},
}


def start(sender: Sender, subject: Subject, overruled: Any) -> Any:
    listed = [{"sha256": digest(data), "size": len(data)} for data in (*CT, FILM)]
    body = {"subject": subject.code, "files": listed, "stripped_by": None, "overruled": overruled}
    return sender.client.post("/api/v1/uploads/", body, "application/json")


def test_a_choice_is_on_the_receipt_and_on_the_series_that_it_took(sender: Sender, subject: Subject) -> None:
    assert start(sender, subject, [TAKEN, LEFT]).status_code == 201
    upload = sender.bring(subject.code, [*CT, FILM])
    assert upload["state"] == "done"
    kept = Upload.objects.get().overruled
    assert [one["reason"] for one in kept] == ["the thin one is damaged", "damaged"]
    found = {
        one["modality"]: [f["message"] for f in one["findings"] if f["code"] == "chosen_by_person"]
        for one in sender.client.get(f"/api/v1/series/?subject={subject.code}").json()["results"]
    }
    said = "Site radiologist took it: “the thin one is damaged”."
    assert len(found["CT"]) == 1
    assert said in found["CT"][0]
    assert [texts for modality, texts in found.items() if modality != "CT"] == [[]]
    page = sender.client.get(f"/uploads/{upload['id']}/").content.decode()
    assert "5 mm; this CT has an original axial series of 1.25 mm" in page
    assert "Chest 1.25" in page


def test_what_was_said_last_holds_until_the_upload_is_complete(sender: Sender, subject: Subject) -> None:
    first = start(sender, subject, [TAKEN]).json()
    assert start(sender, subject, [LEFT]).json()["id"] == first["id"]
    assert [one["taken"] for one in Upload.objects.get().overruled] == [False]
    sender.send(subject.code, [*CT, FILM])
    assert start(sender, subject, []).json()["id"] == first["id"]
    assert [one["taken"] for one in Upload.objects.get().overruled] == [False]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "no_reason_to_choose"),
        ({"reason": None}, "no_reason_to_choose"),
        ({"reason": "x" * 201}, "long_reason_to_choose"),
        ({"reason": "call 010-1234-5678"}, "identifying_text"),
        ({"rule": "because"}, "bad_choice"),
        ({"rule": 3}, "bad_choice"),
        ({"values": {}}, "bad_choice"),
        ({"values": None}, "bad_choice"),
        ({"series": []}, "bad_choice"),
        ({"taken": "yes"}, "bad_choice"),
        ({"file": digest(b"another")}, "bad_choice"),
        ({"file": ["a"]}, "bad_choice"),
        ({"taken": False}, "bad_choice"),
    ],
)
def test_a_choice_that_is_not_one_starts_nothing(
    sender: Sender, subject: Subject, change: dict[str, Any], code: str
) -> None:
    answer = start(sender, subject, [TAKEN | change])
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Upload.objects.exists()


def test_no_more_is_kept_than_is_needed(sender: Sender, subject: Subject) -> None:
    odd = {"modality": "CT", "description": "call 010-1234-5678", "images": -1, "name": "Hong"}
    values = {"mm": 5.0, "thinnest": "1" * 100, "name": "Hong"}
    assert start(sender, subject, [TAKEN | {"series": odd, "values": values}]).status_code == 201
    [kept] = Upload.objects.get().overruled
    assert kept["series"] == {"modality": "CT", "description": "", "images": 0}
    assert kept["values"] == {"mm": 5.0, "thinnest": "1" * 64}


def test_the_table_has_every_file_with_its_verdict(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, [*CT, FILM, b"no image"])
    answer = sender.client.get(f"/uploads/{upload['id']}/verdicts.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="upload-{upload["id"]}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {row["sha256"]: row for row in rows}
    assert {file["sha256"]: file["verdict"] for file in upload["files"]} == {
        sha: row["verdict"] for sha, row in told.items()
    }
    refused = told[digest(b"no image")]
    assert (refused["bytes"], refused["code"], refused["series"]) == ("8", "not_dicom", "")
    assert refused["message"]
    assert {told[digest(data)]["series"] for data in CT} < {one["id"] for one in upload["series"]}
