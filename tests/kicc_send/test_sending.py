"""kicc-send against a running registry: many patients, nothing identifying on the wire, cut lines, kills."""

import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook

from deid import Dates, Refused, strip
from phantom import planted_bytes
from phantom.export import hospital_export
from phantom.people import make_person
from tests.kicc_send.hospital import Hospital, site_token
from tests.services.place import Place
from tests.services.proxy import Proxy, Recorder
from tests.stack import Stack
from tests.uploads.people import digest

ONE, TWO = make_person(11), make_person(12)
ADMISSION = date(2020, 3, 2)
SLICES = 12


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return site_token(stack)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients' folders, named as hospitals name them: by the patient."""
    root = tmp_path_factory.mktemp("hospital")
    hospital_export(root / ONE.patient_id, persons=[ONE], slices=SLICES, matrix=128)
    hospital_export(root / TWO.patient_id, persons=[TWO], slices=3, matrix=64, strays=False, seed=9)
    return root


@pytest.fixture
def api(stack: Stack, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1/", headers=headers, timeout=30) as client:
        yield client


def hospital(tmp_path: Path, server: str, token: str, folders: Path) -> Hospital:
    found = Hospital(tmp_path, server, token)
    found.write(
        (str(folders / ONE.patient_id), "new", ADMISSION.isoformat()),
        (str(folders / TWO.patient_id), "new", ""),
    )
    return found


def subjects(api: httpx.Client) -> list[str]:
    return [one["code"] for one in api.get("subjects/", params={"limit": 1000}).json()["results"]]


def uploads(api: httpx.Client, code: str) -> list[dict[str, object]]:
    listed = api.get("uploads/", params={"subject": code}).json()["results"]
    return [api.get(f"uploads/{one['id']}/").json() for one in listed]


def stored(api: httpx.Client, code: str) -> Counter[str]:
    return Counter(str(f["verdict"]) for up in uploads(api, code) for f in up["files"])  # type: ignore[attr-defined]


def test_many_patients_and_nothing_that_identifies_on_the_wire(
    tmp_path: Path, stack: Stack, token: str, folders: Path, api: httpx.Client
) -> None:
    recorder = Recorder(stack.port)
    here = hospital(tmp_path, f"http://127.0.0.1:{recorder.port}", token, folders)
    before = set(subjects(api))
    code, said = here.run()
    recorder.listener.close()
    assert code == 1, said  # a truncated file among the first patient's asks for a person
    made = [code for code in subjects(api) if code not in before]
    assert len(made) == 2
    assert said.count(f"{SLICES + 2} stored, 0 already there, 0 refused, 0 held back") == 1
    assert said.count("5 stored, 0 already there, 0 refused, 0 held back") == 1
    assert [stored(api, one) for one in made] == [{"stored": SLICES + 2}, {"stored": 5}]

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
        assert {file["sha256"] for file in upload["files"]} == expected  # type: ignore[attr-defined]
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


def many(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    hospital_export(folder, persons=[ONE], slices=200, matrix=128, strays=False)
    return folder


def arrived(api: httpx.Client, code: str) -> int:
    return sum(int(str(up["progress"]["received"])) for up in uploads(api, code))  # type: ignore[index]


def subject_of(here: Hospital) -> str:
    """The subject that the run wrote down, as soon as it did."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            kept = json.loads((here.state / "state.json").read_text())
            entry = next(iter(kept["rows"].values()))
            if entry["upload"]:
                return str(entry["subject"])
        except (OSError, ValueError, StopIteration):
            pass
        time.sleep(0.02)
    raise AssertionError("no upload was begun")


def test_a_killed_run_goes_on_where_it_stopped(
    tmp_path: Path, stack: Stack, token: str, api: httpx.Client
) -> None:
    here = Hospital(tmp_path, stack.url, token)
    here.write((str(many(tmp_path)), "new", "2020-03-02"))
    before = set(subjects(api))
    process = here.start()
    subject = subject_of(here)
    while arrived(api, subject) < 20:
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    kept = arrived(api, subject)
    assert 20 <= kept < 202
    children = [
        pid for pid in os.listdir("/proc") if pid.isdigit() and _group(pid) == process.pid and _runs(pid)
    ]
    end = time.monotonic() + 10
    while children and time.monotonic() < end:
        children = [pid for pid in children if _runs(pid)]
    assert not children

    here.server = "http://localhost:9"
    code, said = here.run()
    assert (code, "belongs to another registry" in said) == (2, True), said
    here.server = stack.url
    code, said = here.run()
    assert (code, said.count("202 stored")) == (0, 1), said
    assert set(subjects(api)) - before == {subject}
    (upload,) = uploads(api, subject)
    found = re.search(r"sending (\d+) of (\d+) files", said)
    assert found
    assert int(found[2]) <= 202 - kept
    assert upload["state"] == "done"


def _group(pid: str) -> int:
    try:
        return os.getpgid(int(pid))
    except ProcessLookupError:
        return -1


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_line_that_is_cut_costs_a_pause(
    tmp_path: Path, stack: Stack, token: str, api: httpx.Client
) -> None:
    relay = Proxy(stack.port)
    here = Hospital(tmp_path, f"http://127.0.0.1:{relay.port}", token)
    here.write((str(many(tmp_path)), "new", "2020-03-02"))
    process = here.start()
    subject = subject_of(here)
    while arrived(api, subject) < 20:
        assert process.poll() is None
    relay.stop()
    time.sleep(2)
    relay.start()
    said, _ = process.communicate(timeout=120)
    relay.stop()
    assert process.returncode == 0, said
    assert "does not answer; trying again" in said
    assert stored(api, subject) == {"stored": 202}


def test_a_registry_that_stays_away_ends_the_run_unfinished(
    tmp_path: Path, token: str, folders: Path, stack: Stack
) -> None:
    relay = Proxy(stack.port)
    here = hospital(tmp_path, f"http://127.0.0.1:{relay.port}", token, folders)
    relay.stop()
    code, said = here.run("--patience", "0.03")
    assert (code, "it goes on where it stopped" in said) == (3, True), said


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


def test_two_runs_do_not_share_a_state(tmp_path: Path, stack: Stack, token: str) -> None:
    here = Hospital(tmp_path, stack.url, token)
    here.write((str(many(tmp_path)), "new", "2020-03-02"))
    first = here.start()
    subject_of(here)
    code, said = here.run()
    assert (code, "Another run is using" in said) == (2, True), said
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said


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
