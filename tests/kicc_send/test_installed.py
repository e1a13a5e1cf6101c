"""What a hospital installs: the wheel, and nothing beside what it declares."""

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from phantom.export import hospital_export
from phantom.people import make_person
from tests.stack import ROOT

DECLARED = {"deid", "kicc_send", "sitecustomize", "__mp_main__", "pydicom", "httpx", "openpyxl"}
BROUGHT_BY_THEM = {"httpcore", "h11", "anyio", "certifi", "idna", "et_xmlfile", "typing_extensions"}
ONLY = """
import sys
from importlib.abc import MetaPathFinder

class Only(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(f"not installed at a hospital: {name}", name=name)

ALLOWED = set(sys.stdlib_module_names) | {NAMES}
sys.meta_path.insert(0, Only())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT / "packaging" / "kicc-send", check=True, capture_output=True)
    (found,) = place.glob("kicc_send-*.whl")
    return found


def test_the_wheel_has_the_engine_and_the_command_and_no_django(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (info,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        (entry,) = (name for name in names if name.endswith("entry_points.txt"))
        needs = message_from_bytes(packed.read(info)).get_all("Requires-Dist") or []
        assert b"kicc-send = kicc_send.cli:main" in packed.read(entry)
    rooms = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert rooms == {"deid", "kicc_send"}
    assert {Requirement(need).name for need in needs} == {"pydicom", "httpx", "openpyxl"}


def test_it_works_with_what_it_declares_alone(wheel: Path, tmp_path: Path) -> None:
    """Unpacked, with every other package of this environment shut off, also in its worker processes."""
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    (installed / "sitecustomize.py").write_text(ONLY.replace("{NAMES}", repr(DECLARED | BROUGHT_BY_THEM)))
    hospital_export(tmp_path / "images", persons=[make_person(3)], slices=2, matrix=64, strays=False)
    call = [sys.executable, "-m", "kicc_send", str(tmp_path / "images"), "--subject", "new", "--dry-run"]
    place = {"PYTHONPATH": str(installed), "LANG": "en_US.UTF-8", "PATH": ""}
    done = subprocess.run(call, cwd=tmp_path, env=place, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "4 would be sent" in done.stdout) == (0, True), done.stdout + done.stderr
    for other in ("django", "numpy", "rest_framework"):
        probe = [sys.executable, "-c", f"import {other}"]
        shut = subprocess.run(probe, cwd=tmp_path, env=place, capture_output=True, text=True)
        assert "not installed at a hospital" in shut.stderr
