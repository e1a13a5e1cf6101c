"""kicc-send when the line is cut, the process killed, the registry away, or a second run in the way."""

import json
import os
import re
import signal
import time
from pathlib import Path

import httpx

from phantom.export import hospital_export
from tests.kicc_send.hospital import ONE, Hospital, hospital, stored, subjects, uploads
from tests.services.proxy import Proxy
from tests.stack import Stack


def many(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    hospital_export(folder, persons=[ONE], slices=200, matrix=128, strays=False)
    return folder


def arrived(api: httpx.Client, code: str) -> int:
    return sum(upload["progress"]["received"] for upload in uploads(api, code))


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


def test_two_runs_do_not_share_a_state(tmp_path: Path, stack: Stack, token: str) -> None:
    here = Hospital(tmp_path, stack.url, token)
    here.write((str(many(tmp_path)), "new", "2020-03-02"))
    first = here.start()
    subject_of(here)
    code, said = here.run()
    assert (code, "Another run is using" in said) == (2, True), said
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
