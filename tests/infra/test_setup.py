"""`make setup` says clearly what is missing, does nothing twice, and the locks hold together."""

import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pydicom
import pytest

from scripts import engine, frontend, packages, setup
from scripts.lock import LOCKS, pins
from scripts.say import Stop, remaining
from tests.infra.checkout import ROOT, copy, environment
from tests.services.place import Place, free_port

PYTHON = ROOT / ".venv" / "bin" / "python"


def run_setup(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command, variables_there = ["scripts/setup", "runtime"], environment(**variables)
    return subprocess.run(
        command, cwd=checkout, env=variables_there, capture_output=True, text=True, timeout=120, check=False
    )


def programs(place: Path, *names: str) -> str:
    """A PATH with nothing but the programs named."""
    place.mkdir(exist_ok=True)
    for name in names:
        (place / name).symlink_to(shutil.which(name) or name)
    return str(place)


def test_a_second_setup_does_nothing_and_needs_no_network(place: Place) -> None:
    checkout = copy(place, "set up again")
    nowhere = f"http://127.0.0.1:{free_port()}"
    run_setup(checkout)
    began = time.monotonic()
    done = run_setup(checkout, PIP_INDEX_URL=nowhere, NPM_CONFIG_REGISTRY=nowhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert time.monotonic() - began < 5


def test_without_python_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    done = run_setup(ROOT, PATH=programs(tmp_path / "bin", "sh", "dirname"))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Setup stopped: Python 3.11, 3.12 or 3.13 is needed and there is no python3."
    )
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_is_named(tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", "sh", "dirname")
    old = tmp_path / "bin" / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    done = run_setup(ROOT, PATH=path)
    assert done.returncode == 1
    assert "there is only Python 3.9.2" in done.stderr


def test_a_missing_venv_module_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Stop, match=r"venv module is missing. Install it \(Debian: apt-get install python3"):
        setup.check_machine("runtime")


def test_a_full_disk_is_named_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / "none")
    monkeypatch.setattr(setup, "FREE_MB", {"dev": 10**9})
    with pytest.raises(Stop, match=r"the disk has \d+ MB left and about 1000000000 MB are needed"):
        setup.check_machine("dev")


def test_an_unreachable_index_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}")
    for name, value in {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1", "PIP_NO_CACHE_DIR": "1"}.items():
        monkeypatch.setenv(name, value)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"no-such-package-of-ours==1.0 --hash=sha256:{'0' * 64}\n")
    step = setup.Progress("packages")
    with pytest.raises(Stop, match="the package index cannot be reached"):
        packages.install_packages(setup.venv_python(), lock, step)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hash mismatch"),
        ("ERROR: No matching distribution found for x==1", "No matching distribution found"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said: str, sentence: str) -> None:
    assert sentence in packages.reason(said)


def test_the_front_end_is_what_the_lock_says() -> None:
    assert frontend.current(ROOT)
    vendor = ROOT / "static" / "vendor"
    style = (vendor / "pretendard" / "pretendardvariable-dynamic-subset.css").read_text()
    fonts = {part.split(")")[0] for part in style.split("url(./")[1:]}
    assert len(fonts) > 50
    assert all((vendor / "pretendard" / font).is_file() for font in fonts)
    assert (vendor / "htmx.org" / "htmx.min.js").stat().st_size > 20_000


def test_the_engine_for_the_browser_is_deid_and_pydicom_as_they_are_here() -> None:
    assert engine.current(ROOT, PYTHON)
    with zipfile.ZipFile(engine.target(ROOT)) as packed:
        ours = {name: packed.read(name) for name in packed.namelist() if name.startswith("deid/")}
        assert packed.read("pydicom/dataset.py") == Path(pydicom.dataset.__file__).read_bytes()
    assert ours == {
        name.as_posix(): (ROOT / name).read_bytes()
        for name in (path.relative_to(ROOT) for path in (ROOT / "deid").rglob("*"))
        if name.suffix in engine.OURS and engine.LEFT_OUT.isdisjoint(name.parts)
    }


def test_what_reads_workbooks_comes_beside_it() -> None:
    with zipfile.ZipFile(engine.target(ROOT, "sheet")) as packed:
        assert {name.split("/")[0] for name in packed.namelist() if name.endswith(".py")} == {
            "openpyxl",
            "et_xmlfile",
        }


def test_the_engine_is_made_anew_when_deid_changes_and_is_the_same_bytes_otherwise(tmp_path: Path) -> None:
    for room in ("deid", "imaging", "uploads"):
        shutil.copytree(ROOT / room, tmp_path / room)
    engine.build(tmp_path, PYTHON)
    assert engine.current(tmp_path, PYTHON)
    assert engine.target(tmp_path).read_bytes() == engine.target(ROOT).read_bytes()
    with (tmp_path / "deid" / "uids.py").open("a") as module:
        module.write("\n# changed\n")
    assert not engine.current(tmp_path, PYTHON)


def test_the_runtime_lock_is_part_of_the_dev_lock() -> None:
    runtime, dev = (pins((ROOT / name).read_text()) for name in ("requirements.txt", "requirements-dev.txt"))
    assert len(runtime) > 30
    assert runtime.items() <= dev.items()


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_every_pin_has_hashes(name: str) -> None:
    blocks = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    wanted = [block for block in blocks if block and not block.startswith("#")]
    assert wanted
    assert all("--hash=sha256:" in block for block in wanted)


def test_time_left_is_told_once_it_can_be_known() -> None:
    assert remaining(1, 0.5) == ""
    assert remaining(30, 0.01) == ""
    assert remaining(30, 0.5) == ", about 30 s left"
    assert remaining(300, 0.5) == ", about 5 min left"
