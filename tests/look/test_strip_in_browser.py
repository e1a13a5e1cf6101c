"""Identity is removed in the browser: the bytes of CPython, no network needed, nothing of it on the wire."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from deid import ENGINE, Dates, Refused, strip
from phantom import planted_bytes, planted_values
from phantom.export import hospital_export
from phantom.people import make_person
from tests.services.place import Place
from tests.services.proxy import Recorder
from tests.stack import Stack

PATIENT = make_person(11)
SLICES = 12
ADMISSION = date(2020, 3, 2)


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hospital") / "case"
    hospital_export(root, persons=[PATIENT], slices=SLICES, matrix=128)
    return root


class Window:
    """A signed-in radiologist at the upload page of a new patient, through a recording relay."""

    def __init__(self, browser: Any, stack: Stack) -> None:
        self.recorder = Recorder(stack.port)
        self.url = f"http://127.0.0.1:{self.recorder.port}"
        self.context = browser.new_context(locale="en")
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.goto(self.url + "/accounts/login/")
        self.page.fill("#id_username", "site@demo.kicc")
        self.page.fill("#id_password", stack.password)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)
        self.page.get_by_role("button", name="New patient").first.click()
        self.page.wait_for_url("**/subjects/S03-*/")
        self.code = self.page.url.rstrip("/").rsplit("/", 1)[1]

    def _hear(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def open(self) -> None:
        with self.page.expect_response("**/sites/key/"):
            self.page.goto(f"{self.url}/subjects/{self.code}/upload/")

    def ready(self) -> None:
        self.page.wait_for_selector("#upload[data-engine=ready]", timeout=90_000)

    def choose(self, folder: Path, day: date | None = ADMISSION) -> None:
        self.page.set_input_files("[data-part=folder]", folder)
        self.at("choose")
        if day:
            self.page.fill("#admission-date", day.isoformat())
            self.page.press("#admission-date", "Tab")

    def answer(self, values: dict[str, str]) -> None:
        """Answers of the form."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        headers = {"X-CSRFToken": cookies["csrftoken"], "Referer": self.url}
        address = f"{self.url}/api/v1/forms/{self.code}/"
        assert self.context.request.patch(address, data={"values": values}, headers=headers).ok

    def judged(self) -> None:
        """The rules have been asked of everything."""
        self.page.locator("[data-part=summary]", has_text="series chosen").wait_for(timeout=90_000)

    def send(self) -> None:
        self.page.click("[data-part=send]")

    def at(self, step: str) -> None:
        self.page.wait_for_selector(f"#upload[data-step={step}]", timeout=90_000)

    def ask(self, address: str) -> Any:
        return self.context.request.get(self.url + address).json()


@pytest.fixture
def window(browser: Any, stack: Stack) -> Iterator[Window]:
    opened = Window(browser, stack)
    yield opened
    opened.context.close()
    opened.recorder.listener.close()


def stripped(folder: Path, key: bytes, dates: Dates, code: str) -> set[str]:
    """Digests of what CPython makes of the folder."""
    digests = set()
    for path in folder.rglob("*"):
        if path.is_file():
            with suppress(Refused):
                result = strip(path.read_bytes(), uid_key=key, dates=dates, subject=code)
                digests.add(hashlib.sha256(result.data).hexdigest())
    return digests


@pytest.mark.parametrize("day", [ADMISSION, None])
def test_the_browser_makes_the_bytes_that_cpython_makes(
    window: Window, folder: Path, day: date | None
) -> None:
    window.open()
    window.choose(folder, day)
    with window.page.expect_request(lambda request: request.url.endswith("/uploads/")) as starting:
        window.send()
        window.at("done")
    body = json.loads(starting.value.post_data)
    key = bytes.fromhex(window.ask("/api/v1/sites/key/")["key"])
    dates = Dates.day_zero(day) if day else Dates.keyed(key, window.code)
    assert {file["sha256"] for file in body["files"]} == stripped(folder, key, dates, window.code)
    assert body["stripped_by"] == ENGINE
    assert window.page.inner_text("[data-part=count-stored]") == str(len(body["files"]))
    series = window.ask(f"/api/v1/series/?subject={window.code}")["results"]
    assert len(series) == 3
    assert window.complaints == []


def test_nothing_that_was_planted_goes_over_the_wire(window: Window, folder: Path) -> None:
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    needles = [needle for needle in planted_bytes(PATIENT) if len(needle) > 4]
    assert sum(any(needle in data for data in files) for needle in needles) > 10
    window.open()
    window.choose(folder)
    window.send()
    window.at("done")
    sent = bytes(window.recorder.sent)
    assert sent.count(b"PUT /api/v1/uploads/") == SLICES + 2
    assert sent.count(window.code.encode()) > SLICES
    assert [needle for needle in needles if needle in sent] == []
    assert ADMISSION.isoformat().encode() not in sent
    days = [f"{ADMISSION + timedelta(days=day):%Y%m%d}".encode() for day in range(-30, 60)]
    alone = re.compile(rb"(?<![0-9a-f])(?:" + b"|".join(days) + rb")(?![0-9a-f])")  # not by chance in a UID
    assert alone.findall(sent) == []


def test_with_the_network_cut_it_still_strips(window: Window, folder: Path) -> None:
    window.open()
    window.ready()
    window.context.set_offline(True)
    window.choose(folder)
    window.send()
    window.page.locator("[data-part=problem-text]", has_text="cannot be reached").wait_for()
    assert window.page.locator("[data-part=prepared]").evaluate("bar => bar.value === bar.max")
    window.context.set_offline(False)
    window.page.click("[data-part=problem-go]")
    window.at("done")
    assert window.page.inner_text("[data-part=count-stored]") == str(SLICES + 2)


