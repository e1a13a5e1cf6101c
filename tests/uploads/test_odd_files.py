"""One odd file never sinks the files beside it."""

import io
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from imaging.models import Instance, Series
from phantom import PERSONS, ct_series
from registry.models import Subject
from tests.uploads.people import DAY, Sender, digest, work_off
from uploads.models import Job, UploadFile
from uploads.pipeline import run, sorting
from uploads.pipeline import series as series_job

CT = ct_series(seed=1, slices=4, matrix=64, person=PERSONS[0], study_date=DAY)


def raw(data: bytes, keyword: str, value: bytes) -> bytes:
    """The file with these very bytes as the value of an element, right or wrong."""
    dataset = dcmread(io.BytesIO(data))
    tag = Tag(tag_for_keyword(keyword) or 0)
    dataset[tag] = RawDataElement(tag, dictionary_VR(tag), len(value), value, 0, False, True)
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def verdicts(upload: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(file["verdict"], file["code"]) for file in upload["files"]]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("InstanceNumber", b"9999999999"),
        ("InstanceNumber", b"-2147483649 "),
        ("InstanceNumber", b"99999999999999999999"),
        ("PatientPosition", b"HF\0S"),
        ("ManufacturerModelName", b"M" * 300),
        ("SliceThickness", b"1e309 "),
    ],
)
def test_values_beyond_reason_are_left_out(
    sender: Sender, subject: Subject, keyword: str, value: bytes
) -> None:
    upload = sender.bring(subject.code, [raw(CT[0], keyword, value), *CT[1:]])
    assert verdicts(upload) == [("stored", None)] * 4
    if keyword == "InstanceNumber":
        assert Instance.objects.filter(number=None).count() == 1


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
@pytest.mark.parametrize("sorted_first", [False, True])
def test_a_damaged_staged_object_is_one_file_lost(
    sender: Sender, subject: Subject, settings: Any, damage: str, sorted_first: bool
) -> None:
    upload = sender.send(subject.code, CT)
    if sorted_first:
        assert run.run(job_id=Job.objects.get().pk)
    path = Path(settings.STORE_DIR, UploadFile.objects.all()[2].staged_name)
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes({"flip": bytes(data), "cut": bytes(data[:-50]), "empty": b""}[damage])
    work_off()
    stored = ("stored", None)
    assert verdicts(sender.get(upload)) == [stored, stored, ("refused", "bytes_lost"), stored]


@pytest.mark.parametrize("place", [sorting, series_job])
def test_an_error_nobody_thought_of_refuses_its_file_alone(
    sender: Sender,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    place: Any,
) -> None:
    facts, seen = place.facts, []

    def picky(dataset: Any) -> Any:
        seen.append(dataset)
        if len(seen) == 2:
            raise ZeroDivisionError("PETRICHOR^BANGMANGI")
        return facts(dataset)

    monkeypatch.setattr(place, "facts", picky)
    upload = sender.bring(subject.code, CT)
    assert sorted(verdicts(upload)) == [("refused", "odd_file"), *[("stored", None)] * 3]
    assert Series.objects.get().instance_count == 3
    (refused,) = [file for file in upload["files"] if file["code"] == "odd_file"]
    assert "registry cannot read" in refused["message"]
    assert "ZeroDivisionError" in caplog.text
    assert "PETRICHOR" not in caplog.text + capfd.readouterr().err
    assert sender.bring(subject.code, CT)["state"] == "done"
    assert {digest(data) for data in CT} == set(Instance.objects.values_list("source_sha256", flat=True))
