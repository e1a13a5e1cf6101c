"""What becomes of files that are not simply stored: refused, held back, doubled, mixed."""

import io
from datetime import timedelta
from typing import Any

import pytest
from pydicom import dcmread

from deid import ENGINE, Dates, strip
from imaging.models import Exam, Series
from phantom import PERSONS, ct_series, not_belonging, planted_values, radiograph
from registry.models import AuditEvent, Role, Subject, User
from registry.vaults import Store
from tests.uploads.people import DAY, Sender, digest, make_person
from uploads.models import Job

PERSON = PERSONS[0]
CT = ct_series(seed=1, slices=5, matrix=64, person=PERSON, study_date=DAY)
STRAYS = not_belonging(1, person=PERSON, study_date=DAY)


def altered(data: bytes, **changes: Any) -> bytes:
    dataset = dcmread(io.BytesIO(data))
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def verdicts(upload: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {file["sha256"]: (file["verdict"], file["code"]) for file in upload["files"]}


def site_stripped(data: bytes, code: str = "") -> bytes:
    """As a hospital's own pass leaves it, under the hospital's own key."""
    return strip(data, uid_key=b"the hospital's key".ljust(32), dates=Dates.day_zero(DAY), subject=code).data


def test_what_does_not_belong_is_refused_with_its_reason(sender: Sender, subject: Subject) -> None:
    files = {name: data for name, data in STRAYS.items() if data}
    upload = sender.bring(subject.code, files.values())
    said = verdicts(upload)
    codes = {name: said[digest(data)][1] for name, data in files.items()}
    assert codes["report.pdf"] == codes["readme.txt"] == "not_dicom"
    assert codes["DICOMDIR"] == "dicomdir"
    assert set(codes.values()) == {"not_dicom", "dicomdir", "unknown_sop_class", "truncated"}
    assert upload["series"] == []
    assert not Series.objects.exists()


def test_only_what_a_person_can_mend_asks_for_attention(sender: Sender, subject: Subject) -> None:
    quiet = [
        data for name, data in STRAYS.items() if data and name in ("report.pdf", "readme.txt", "DICOMDIR")
    ]
    assert sender.bring(subject.code, quiet)["state"] == "done"
    assert sender.bring(subject.code, [CT[0][:-100]])["state"] == "attention"


def test_a_leak_is_held_back_and_nothing_of_it_is_kept(
    sender: Sender, subject: Subject, store: Store
) -> None:
    clean = [site_stripped(data) for data in CT]
    leaking = altered(clean[2], PatientName="PETRICHOR^BANGMANGI", OtherPatientIDs="KX00040003")
    upload = sender.bring(subject.code, [*clean[:2], leaking, *clean[3:]], stripped_by=ENGINE)
    assert upload["state"] == "attention"
    assert set(verdicts(upload).values()) == {("quarantined", "leak_alarm")}
    assert [item["state"] for item in upload["series"]] == ["quarantined"]
    assert not list(store.list())
    series = sender.client.get(f"/api/v1/series/{upload['series'][0]['id']}/").json()
    (alarm,) = [item for item in series["findings"] if item["code"] == "leak_alarm"]
    assert "(0010,0010)" in alarm["values"]["elements"]
    assert "PETRICHOR" not in str((series, upload))
    assert series["state"] == "quarantined"
    assert series["exam"]["slot"] == ""
    archive = sender.client.get(f"/api/v1/series/{series['id']}/archive/")
    assert (archive.status_code, archive.json()["code"]) == (409, "series_held_back")
    assert sender.client.get(f"/series/{series['id']}/preview.png").status_code == 404
    assert sender.client.get(f"/series/{series['id']}/").status_code == 200
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SERIES_QUARANTINED).count() == 1


def test_a_series_that_was_held_back_is_stored_when_it_comes_clean(sender: Sender, subject: Subject) -> None:
    clean = [site_stripped(data) for data in CT]
    sender.bring(subject.code, [altered(clean[0], PatientName="A^B"), *clean[1:]], stripped_by=ENGINE)
    upload = sender.bring(subject.code, clean, stripped_by=ENGINE)
    assert upload["state"] == "done"
    series = Series.objects.get()
    assert (series.state, series.instance_count, series.stripped_at_site) == ("stored", 5, True)
    assert "leak_alarm" not in {item["code"] for item in series.findings}
    assert Exam.objects.get().slot == "ct"
    assert Exam.objects.get().anchored


