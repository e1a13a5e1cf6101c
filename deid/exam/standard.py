"""Every attribute of PS3.15 table E.1-1 (2025b) as a plant: at the top and one to three sequences deep.

The demand follows from the table under the options of this project (DESIGN: retain device identity without
serial numbers, patient characteristics, modified dates, clean descriptors, clean graphics, safe private), not
from the engine's resolved profile. What the project decided beyond the table is read from its documented
choices (docs/decisions/0100).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydicom.datadict import dictionary_has_tag, dictionary_VR

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import Piece, name_of, piece
from deid.exam.people import People

SOURCE = Path(__file__).parents[1] / "profile" / "source"
CHAINS: tuple[tuple[tuple[str, ...], ...], ...] = (
    ((),),
    (
        ("SourceImageSequence",),
        ("ReferencedImageSequence",),
        ("AnatomicRegionSequence",),
        ("RequestAttributesSequence",),
        ("ProcedureCodeSequence",),
    ),
    (
        ("DerivationImageSequence", "SourceImageSequence"),
        ("ReferencedSeriesSequence", "ReferencedInstanceSequence"),
        ("SharedFunctionalGroupsSequence", "FrameAnatomySequence"),
        ("RequestAttributesSequence", "RequestedProcedureCodeSequence"),
    ),
    (
        ("ReferencedSeriesSequence", "ReferencedInstanceSequence", "PurposeOfReferenceCodeSequence"),
        ("SharedFunctionalGroupsSequence", "FrameAnatomySequence", "AnatomicRegionSequence"),
        ("OriginalAttributesSequence", "ModifiedAttributesSequence", "RequestAttributesSequence"),
        (
            "UnassignedSharedConvertedAttributesSequence",
            "ContrastBolusAgentSequence",
            "EquivalentCodeSequence",
        ),
    ),
)
"""Where plants of each depth go: sequences that images keep, and some that go as a whole."""
CHARACTERISTICS = {0x00100040: "F", 0x00101010: "081Y", 0x00101020: "1.58", 0x00101030: "49.5"}
NEWER = {"DateTime": "DT", "Sequence": "SQ", "UID": "UI", "Comment": "LT", "Sex": "CS"}


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute of the table. ``inside``: a module of the accepted objects has it at the top."""

    tag: int
    vr: str
    dates: bool
    inside: bool
    choice: str

    @property
    def characteristic(self) -> bool:
        """Age, sex, size and weight stay (retain patient characteristics)."""
        return self.tag in CHARACTERISTICS


