"""kicc-send against a running registry: many patients, and nothing that identifies on the wire."""

import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook

from deid import Dates, Refused, strip
from phantom import planted_bytes
from phantom.export import hospital_export
from tests.kicc_send.hospital import (
    ADMISSION,
    ONE,
    SLICES,
    TWO,
    Hospital,
    hospital,
    site_token,
    stored,
    subjects,
    uploads,
)
from tests.services.proxy import Recorder
from tests.stack import Stack
from tests.uploads.people import digest


def test_many_patients_and_nothing_that_identifies_on_the_wire(
    tmp_path: Path, stack: Stack, token: str, folders: Path, api: httpx.Client
) -> None:
    recorder = Recorder(stack.port)
    here = hospital(tmp_path, f"http://127.0.0.1:{recorder.port}", token, folders)
    before = set(subjects(api))
    code, said = here.run()
    recorder.listener.close()
    sent = bytes(recorder.sent)
    assert sent.count(b"PUT /api/v1/uploads/") == SLICES + 2 + 5
    for person in (ONE, TWO):
        files = [path.read_bytes() for path in (folders / person.patient_id).rglob("*") if path.is_file()]
        needles = [needle for needle in planted_bytes(person) if len(needle) > 4]
        assert sum(any(needle in data for data in files) for needle in needles) > 10
        assert [needle for needle in needles if needle in sent] == []
        names = {part for path in (folders / person.patient_id).rglob("*") for part in path.parts[-5:]}
        odd = {name for name in names if len(name) > 5 and name != "DICOM"}
        assert odd
        assert [name for name in odd if name.encode() in sent] == []
    assert str(tmp_path).encode() not in sent
    assert ADMISSION.isoformat().encode() not in sent
    days = [f"{ADMISSION + timedelta(days=day):%Y%m%d}".encode() for day in range(-30, 60)]
    assert [day for day in days if day in sent] == []

    assert code == 1, said  # a truncated file among the first patient's asks for a person
    made = [code for code in subjects(api) if code not in before]
    assert len(made) == 2
    assert said.count(f"{SLICES + 2} stored, 0 already there, 0 refused, 0 held back") == 1
    assert said.count("5 stored, 0 already there, 0 refused, 0 held back") == 1
    assert [stored(api, one) for one in made] == [{"stored": SLICES + 2}, {"stored": 5}]


def test_the_bytes_are_those_of_the_engine_and_the_report_joins_names_to_verdicts(
    tmp_path: Path, stack: Stack, token: str, folders: Path, api: httpx.Client
) -> None:
    here = hospital(tmp_path, stack.url, token, folders)
    here.run()
    report = here.report()
    made = {row["folder"]: row["subject"] for row in report}
    key = bytes.fromhex(api.get("sites/key/").json()["key"])
    for person, dates in ((ONE, Dates.day_zero(ADMISSION)), (TWO, None)):
        folder = folders / person.patient_id
        code = made[str(folder)]
        (upload,) = uploads(api, code)
        expected, names = set(), {}
        for path in folder.rglob("*"):
            if path.is_file():
                names[path.relative_to(folder).as_posix()] = ""
                try:
                    result = strip(
                        path.read_bytes(), uid_key=key, dates=dates or Dates.keyed(key, code), subject=code
                    )
                    expected.add(digest(result.data))
                except Refused as refused:
                    names[path.relative_to(folder).as_posix()] = refused.code
        assert {file["sha256"] for file in upload["files"]} == expected
        assert str(upload["stripped_by"]).startswith("kicc-deid/")
        rows = [row for row in report if row["subject"] == code]
        assert {row["file"]: row["code"] for row in rows} == names
        assert {row["verdict"] for row in rows if not row["code"]} == {"stored"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in here.state.iterdir() if path.name != "lock")


def test_a_dry_run_connects_to_nothing(tmp_path: Path, folders: Path, api: httpx.Client) -> None:
    here = hospital(tmp_path, "http://127.0.0.1:9", "", folders)
    before = subjects(api)
    code, said = here.run("--dry-run")
    assert code == 1
    assert f"{SLICES + 2} would be sent" in said
    assert "5 would be sent" in said
    assert "1 × dicomdir: This is the directory of a disc" in said
    assert "images of day 0 to day 2" in said
    assert "nothing was sent" in said
    assert not here.state.exists()
    assert subjects(api) == before


