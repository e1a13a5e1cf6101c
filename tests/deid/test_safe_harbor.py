"""Safe Harbor: the table is whole and true, and what each identifier looks like does not come through."""

from __future__ import annotations

import ast
import importlib
from datetime import date
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID

from deid import Dates, Refused, strip
from deid.profile import KINDS, RULES, Rule
from deid.profile.safe_harbor import LETTERS, Identifier, identifiers
from tests.deid import make

ROOT = Path(__file__).resolve().parents[2]
ALL = identifiers()
BY_KEYWORD = {rule.keyword: rule for rule in RULES.values()}
TOKENS = {
    "PN": "VELLICHOR^SONDERIN",
    "DA": "20200304",
    "DT": "20200304101530",
    "TM": "101731",
    "AE": "VELLICHOR77",
    "CS": "VELLICHOR77",
    "UI": "1.2.826.0.1.7744112299",
    "UR": "https://vellichor.example",
    "UN": b"VELLICHOR77",
    "OB": b"VELLICHOR77!",
    "OB or OW": b"VELLICHOR77!",
}
LOOKED_FOR = ("VELLICHOR", "SONDERIN", "7744112299", "20200304", "101731")
LETTER = pytest.mark.parametrize("identifier", ALL, ids=lambda identifier: identifier.letter)


def carried(identifier: Identifier) -> list[Rule]:
    """Rules of the attributes that carry it."""
    of_kind = [rule for rule in RULES.values() if rule.kind in identifier.kinds and rule.action in "XZDUS"]
    return [*of_kind, *(BY_KEYWORD[keyword] for keyword in identifier.attributes)]


def planted(rule: Rule) -> Dataset:
    """A slice with a value that nobody else has in this attribute."""
    ds = make.ct()
    if rule.vr == "SQ":
        ds.add_new(rule.tag, "SQ", [make.item(PatientComments="VELLICHOR77")])
    elif "PixelData" not in rule.keyword:
        ds.add_new(rule.tag, rule.vr[:2], TOKENS.get(rule.vr, "VELLICHOR 77"))
    return ds


def test_the_eighteen_are_there() -> None:
    assert "".join(identifier.letter for identifier in ALL) == LETTERS
    assert len({identifier.name for identifier in ALL}) == 18


@LETTER
def test_each_row_names_rules_code_and_tests_that_exist(identifier: Identifier) -> None:
    assert {keyword: BY_KEYWORD[keyword].action for keyword in identifier.attributes}
    assert not [keyword for keyword in identifier.attributes if BY_KEYWORD[keyword].action == "K"]
    assert not [keyword for keyword in identifier.kept if BY_KEYWORD[keyword].action != "K"]
    assert set(identifier.kinds) <= KINDS - {""}
    assert identifier.how.endswith(".")
    for name in identifier.code:
        module, _, attribute = name.partition(":")
        if module.startswith("deid"):
            assert not attribute or hasattr(importlib.import_module(module), attribute), name
        else:
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").is_file() or path.is_dir(), name
    assert identifier.tests
    for name in identifier.tests:
        path, _, function = name.partition("::")
        defined = {
            n.name for n in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(n, ast.FunctionDef)
        }
        assert function in defined, name


def after(ds: Dataset) -> bytes:
    """The stripped file; nothing where it was refused because something would have come through."""
    try:
        return strip(make.write(ds), uid_key=make.KEY, dates=Dates.day_zero(date(2020, 3, 1))).data
    except Refused as refused:
        if refused.code != "residue":
            raise
        return b""


@LETTER
def test_what_carries_it_is_stopped(identifier: Identifier) -> None:
    """Every attribute of its kinds and every one named, one file each; and its forms in free text."""
    came_through = [
        (rule.keyword, token)
        for rule in carried(identifier)
        if rule.tag >> 16 >= 8
        for token in make.searched(after(planted(rule)), *LOOKED_FOR)
    ]
    for text in identifier.text:
        for keyword in ("SeriesDescription", "ProtocolName", "ImageComments"):
            out = after(make.ct(**{keyword: f"Chest {text} CT"}))
            came_through += [(keyword, found) for found in make.searched(out, text)]
    assert came_through == []


@pytest.mark.parametrize(
    "sop_class",
    ["1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.840.10008.5.1.4.1.1.9.4.1", "1.2.840.10008.5.1.4.1.1.104.1"],
    ids=lambda uid: UID(uid).name,
)
def test_recordings_of_a_person_are_refused(sop_class: str) -> None:
    with pytest.raises(Refused, match="kind of object"):
        strip(make.write(make.ct(SOPClassUID=sop_class)), uid_key=make.KEY, dates=Dates.keep())
