"""The same frozen content gives these bytes, on any machine and in any year.

Red means that files of releases that exist would come out otherwise. A new version of a writer may be why:
then the lock and these digests are changed together, and docs/releases.md says from which version on.
"""

import csv
import io
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
from openpyxl import load_workbook

from registry.version import VERSION
from releases.export import Export, names
from releases.frozen import Record, canonical, digest
from releases.layouts import LEVELS

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).with_name("sample.json")


def sample() -> dict[str, dict[str, str]]:
    """SHA-256 of every file of the sample release, by level."""
    told = json.loads(SAMPLE.read_text("utf-8"))
    records = [
        Record(one["code"], number, canonical(one))
        for one, number in zip(told["cases"], (3, 1, 2), strict=True)
    ]
    of = digest(canonical(told["frame"]), ((record.code, record.sha256) for record in records))
    found = {}
    for level in LEVELS:
        with Export(
            told["frame"], of, lambda order: iter(sorted(records, key=lambda one: getattr(one, order))), level
        ) as export:
            found[level] = {name: export.make(name).sha256 for name in names(level)}
    return found


def test_the_bytes_are_those_of_the_first_release() -> None:
    expected = json.loads(SAMPLE.with_name("sample.sha256.json").read_text())
    assert sample() == expected


def test_neither_zone_nor_language_nor_hash_seed_nor_machine_shows() -> None:
    code = "import json; from tests.releases.test_bytes import sample; print(json.dumps(sample()))"
    said = []
    for zone, language, seed in (("Asia/Seoul", "ko_KR.UTF-8", "1"), ("America/Caracas", "C", "2")):
        environment = os.environ | {"TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": seed}
        said.append(
            subprocess.run(
                [sys.executable, "-c", f"import django; django.setup(); {code}"],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
    assert said[0] == said[1]
    assert json.loads(said[0]) == sample()


def test_what_a_spreadsheet_would_run_is_escaped_in_every_file() -> None:
    told = json.loads(SAMPLE.read_text("utf-8"))
    records = [Record(one["code"], 1, canonical(one)) for one in told["cases"]]
    with Export(told["frame"], "0" * 64, lambda order: iter(records), "limited") as export:
        plain = export.make("table.csv").content.read().decode("utf-8-sig")
        who = export.make("contributors.csv").content.read().decode("utf-8-sig")
        sheet = load_workbook(export.make("table.xlsx").content)["cohort"]
    assert [line.rsplit(",", 1)[1] for line in plain.split("\r\n")[1:-1]] == ["'=1+1", "'+cmd", "-3"]
    assert "\r\n'=HYPERLINK(1)," in who
    assert not [cell for row in sheet.rows for cell in row if cell.data_type == "f"]


def test_safe_harbor_tells_neither_code_nor_hospital_nor_great_age_nor_rare_place() -> None:
    told = json.loads(SAMPLE.read_text("utf-8"))
    records = [
        Record(one["code"], n, canonical(one)) for one, n in zip(told["cases"], (3, 1, 2), strict=True)
    ]
    with Export(
        told["frame"],
        "0" * 64,
        lambda order: iter(sorted(records, key=lambda r: getattr(r, order))),
        "safe-harbor",
    ) as export:
        rows = list(csv.DictReader(io.StringIO(export.make("table.csv").content.read().decode("utf-8-sig"))))
        everything = b"".join(export.make(name).content.read() for name in names("safe-harbor"))
    assert [(row["person"], row["age_yr"], row["residence"]) for row in rows] == [
        ("1", "40", "RARE"),
        ("2", "", "RARE"),
        ("3", "90+", "RARE"),
    ]
    assert b"S03-000" not in everything
    assert "site_code" not in rows[0]


def test_the_version_that_releases_name_is_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_workbooks_are_written_by_the_writer_that_a_release_names() -> None:
    """openpyxl takes lxml instead where it finds it, whose bytes may differ."""
    assert not openpyxl.LXML
    assert not [
        line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("lxml")
    ]