def test_without_the_engine_nothing_goes_unless_a_person_says_so(window: Window, folder: Path) -> None:
    window.page.route("**/*.wasm", lambda route: route.abort())
    window.open()
    window.choose(folder)
    window.page.locator("[data-part=engine-failed]").wait_for(timeout=90_000)
    assert window.page.is_disabled("[data-part=send]")
    assert b"PUT " not in bytes(window.recorder.sent)
    window.page.check("[data-part=as-they-are]")
    with window.page.expect_request(lambda request: request.url.endswith("/uploads/")) as starting:
        window.send()
        window.at("done")
    assert json.loads(starting.value.post_data)["stripped_by"] is None


def test_the_rule_chooses_and_a_person_overrules_with_a_reason(window: Window, folder: Path) -> None:
    page = window.page
    window.answer({"sex": {"M": "2", "F": "1"}[PATIENT.sex]})
    window.open()
    window.choose(folder)
    window.judged()
    assert page.inner_text("[data-part=asked]").split("\n") == [
        *("Baseline radiograph", "in this folder", "CT 1", "in this folder"),
        *("Radiograph within 24 h of CT 1", "in this folder", "Discharge radiograph", "missing"),
    ]
    found = page.inner_text("[data-part=series]")
    assert "CT 1 · day 1, 09:15" in found
    assert [value for value in planted_values(PATIENT) if value in found] == []
    assert f"The headers say { {'M': 'Male', 'F': 'Female'}[PATIENT.sex] }" in page.inner_text(
        "[data-part=differ-text]"
    )
    assert page.is_disabled("[data-part=send]")
    page.check("[data-part=differ-ok]")
    assert page.is_enabled("[data-part=send]")
    scan = page.locator("[data-part=series] tr", has_text="the thinnest original axial series")
    assert scan.locator("canvas").count() == 1
    scan.locator("input[type=checkbox]").uncheck()
    page.locator("[data-part=unexplained]", has_text="Write down why").wait_for()
    assert page.is_disabled("[data-part=send]")
    page.keyboard.type("broken, will come again")
    page.locator("[data-part=asked] li", has_text="CT 1").first.get_by_text("missing").wait_for()
    page.locator("[data-part=send]:enabled").wait_for()
    removed(window)
    window.send()
    window.at("done")
    assert page.inner_text("[data-part=count-stored]") == "2"
    sent = bytes(window.recorder.sent)
    assert b"broken, will come again" in sent
    assert [needle for needle in planted_bytes(PATIENT) if len(needle) > 4 and needle in sent] == []
    page.click("[data-part=receipt]")
    row = page.locator("tr", has_text="broken, will come again").inner_text()
    assert "left out" in row
    assert "the thinnest original axial series of this CT (5 mm)" in row


def removed(window: Window) -> None:
    """What will be removed of the first series is shown, before and after."""
    fold = window.page.locator("[data-part=removal] details").first
    fold.locator("summary").click()
    institution = fold.locator("tr", has_text="Institution Name").locator("td")
    institution.first.wait_for()
    assert institution.all_inner_texts() == ["removed", PATIENT.institution, "–"]
    number = fold.locator("tr", has_text="(0010,0020)").locator("td").all_inner_texts()
    assert number == [f"replaced by the code {window.code}", PATIENT.patient_id, window.code]
    after = " ".join(fold.locator("tbody td:nth-child(4)").all_inner_texts())
    assert [value for value in planted_values(PATIENT) if value in after] == []


def test_two_patients_stop_everything_until_a_person_says_whose_the_images_are(
    window: Window, tmp_path: Path
) -> None:
    other, page = make_person(12), window.page
    files = hospital_export(tmp_path, persons=[PATIENT, other], slices=3, matrix=64, strays=False)
    stranger = dcmread(files[1])
    assert stranger.Modality == "CT"
    stranger.PatientID, stranger.PatientBirthDate = other.patient_id, other.birth_date
    stranger.PatientSex = other.sex
    stranger.save_as(files[1])
    window.open()
    window.choose(tmp_path)
    window.judged()
    assert "2 different patients" in page.inner_text("[data-part=patients-text]")
    assert page.is_disabled("[data-part=send]")
    page.get_by_label("All are this one patient").check()
    mixed = page.locator("[data-part=series] tr", has_text="its files name different patients")
    mixed.locator("input:disabled").wait_for()
    page.get_by_label(PATIENT.patient_id).check()
    page.locator("[data-part=send]:enabled", has_text="Send 4 images").wait_for()
    assert "6 files are another patient’s" in page.inner_text("[data-part=left]")
    window.send()
    window.at("done")
    assert page.inner_text("[data-part=count-stored]") == "4"
    sent = bytes(window.recorder.sent)
    assert [needle for needle in planted_bytes(other) if len(needle) > 4 and needle in sent] == []


def test_the_worker_s_script_comes_with_a_policy_of_its_own(window: Window) -> None:
    window.open()
    address = window.page.get_attribute("#upload", "data-worker")
    policy = window.context.request.get(window.url + address).headers["content-security-policy"]
    assert policy == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    page = window.context.request.get(window.page.url).headers["content-security-policy"]
    assert "wasm" not in page
    assert "worker-src 'self'" in page