def test_a_second_run_sends_nothing_again(
    tmp_path: Path, stack: Stack, token: str, folders: Path, api: httpx.Client
) -> None:
    here = hospital(tmp_path, stack.url, token, folders)
    here.write((str(folders / TWO.patient_id), "new", "2020-03-05"))
    code, said = here.run()
    assert code == 0, said
    made = subjects(api)
    code, said = here.run()
    assert (code, said.count("sent in an earlier run")) == (0, 1), said
    assert "5 stored" in said
    assert subjects(api) == made
    assert len(uploads(api, here.report()[0]["subject"])) == 1


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("kicc_nothing", "There is no such site token"), ("nonsense", "Invalid token")],
)
def test_a_token_that_is_refused(
    tmp_path: Path, stack: Stack, folders: Path, token: str, sentence: str
) -> None:
    code, said = hospital(tmp_path, stack.url, token, folders).run()
    assert (code, sentence in said) == (4, True), said


def test_another_site_s_subject_is_refused_before_anything_is_stripped(
    tmp_path: Path, stack: Stack, token: str, folders: Path
) -> None:
    here = hospital(tmp_path, stack.url, token, folders)
    here.write((str(folders / TWO.patient_id), "S05-0001-K", ""))
    code, said = here.run()
    assert (code, "S05-0001-K is not of site S03" in said) == (1, True), said
    here.write((str(folders / TWO.patient_id), "S03-9999-A", ""))
    code, said = here.run()
    assert (code, "nothing here that you may see" in said) == (4, True), said


def test_a_folder_of_two_patients_stays(tmp_path: Path, stack: Stack, token: str, api: httpx.Client) -> None:
    hospital_export(tmp_path / "both", persons=[ONE, TWO], slices=2, matrix=64, strays=False)
    here = Hospital(tmp_path, stack.url, token)
    before = subjects(api)
    here.write((str(tmp_path / "both"), "new", ""))
    code, said = here.run()
    assert (code, "name 2 different patients" in said) == (1, True), said
    assert subjects(api) == before
    columns = ("folder", "subject", "admission", "one_patient")
    here.write((str(tmp_path / "both"), "new", "", "yes"), columns=columns)
    code, said = here.run()
    assert (code, "8 stored" in said) == (0, True), said


def test_one_patient_under_two_subjects_stays(
    tmp_path: Path, stack: Stack, token: str, api: httpx.Client
) -> None:
    for name in ("first", "second"):
        hospital_export(tmp_path / name, persons=[ONE], slices=2, matrix=64, strays=False)
    here = Hospital(tmp_path, stack.url, token)
    before = subjects(api)
    here.write((str(tmp_path / "first"), "new", ""), (str(tmp_path / "second"), "new", ""))
    code, said = here.run()
    assert (code, said.count("name the same patient as row")) == (1, 2), said
    assert subjects(api) == before


def test_a_workbook_does_as_well(tmp_path: Path, stack: Stack, token: str, folders: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["폴더", "등록 코드", "입원일"])
    sheet.append([str(folders / TWO.patient_id), "new", ADMISSION])
    here = Hospital(tmp_path, stack.url, token)
    here.sheet = tmp_path / "명단.xlsx"
    book.save(here.sheet)
    code, said = here.run("--language", "ko")
    assert (code, "저장 5" in said) == (0, True), said


def test_a_site_that_is_closed_says_so(tmp_path: Path, stack: Stack, folders: Path) -> None:
    token = site_token(stack, "site2@demo.kicc")
    close = "IrbApproval.objects.filter(site__code='S05').update(valid_until='2020-03-02')"
    close = f"from registry.models import IrbApproval; {close}"
    stack.manage("shell", "-v", "0", "-c", close)
    here = hospital(tmp_path, stack.url, token, folders)
    code, said = here.run()
    assert (code, "Site S05 has no ethics approval in force" in said) == (4, True), said


def test_an_archive_is_sent_as_its_files(
    tmp_path: Path, stack: Stack, token: str, folders: Path, api: httpx.Client
) -> None:
    source = folders / TWO.patient_id
    (tmp_path / "packed").mkdir()
    with zipfile.ZipFile(tmp_path / "packed" / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in source.rglob("*"):
            archive.write(path, path.relative_to(source).as_posix())
    here = Hospital(tmp_path, stack.url, token)
    here.write((str(tmp_path / "packed"), "new", ""))
    code, said = here.run()
    assert (code, "5 stored" in said) == (0, True), said
    files = {
        f"export.zip!/{path.relative_to(source).as_posix()}" for path in source.rglob("*") if path.is_file()
    }
    assert {row["file"] for row in here.report()} == files