def test_a_leak_leaves_a_stored_series_as_it_is(sender: Sender, subject: Subject, store: Store) -> None:
    clean = [site_stripped(data) for data in CT]
    sender.bring(subject.code, clean[:4], stripped_by=ENGINE)
    before = list(store.list())
    upload = sender.bring(subject.code, [altered(clean[4], PatientName="A^B")], stripped_by=ENGINE)
    assert (upload["state"], upload["series"][0]["state"]) == ("attention", "quarantined")
    assert list(store.list()) == before
    assert Series.objects.get().instance_count == 4


def test_the_second_pass_finds_nothing_in_what_the_first_cleaned(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, [site_stripped(data) for data in CT], stripped_by=ENGINE)
    assert upload["state"] == "done"
    assert "dates_shifted_here" not in {item["code"] for item in Series.objects.get().findings}


def test_what_was_not_stripped_is_flagged_and_its_dates_are_shifted(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT)
    series = Series.objects.get()
    assert "dates_shifted_here" in {item["code"] for item in series.findings}
    for found in (series.findings, Job.objects.get(kind=Job.Kind.SERIES).findings):
        assert len({repr(item) for item in found}) == len(found)
    assert series.exam.shifted_date != DAY
    assert not series.exam.anchored
    text = repr([series.header, series.receipt, series.findings])
    assert not [value for value in planted_values(PERSON) if value in text]


def test_the_same_identifier_with_other_pixels_is_refused(sender: Sender, subject: Subject) -> None:
    pixels = dcmread(io.BytesIO(CT[1])).PixelData
    upload = sender.bring(subject.code, [CT[0], altered(CT[0], PixelData=pixels)])
    assert set(verdicts(upload).values()) == {("refused", "duplicate_uid_other_pixels"), ("stored", None)}
    assert upload["state"] == "attention"


def test_the_same_image_in_another_encoding_is_a_duplicate(sender: Sender, subject: Subject) -> None:
    encoded = {
        name: ct_series(seed=1, slices=1, matrix=64, person=PERSON, study_date=DAY, transfer_syntax=name)[0]
        for name in ("explicit", "rle", "jpeg2000", "bigendian", "implicit", "deflated")
    }
    assert len(set(encoded.values())) == 6
    sender.bring(subject.code, [encoded["explicit"]])
    upload = sender.bring(subject.code, list(encoded.values()))
    assert {verdict for verdict, _ in verdicts(upload).values()} == {"duplicate"}
    assert upload["state"] == "done"
    assert Series.objects.get().instance_count == 1


def test_two_patients_in_one_series_are_refused_together(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, [*CT[:4], altered(CT[4], PatientID="SOMEBODY-ELSE")])
    assert set(verdicts(upload).values()) == {("refused", "several_patients")}
    assert not Series.objects.exists()


@pytest.mark.parametrize("code", ["", "own"])
def test_a_hospital_may_write_the_subjects_code_or_none(sender: Sender, subject: Subject, code: str) -> None:
    files = [site_stripped(data, subject.code if code else "") for data in CT]
    assert sender.bring(subject.code, files, stripped_by=ENGINE)["state"] == "done"
    assert Series.objects.get().instance_count == 5


def test_files_stripped_for_another_subject_raise_the_alarm(sender: Sender, subject: Subject) -> None:
    files = [site_stripped(data, "S03-0099-X") for data in CT]
    upload = sender.bring(subject.code, files, stripped_by=ENGINE)
    assert set(verdicts(upload).values()) == {("quarantined", "leak_alarm")}
    assert upload["series"][0]["findings"][0]["values"]["elements"] == ["(0010,0010)", "(0010,0020)"]


def test_two_studies_in_one_series_are_refused_together(sender: Sender, subject: Subject) -> None:
    upload = sender.bring(subject.code, [*CT[:4], altered(CT[4], StudyInstanceUID="1.2.3")])
    assert set(verdicts(upload).values()) == {("refused", "mixed_studies")}


def test_another_study_cannot_grow_a_stored_series(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT[:4])
    upload = sender.bring(subject.code, [altered(CT[4], StudyInstanceUID="1.2.3")])
    assert set(verdicts(upload).values()) == {("refused", "mixed_studies")}
    assert Series.objects.get().instance_count == 4


def test_two_patients_in_one_folder_are_refused_together(sender: Sender, subject: Subject) -> None:
    other = radiograph(seed=2, rows=64, person=PERSONS[3], study_date=DAY)
    upload = sender.bring(subject.code, [*CT, other])
    assert set(verdicts(upload).values()) == {("refused", "several_patients")}
    assert upload["state"] == "attention"
    assert not Series.objects.exists()


