"""Rules of devices: read from a table, checked line by line, and laid on the files that they mean."""

import re
from pathlib import Path

import pytest

from deid.pixels import Region, RuleError, load_rules, matching
from deid.pixels.devices import COLUMNS
from tests.deid import make

ROOT = Path(__file__).resolve().parents[3]
HEAD = ",".join(COLUMNS)
GOOD = "SIEMENS*,SOMATOM *,CT,512,512,10,20,100,30,seen at S03 in 2021"


def table(folder: Path, *lines: str, head: str = HEAD) -> Path:
    file = folder / "rules.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return file


def test_the_shipped_table_is_in_order() -> None:
    assert isinstance(load_rules(), tuple)


def test_the_rule_in_the_manual_is_one(tmp_path: Path) -> None:
    block = re.search(r"```csv\n(.*?)```", (ROOT / "docs" / "uploads.md").read_text("utf-8"), re.S)
    assert block
    file = tmp_path / "rules.csv"
    file.write_text(block[1], encoding="utf-8")
    (rule,) = load_rules(file)
    fits = {"Manufacturer": "Example Medical Korea", "ManufacturerModelName": "Portable 3000"}
    assert matching([rule], make.ct(Modality="DX", Rows=2800, Columns=2304, **fits)) == [rule]


def test_a_rule_holds_for_its_device_and_matrix_alone(tmp_path: Path) -> None:
    (rule,) = load_rules(table(tmp_path, GOOD))
    assert (rule.line, rule.region, rule.reason) == (2, Region(10, 20, 100, 30), "seen at S03 in 2021")
    fits = {
        "Rows": 512,
        "Columns": 512,
        "Manufacturer": "Siemens  Healthineers",
        "ManufacturerModelName": "Somatom Force",
    }
    assert matching([rule], make.ct(**fits)) == [rule]
    for change in (
        {"Rows": 256},
        {"Columns": 256},
        {"Manufacturer": "GE"},
        {"ManufacturerModelName": "Sensation"},
        {"Modality": "DX"},
    ):
        assert matching([rule], make.ct(**{**fits, **change})) == []
    assert "SIEMENS" in rule.name


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (GOOD + ",more", "10 cells"),
        ("a,b", "10 cells"),
        (GOOD.replace("SIEMENS*", ""), "manufacturer is empty"),
        (GOOD.replace("seen at S03 in 2021", " "), "reason is empty"),
        (GOOD.replace("CT", "MR"), "modality"),
        (GOOD.replace("100", "-1"), "width must be a whole number"),
        (GOOD.replace("100", "٣"), "width must be a whole number"),
        (GOOD.replace("100", "0"), "inside the matrix"),
        (GOOD.replace(",10,20", ",500,20"), "inside the matrix"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, what: str) -> None:
    with pytest.raises(RuleError, match=rf"rules\.csv, line 3: .*{what}"):
        load_rules(table(tmp_path, GOOD, line))


def test_a_wrong_head_and_wrong_bytes_are_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="first line"):
        load_rules(table(tmp_path, GOOD, head="maker,model"))
    file = tmp_path / "rules.csv"
    file.write_bytes(HEAD.encode() + b"\n\xff\xfe\n")
    with pytest.raises(RuleError, match="UTF-8"):
        load_rules(file)
