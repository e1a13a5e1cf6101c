"""The upload page when things go wrong: pauses, a lost network, a reload, a sign-out. And names stay here."""

import re
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from phantom.export import hospital_export
from phantom.people import make_person
from tests.services.place import Place
from tests.stack import Stack

SLICES = 24
SLOW = 1_500_000
STRAYS = ("report.pdf", "readme.txt", "DICOMDIR")


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hospital") / "case-of-hong"
    hospital_export(root, persons=[make_person(7)], slices=SLICES, matrix=256)
    return root


class Window:
    """A signed-in radiologist at the upload page of a new patient."""

    def __init__(self, browser: Any, stack: Stack) -> None:
        self.stack = stack
        self.context = browser.new_context(locale="en")
        self.page = self.context.new_page()
        self.sent: list[str] = []
        self.puts = 0
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note)
        self.sign_in(self.page)
        self.page.get_by_role("button", name="New patient").first.click()
        self.page.wait_for_url("**/subjects/S03-*/")
        self.address = self.page.url + "upload/"
        self.page.goto(self.address)

    def _note(self, request: Any) -> None:
        self.puts += request.method == "PUT"
        body = "" if request.method == "PUT" else (request.post_data or "")
        self.sent.append(f"{request.url} {sorted(request.headers.items())} {body}")

    def sign_in(self, page: Any) -> None:
        page.goto(self.stack.url + "/accounts/login/")
        page.fill("#id_username", "site@demo.kicc")
        page.fill("#id_password", self.stack.password)
        page.press("#id_password", "Enter")
        page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def slow(self, bytes_per_second: int) -> None:
        session = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        speed = {"downloadThroughput": -1, "uploadThroughput": bytes_per_second}
        session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **speed})

    def choose(self, folder: Path) -> None:
        self.page.set_input_files("[data-part=folder]", folder)
        self.at("choose")

    def send(self) -> None:
        self.page.click("[data-part=send]")

    def at(self, step: str, seconds: float = 60) -> None:
        self.page.wait_for_selector(f"#upload[data-step={step}]", timeout=seconds * 1000)

    def until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, self.page.inner_text("main")
            self.page.wait_for_timeout(50)

    def half_way(self) -> bool:
        value, most = self.page.evaluate("(b => [b.value, b.max])(document.querySelector('[data-part=bar]'))")
        return bool(most * 0.2 < value < most)

    def state(self) -> str:
        return str(self.page.inner_text("[data-part=sending-state]"))

    def bar(self) -> float:
        return float(self.page.evaluate("document.querySelector('[data-part=bar]').value"))

    def everything_is_there(self) -> None:
        self.at("done")
        assert self.page.inner_text("[data-part=count-stored]") == str(SLICES + 2)
        assert self.complaints == []


@pytest.fixture
def window(browser: Any, stack: Stack) -> Iterator[Window]:
    opened = Window(browser, stack)
    yield opened
    opened.context.close()


def test_every_file_has_a_verdict_and_no_name_leaves(window: Window, folder: Path) -> None:
    window.choose(folder)
    window.send()
    window.everything_is_there()
    verdicts = window.page.inner_text("[data-part=verdicts]")
    assert all(name in verdicts for name in STRAYS)
    traffic = "\n".join(window.sent)
    names = {path.name for path in folder.rglob("*")} | {folder.name}
    assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", traffic)]
    window.page.reload()
    assert "IM000000" not in window.page.content()
    window.page.set_input_files("#names input[type=file]", folder)
    window.page.locator("#names [data-part=state]", has_text="names found").wait_for()
    assert "IM000001" in window.page.content()


def test_a_dropped_folder_is_read_to_any_depth(window: Window, folder: Path) -> None:
    session = window.context.new_cdp_session(window.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 350, "data": data})
    window.at("choose")
    sent = int(window.page.inner_text("[data-part=send]").split()[1])
    assert sent >= SLICES + 2
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    assert files > sent
    assert window.page.inner_text("[data-part=left-title]").endswith("on this computer")


