"""The de-identification profile as data: one action per attribute, deny by default.

``profile.csv`` covers PS3.15 2025b table E.1-1 and the modules of the accepted objects; ``private.csv`` lists
the private elements that stay (table E.3.10-1 and our own choice). Both are checked when this package is
imported.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from pydicom.datadict import dictionary_has_tag, dictionary_VM, dictionary_VR

PROFILE_VERSION = "2025b.3"
ACTIONS = frozenset("KXZDUSC")
KINDS = frozenset({"", "name", "id", "place", "station", "text", "date", "uid"})
TAG = re.compile(r"\([0-9A-F]{4},[0-9A-F]{4}\)")
PATTERNS = {"(50XX,XXXX)", "(60XX,XXXX)", "(60XX,3000)", "(60XX,4000)", "(ODD,XXXX)"}
PRIVATE_VRS = frozenset({"DS", "IS", "FL", "FD", "SS", "US", "SL", "UL", "CS", "SH"})
_HERE = Path(__file__).parent


class ProfileError(ValueError):
    """The profile's data break its schema; the text names the row and the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``type`` is that of the attribute in the accepted objects (PS3.5 7.4), empty where none is known."""

    tag: int
    keyword: str
    vr: str
    action: str
    kind: str
    reason: str
    type: str = ""


def read_csv(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def validate(rows: list[dict[str, str]]) -> None:
    """Every tag once, action and kind known, reason and source present. Raises ProfileError."""
    seen: set[str] = set()
    for line, row in enumerate(rows, start=2):
        tag = row["tag"]
        problems = [
            (tag in seen, "tag appears twice"),
            (not TAG.fullmatch(tag) and tag not in PATTERNS, "tag is not (gggg,eeee) or a known pattern"),
            (row["action"] not in ACTIONS, "action is not one of K X Z D U S C"),
            (row["kind"] not in KINDS, "kind is unknown"),
            (not row["reason"] or not row["source"], "reason or source is missing"),
            (tag in PATTERNS and row["action"] != "X", "a pattern can only be removed"),
            (
                tag not in PATTERNS and not re.fullmatch(r"[A-Z]{2}( or [A-Z]{2}){0,2}", row["vr"]),
                "VR is not known",
            ),
            (row["action"] == "S" and row["vr"] not in {"DA", "DT"}, "only dates can be shifted"),
            (row["action"] == "U" and row["vr"] != "UI", "only UIDs can be replaced"),
        ]
        for wrong, problem in problems:
            if wrong:
                raise ProfileError(f"profile.csv line {line}, {tag}: {problem}")
        seen.add(tag)


def load(rows: list[dict[str, str]]) -> dict[int, Rule]:
    """Checked rules by tag number; patterns are left to the engine, which removes them by default."""
    validate(rows)
    rules: dict[int, Rule] = {}
    for row in rows:
        if row["tag"] not in PATTERNS:
            number = int(row["tag"][1:5] + row["tag"][6:10], 16)
            rules[number] = Rule(
                number,
                row["keyword"],
                row["vr"],
                row["action"],
                row["kind"],
                row["reason"],
                row["source"].rpartition(" type ")[2] if " type " in row["source"] else "",
            )
    return rules


def load_private(rows: list[dict[str, str]]) -> dict[tuple[int, str, int], str]:
    """VR by (group, creator, low byte of the element). Raises ProfileError.

    Numbers and codes are kept where they are what their VR says; SH is cleaned word by word.
    """
    out: dict[tuple[int, str, int], str] = {}
    for line, row in enumerate(rows, start=2):
        found = re.fullmatch(r"([0-9A-F]{4}),xx([0-9A-F]{2})", row["element"])
        key = (int(found[1], 16), row["creator"], int(found[2], 16)) if found else (0, "", 0)
        problems = [
            (key[0] % 2 == 0, "not an element of a private block"),
            (key in out, "element appears twice"),
            (not row["creator"].strip(), "creator is missing"),
            (row["vr"] not in PRIVATE_VRS, "values of this VR are not checked"),
            (not row["reason"] or not row["source"], "reason or source is missing"),
        ]
        for wrong, problem in problems:
            if wrong:
                raise ProfileError(f"private.csv line {line}, {row['element']}: {problem}")
        out[key] = row["vr"]
    return out


RULES = load(read_csv("profile.csv"))
PRIVATE = load_private(read_csv("private.csv"))
_VRS: dict[int, str] = {tag: rule.vr for tag, rule in RULES.items()}


def vr_of(tag: int) -> str:
    """VR of a tag as the dictionary has it, one of the choices where it has several; UN when unknown."""
    vr = _VRS.get(tag)
    if vr is None:
        if not dictionary_has_tag(tag):
            return _unlisted(tag)
        vr = _VRS[tag] = dictionary_VR(tag)
    return vr


def vm_of(tag: int) -> str:
    """How many values the dictionary allows, such as 1, 3 or 1-n."""
    return dictionary_VM(tag) if dictionary_has_tag(tag) else "1-n"


def _unlisted(tag: int) -> str:
    if tag & 0xFFFF == 0:
        return "UL"
    if (tag >> 16) % 2 and 0x10 <= tag & 0xFFFF <= 0xFF:
        return "LO"
    return "UN"
