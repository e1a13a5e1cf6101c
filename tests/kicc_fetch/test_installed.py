"""What a researcher installs: the wheel, and nothing beside what it declares."""

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

from packaging.requirements import Requirement

from tests.stack import ROOT


def test_the_wheel_has_the_command_and_needs_httpx_alone(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / "packaging" / "kicc-fetch", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("kicc_fetch-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (info,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        (entry,) = (name for name in names if name.endswith("entry_points.txt"))
        needs = message_from_bytes(packed.read(info)).get_all("Requires-Dist") or []
        assert b"kicc-fetch = kicc_fetch.cli:main" in packed.read(entry)
        packed.extractall(tmp_path / "installed")
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"kicc_fetch"}
    assert {Requirement(need).name for need in needs} == {"httpx"}
    said = subprocess.run(
        [sys.executable, "-m", "kicc_fetch", "--version"],
        cwd=tmp_path / "installed",
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith("kicc-fetch 0.")