def test_an_archive_is_opened_here_and_sent_within_the_limit(
    window: Window, folder: Path, tmp_path: Path
) -> None:
    packed, inner = tmp_path / "export.zip", tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("IM1", b"image")
    images = sorted((folder / "DICOM/PA000000/ST000001/SE000000").iterdir())[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*images, inner]:
            archive.write(path, path.relative_to(path.anchor))
    locked = bytearray(inner.read_bytes())
    locked[6] |= 1
    locked[locked.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    window.page.set_input_files("[data-part=files]", [packed, tmp_path / "locked.zip"])
    window.at("choose")
    window.page.select_option("[data-part=limit]", "1", force=True)
    left = window.page.inner_text("[data-part=left]")
    assert "1 archive lies in another" in left
    assert "1 archive has a password" in left
    window.send()
    window.at("sending")
    began = time.monotonic()
    window.page.wait_for_selector("#upload:not([data-step=sending])")
    took = time.monotonic() - began
    window.at("done")
    assert window.page.inner_text("[data-part=count-stored]") == str(len(images))
    assert took > 0.9 * sum(path.stat().st_size for path in images[:-1]) / 125_000
    assert window.complaints == []


def test_pause_stops_every_byte_and_continue_ends_well(window: Window, folder: Path) -> None:
    window.slow(SLOW)
    window.choose(folder)
    window.send()
    window.until(window.half_way)
    window.page.click("[data-part=pause]")
    window.until(lambda: window.state() == "Paused")
    window.page.wait_for_timeout(300)
    before, puts = window.bar(), window.puts
    window.page.wait_for_timeout(1500)
    assert (window.bar(), window.puts) == (before, puts)
    window.page.click("[data-part=pause]")
    window.everything_is_there()


def test_a_lost_server_is_said_and_survived(window: Window, folder: Path) -> None:
    window.slow(SLOW)
    window.choose(folder)
    window.send()
    window.until(window.half_way)
    stack = window.stack
    stack.place.end(stack.processes.pop("web"), signal.SIGTERM, within=8)
    window.until(lambda: window.state().startswith("No connection"))
    stack.start_web()
    window.everything_is_there()


def test_after_a_reload_only_the_rest_is_sent(window: Window, folder: Path) -> None:
    window.slow(SLOW)
    window.choose(folder)
    window.send()
    window.until(window.half_way)
    asked: list[str] = []
    window.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    window.page.goto(window.address)
    assert asked == ["beforeunload"]
    assert "An upload stopped half-way" in window.page.inner_text("main")
    window.puts = 0
    window.choose(folder)
    window.send()
    window.everything_is_there()
    assert 0 < window.puts < SLICES + 2


def test_a_sign_out_is_said_and_nothing_is_lost(window: Window, folder: Path) -> None:
    window.slow(SLOW)
    window.choose(folder)
    window.send()
    window.until(window.half_way)
    window.context.clear_cookies(name="sessionid")
    window.page.wait_for_selector("[data-part=problem-go]:visible")
    assert "signed out" in window.page.inner_text("[data-part=problem-text]")
    other = window.context.new_page()
    window.sign_in(other)
    window.page.click("[data-part=problem-go]")
    window.everything_is_there()


def test_a_file_that_changes_on_the_disk_is_named(window: Window, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    hospital_export(copy, persons=[make_person(8)], slices=8, matrix=64, strays=False)
    window.choose(copy)
    changed = next(path for path in copy.rglob("IM000003"))
    changed.write_bytes(changed.read_bytes() + b"more")
    window.send()
    window.page.get_by_text("changed on the disk").first.wait_for()
    assert window.page.get_by_text("1 file changed while it was sent").first.is_visible()
    window.send()
    window.at("done")
    assert window.page.inner_text("[data-part=count-stored]") == "9"