@pytest.mark.parametrize("stripped_by", [None, ENGINE])
def test_an_image_that_says_text_is_burned_in_is_held_back(
    sender: Sender, subject: Subject, stripped_by: str | None
) -> None:
    film = altered(radiograph(seed=2, rows=64, person=PERSON, study_date=DAY), BurnedInAnnotation="YES")
    files = [film, *CT] if stripped_by is None else [site_stripped(data, "") for data in [film, *CT]]
    upload = sender.bring(subject.code, files, stripped_by=stripped_by)
    told = verdicts(upload)
    assert told[digest(files[0])] == ("quarantined", "burned_in")
    assert list(told.values()).count(("stored", None)) == len(CT)
    assert upload["state"] == "attention"
    assert Series.objects.stored().get().modality == "CT"


def test_pixels_that_do_not_decode_are_refused_and_the_rest_is_stored(
    sender: Sender, subject: Subject
) -> None:
    whole = ct_series(seed=9, slices=3, matrix=64, person=PERSON, study_date=DAY, transfer_syntax="jpeg2000")
    broken = bytearray(whole[1])
    start = broken.index(b"\xff\x4f\xff\x51") + 4
    broken[start : start + 40] = bytes(40)
    upload = sender.bring(subject.code, [whole[0], bytes(broken), whole[2]])
    assert verdicts(upload)[digest(bytes(broken))][0] == "refused"
    assert Series.objects.get().instance_count == 2
    assert "files_refused" in {item["code"] for item in Series.objects.get().findings}


def test_slots_follow_from_all_exams_whatever_comes_first(sender: Sender, subject: Subject) -> None:
    films = [
        radiograph(seed=5, rows=64, person=PERSON, study_date=DAY + timedelta(days=day)) for day in (9, 0)
    ]
    for data in films:
        sender.bring(subject.code, [data])
    sender.bring(subject.code, CT)
    exams = Exam.objects.order_by("shifted_date", "kind")
    assert [(exam.kind, exam.slot) for exam in exams] == [
        ("CT", "ct"),
        ("CXR", "baseline"),
        ("CXR", "discharge"),
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_an_exam_begins_with_its_earliest_series_whichever_comes_first(
    sender: Sender, subject: Subject, order: int
) -> None:
    times = {"AcquisitionTime": "080000", "SeriesTime": "080000"}
    early = [altered(CT[0], SeriesInstanceUID="1.2.840.1.1", SOPInstanceUID="1.2.840.1.2", **times)]
    for series in [early, CT][::order]:
        sender.bring(subject.code, series)
    exam = Exam.objects.get()
    assert exam.series.count() == 2
    assert str(exam.shifted_time) == "08:00:00"


def test_another_hospital_sees_no_series(sender: Sender, subject: Subject, stranger: User) -> None:
    series = sender.bring(subject.code, CT)["series"][0]["id"]
    addresses = [
        f"/api/v1/series/{series}/",
        f"/api/v1/series/{series}/archive/",
        f"/series/{series}/",
        f"/series/{series}/preview.png",
        f"/series/{series}/archive.zip",
    ]
    other, curator = Sender(stranger), Sender(make_person(Role.CURATOR))
    assert [other.client.get(address).status_code for address in addresses] == [404] * 5
    assert [curator.client.get(address).status_code for address in addresses] == [200] * 5
    assert other.client.get("/api/v1/series/", {"subject": subject.code}).json()["count"] == 0
    assert curator.client.get("/api/v1/series/", {"subject": subject.code}).json()["count"] == 1
    assert AuditEvent.objects.filter(verb=AuditEvent.Verb.SERIES_READ).count() == 2


def test_the_preview_is_a_small_png_that_nobody_keeps(sender: Sender, subject: Subject) -> None:
    from PIL import Image

    series = sender.bring(subject.code, [radiograph(seed=1, rows=900, person=PERSON, study_date=DAY)])[
        "series"
    ][0]
    answer = sender.client.get(f"/series/{series['id']}/preview.png")
    assert answer["Cache-Control"] == "no-store, private"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, max(image.size)) == ("PNG", 512)
    assert "ETag" not in answer


def test_jobs_name_no_series_in_the_clear(sender: Sender, subject: Subject) -> None:
    sender.bring(subject.code, CT)
    raw = str(dcmread(io.BytesIO(CT[0])).SeriesInstanceUID)
    job = Job.objects.get(kind=Job.Kind.SERIES)
    assert len(job.key) == 64
    assert raw not in repr([job.key, job.findings, *Series.objects.values()])


@pytest.mark.parametrize("name", ["patient", "study"])
def test_reading_what_was_never_there(sender: Sender, name: str) -> None:
    assert sender.client.get(f"/api/v1/series/{name}/").status_code == 404