def _read(name: str) -> list[dict[str, str]]:
    with (SOURCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def rows() -> tuple[Row, ...]:
    """The table without its patterns (curves, overlays, private), which ``carriers`` and ``privates``
    plant.
    """
    choices = {row["keyword"]: row["action"] for row in _read("choices.csv")}
    modules = {row["tag"]: row for row in _read("iod_attributes.csv")}
    found: list[Row] = []
    for row in _read("ps315_e1_1_2025b.csv"):
        if "X" in row["tag"][1:10]:
            continue
        tag = int(row["tag"][1:5] + row["tag"][6:10], 16)
        keyword = re.sub(r"[^A-Za-z0-9]", "", row["name"].replace("'s", ""))
        vr = next((value for ending, value in NEWER.items() if keyword.endswith(ending)), "LO")
        if dictionary_has_tag(tag):
            vr, keyword = dictionary_VR(tag).split(" or ")[0], name_of(tag)
        module = modules.get(row["tag"])
        found.append(
            Row(
                tag,
                vr,
                bool(row["rtnLongModifDatesOpt"]),
                module is not None and bool(module["top_type"]),
                choices.get(keyword, ""),
            )
        )
    return tuple(found)


def plant(drafts: Sequence[Draft], people: People) -> None:
    """Spreads all rows at all four depths over the drafts."""
    for depth, chains in enumerate(CHAINS):
        for number, row in enumerate(rows()):
            draft = drafts[(number + depth * 17) % len(drafts)]
            if depth == 0 and (row.tag in draft.pieces or row.tag >> 16 in {0, 2}):
                continue
            place = chains[number % len(chains)]
            _plant(draft, people, row, place, f"E.1-1, depth {depth}" if depth else "E.1-1, top")


def _plant(draft: Draft, people: People, row: Row, chain: tuple[str, ...], kind: str) -> None:
    one, secrets = _value(draft, people, row, top=not chain)
    if chain:
        undefined = len(draft.answers) % 2 == 0
        place = draft.nest(chain, one, undefined=undefined) + name_of(row.tag)
    else:
        draft.add(one)
        place = name_of(row.tag)
    if row.vr == "UI":
        draft.answer(place, kind, Demand.UID_CHANGED, value=_bytes(one), secrets=secrets)
    elif row.dates and row.vr in {"DA", "DT"} and row.choice != "D":
        must = not chain and row.inside and row.choice != "X"
        draft.answer(
            place,
            kind,
            Demand.DATE_SHIFTED if row.choice != "X" else Demand.REMOVED,
            value=_bytes(one),
            secrets=secrets,
            optional=not must,
        )
    elif row.characteristic or (row.vr == "TM" and not secrets):
        draft.answer(place, kind, Demand.RETAINED, value=_bytes(one), optional=row.characteristic)
    elif secrets:
        draft.answer(place, kind, Demand.REMOVED, secrets=secrets)
    else:
        draft.answer(place, kind, Demand.REMOVED, value=draft.encoder.value(one))


def _bytes(one: Piece) -> bytes:
    return one.value.encode() if isinstance(one.value, str) else b""


def _value(draft: Draft, people: People, row: Row, *, top: bool) -> tuple[Piece, tuple[str, ...]]:
    """Something of the type that names somebody, and how it can be found again."""
    tag, vr = row.tag, row.vr
    if row.characteristic:
        return Piece(tag, vr, CHARACTERISTICS[tag]), ()
    if vr == "SQ":
        name, mark = people.name("korean" if draft.korean else "latin"), people.word()
        item = [piece("PersonName", name.dicom), piece("TextValue", f"{mark} {name.given}")]
        return Piece(tag, vr, items=[item], undefined=len(mark) % 2 == 0), (*name.secrets, mark)
    if vr == "PN":
        name = people.name("korean" if draft.korean else "latin")
        return Piece(tag, vr, name.dicom), name.secrets
    if vr == "UI":
        uid = people.uid()
        return Piece(tag, vr, uid), (uid,)
    if vr in {"DA", "DT"}:
        day = people.day()
        return Piece(tag, vr, day + ("143015.5" if vr == "DT" else "")), (day,)
    if vr == "TM":
        if row.dates and row.inside and top and row.choice != "X":
            return Piece(tag, vr, "113045.5"), ()
        mark = people.word()
        return Piece(tag, vr, mark), (mark,)
    if vr in {"US", "SS", "UL", "SL", "FL", "FD", "AT"}:
        return Piece(tag, vr, (4711, 4712) if vr == "AT" else (47,)), ()
    if vr == "AS":
        return Piece(tag, vr, "081Y"), ()
    if vr in {"DS", "IS"}:
        number = people.digits(8)
        number = f"{number[:3]}.{number[3:]}" if vr == "DS" else number
        return Piece(tag, vr, number), (number,)
    return _text(draft, people, tag, vr)


def _text(draft: Draft, people: People, tag: int, vr: str) -> tuple[Piece, tuple[str, ...]]:
    keyword = name_of(tag)
    if vr in {"CS", "AE", "SH"}:
        mark = people.phone() if "Phone" in keyword else people.code()
        return Piece(tag, vr, mark), (mark,)
    if vr in {"OB", "OW", "UN"}:
        mark = people.code()
        return Piece(tag, vr, f"{mark} ".encode() + b"\0" * (len(mark) % 2)), (mark,)
    if vr == "UR":
        mark = people.word()
        return Piece(tag, vr, f"https://{mark.lower()}.example.com/"), (mark,)
    name = people.name("korean" if draft.korean else "latin")
    if vr in {"ST", "LT", "UT"}:
        number, phone = people.resident_number(), people.phone()
        who = name.hangul or f"{name.given} {name.family}"
        secrets = (name.hangul_given or name.given, number, phone)
        return Piece(tag, vr, f"{who} {number}\r\n{phone}"), secrets
    if "Address" in keyword or "Location" in keyword:
        mark = people.word()
        return Piece(tag, vr, f"{mark} {name.hangul}"), (mark, name.hangul)
    mark = people.digits(9) if re.search("ID|Number|Identif", keyword) else people.word()
    return Piece(tag, vr, mark), (mark,)
