"""`make run` for real: what it brings, what it leaves, how it stops."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.checkout import Run, copy, environment, wait_gone
from tests.services.place import Place, free_port

UP = "Stop: Ctrl-C"
FIRST_START = 480.0


@pytest.fixture(scope="module")
def checkout(place: Place) -> Path:
    return copy(place, "a clone")


@pytest.fixture
def runs(place: Place, checkout: Path) -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.end()


def start(runs: list[Run], place: Place, checkout: Path, port: int | None = None) -> Run:
    runs.append(Run(place, checkout, port or free_port()))
    return runs[-1]


@pytest.mark.timeout(700)
def test_it_serves_with_a_worker_ends_on_ctrl_c_and_finds_its_data_again(
    runs: list[Run], place: Place, checkout: Path
) -> None:
    run = start(runs, place, checkout)
    run.wait_for(UP, within=FIRST_START)
    status, lines = run.healthy()
    assert status == 200, lines
    assert "worker: ok" in lines
    var = checkout / "var"
    password = (var / "demo-password").read_text().strip()
    assert f"http://127.0.0.1:{run.port}" in run.said
    assert password in run.said
    for account in ("site", "site2", "curator", "researcher", "lead", "admin"):
        assert f"{account}@demo.kicc" in run.said
    secret = [var / "demo-password", *(var / "keys").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    keys = {path.name: path.read_bytes() for path in (var / "keys").iterdir()}
    assert {"master", "receipt", "secret", "uid"} <= set(keys)

    family = set(run.family())
    assert len(family) > 6
    run.interrupt()
    assert not wait_gone(family)
    assert "What was entered stays" in run.said

    seconds = []
    for _ in range(2):
        again = start(runs, place, checkout, run.port)
        seconds.append(again.wait_for(UP))
        assert password in again.said
        again.end()
        if seconds[-1] < 10:
            break
    assert min(seconds) < 10, "a second start must be quick; one slow start is forgiven to a busy machine"
    assert {path.name: path.read_bytes() for path in (var / "keys").iterdir()} == keys


@pytest.mark.timeout(300)
def test_killed_while_it_prepares_nothing_outlives_it(runs: list[Run], place: Place, checkout: Path) -> None:
    run = Run(place, checkout, free_port(), KICC_VAR=str(place.root / "other state"))
    runs.append(run)
    run.wait_for("Demo cohort")
    family = set(run.family())
    assert len(family) > 3
    os.kill(run.supervisor(), signal.SIGKILL)
    assert not wait_gone(family)


@pytest.mark.timeout(700)
def test_two_run_side_by_side_from_one_clone_and_a_dead_child_comes_back(
    runs: list[Run], place: Place, checkout: Path
) -> None:
    first, second = start(runs, place, checkout), start(runs, place, checkout)
    first.wait_for(UP, within=FIRST_START)
    second.wait_for(UP)
    assert first.healthy()[0] == second.healthy()[0] == 200

    killed = next(pid for pid, command in first.family().items() if "celery -A registry worker" in command)
    os.kill(killed, signal.SIGKILL)
    first.wait_for("The background worker ended (SIGKILL); starting it again (1 of 3).")
    assert "ended" not in second.said

    family = first.family()
    os.kill(first.supervisor(), signal.SIGKILL)
    left = wait_gone(set(family))
    assert not left, f"outlived a supervisor that was killed with -9: {[family[pid] for pid in left]}"
    assert second.healthy()[0] == 200
    os.kill(second.supervisor(), signal.SIGTERM)
    assert not wait_gone(set(second.family()))


def fails(checkout: Path, **variables: str) -> str:
    """The one line that `make run` ends with."""
    done = subprocess.run(
        ["make", "run"], cwd=checkout, env=environment(**variables), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return next(line for line in done.stderr.splitlines() if line.startswith("The registry stopped: "))


def test_a_taken_port_gets_one_sentence(checkout: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is taken" in fails(checkout, PORT=str(port))


def test_a_port_that_is_none_gets_one_sentence(checkout: Path) -> None:
    assert "PORT is 'eighty'" in fails(checkout, PORT="eighty")


def test_a_state_directory_without_rights_gets_one_sentence(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in fails(
        checkout, PORT=str(free_port()), KICC_VAR=str(tmp_path / "file" / "var")
    )


def test_a_full_disk_gets_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scripts import serve
    from scripts.say import Stop

    monkeypatch.setattr(serve, "NEEDED_MB", 10**9)
    with pytest.raises(Stop, match=r"the disk of .* has \d+ MB left and 1000000000 MB are needed"):
        serve.check_place(tmp_path, free_port())


def test_a_missing_demo_password_gets_one_sentence(checkout: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "demo-password"], cwd=checkout, env=environment(KICC_VAR=str(tmp_path / "none")),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "there is no demo password yet" in done.stderr
