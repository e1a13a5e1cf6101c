"""Private elements: those of each maker's shape, orphans, strange creators; and the safe ones that must stay.

Safe is what PS3.15 table E.3.10-1 lists with a numeric, coded or short type and no other modality's creator,
and what ``private_choices.csv`` keeps beside it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from deid.exam.answers import Demand
from deid.exam.carriers import marks
from deid.exam.draft import Draft
from deid.exam.encoding import Piece, Value, piece, sequence
from deid.exam.headers import Shape
from deid.exam.objects import VALUES
from deid.exam.people import People

SOURCE = Path(__file__).parents[1] / "profile" / "source"
MEASURES = frozenset({"DS", "IS", "FL", "FD", "SS", "US", "SL", "UL", "CS"})
OTHER_MODALITIES = (
    "SIEMENS MR",
    "SIEMENS Ultrasound",
    "SIEMENS SYNGO ULTRA",
    "NQ",
    "HOLOGIC",
    "GEIIS",
    "Philips MR",
)
ALSO = frozenset({("0043", "GEMS_PARM_01", "27"), ("2001", "Philips Imaging DD 001", "6E")})
"""Short texts of the table that hold a pitch and a kind of series."""


@cache
def listed() -> dict[tuple[str, str, str], str]:
    """VR by (group, creator, element byte) of everything that the standard's table calls safe."""
    return {_key(row, row["private_creator"]): row["vr"] for row in _rows("ps315_e3_10_1_safe_private.csv")}


@cache
def safe() -> dict[tuple[str, str, str], str]:
    """What must stay, with its VR."""
    chosen = {_key(row, row["creator"]): row for row in _rows("private_choices.csv")}
    ours = {
        key: vr
        for key, vr in listed().items()
        if key in ALSO or (vr in MEASURES and not key[1].startswith(OTHER_MODALITIES))
    }
    kept = {key: row["vr"] for key, row in chosen.items() if row["decision"] == "keep"}
    return {key: vr for key, vr in (ours | kept).items() if key not in chosen or key in kept}


def _rows(name: str) -> list[dict[str, str]]:
    with (SOURCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _key(row: dict[str, str], creator: str) -> tuple[str, str, str]:
    return row["element"][:4], creator, row["element"][-2:].upper()


def of_maker(draft: Draft, look: Shape, people: People) -> None:
    """The maker's private blocks, each with its creator, in the order of the shape."""
    blocks: dict[tuple[str, str], int] = {}
    for group, creator, element, vr, text in look.private:
        key = (group, creator)
        if key not in blocks:
            blocks[key] = 0x10 + sum(1 for other, _ in blocks if other == group)
            draft.add(Piece(int(group, 16) << 16 | blocks[key], "LO", creator))
        place = f"({group},xx{element},{creator})"
        tag = int(group, 16) << 16 | blocks[key] << 8 | int(element, 16)
        value, secrets = _filled(draft, people, text)
        one = Piece(tag, vr, value, items=[[piece("PatientComments", value)]] if vr == "SQ" else None)
        if vr in {"SL", "SS", "US", "UL", "FL", "FD"}:
            one = Piece(tag, vr, (float(text),) if vr in {"FL", "FD"} else (int(text),))
        elif vr in {"OB", "OW", "UN"} and isinstance(value, str):
            one = Piece(tag, vr, value.encode() + b" " * (len(value.encode()) % 2))
        draft.add(one)
        if (group, creator, element) in safe():
            draft.answer(place, "safe private", Demand.RETAINED, value=draft.encoder.value(one))
        elif secrets:
            draft.answer(place, "private of a maker", Demand.REMOVED, secrets=secrets)
        elif (group, creator, element) not in listed():
            draft.answer(place, "private that is not safe", Demand.REMOVED)


def _filled(draft: Draft, people: People, text: str) -> tuple[str, tuple[str, ...]]:
    person = draft.person
    values = {
        "name": person.name.dicom.split("=")[0].upper(),
        "hangul": person.name.hangul or person.name.family,
        "number": person.hospital_number,
        "station": people.code(),
        "accession": person.accession,
        "day": people.day(),
        "doctor": person.doctor.family,
        "uid": people.uid(),
    }
    made = text.format(**values)
    used = {name for name in values if f"{{{name}}}" in text}
    secrets = [values[name] for name in used if name not in {"name", "hangul"}]
    if "name" in used:
        secrets += [person.name.family, person.name.given]
    if "hangul" in used:
        secrets.append(person.name.hangul_given or person.name.family)
    return made, tuple(sorted(secrets))


def all_safe(draft: Draft) -> None:
    """Every element that must stay, each maker's in a block of its own."""
    values: dict[str, Value] = {**VALUES, "SH": "0.984:1"}
    blocks: dict[tuple[str, str], int] = {}
    for group, creator, element in sorted(safe()):
        key = (group, creator)
        if key not in blocks:
            blocks[key] = 0x20 + sum(1 for other, _ in blocks if other == group)
            draft.add(Piece(int(group, 16) << 16 | blocks[key], "LO", creator))
        vr = safe()[group, creator, element]
        value = "AXIAL" if (group, element) == ("2001", "6E") else values[vr]
        one = Piece(int(group, 16) << 16 | blocks[key] << 8 | int(element, 16), vr, value)
        draft.add(one)
        place = f"({group},xx{element},{creator})"
        draft.answer(place, "safe private", Demand.RETAINED, value=draft.encoder.value(one))


def strange(draft: Draft, people: People) -> None:
    """Orphans, unknown creators, creators that name somebody, nested and repeated blocks, misplaced
    elements.
    """
    text, secrets = marks(draft, people)
    draft.plant(Piece(0x00091010, "LO", text), "private without a creator", *secrets, place="(0009,1010)")
    text, secrets = marks(draft, people)
    draft.plant(Piece(0x00330101, "LT", text), "private without a creator", *secrets, place="(0033,0101)")
    text, secrets = marks(draft, people)
    draft.plant(Piece(0x00430001, "LO", text), "private without a creator", *secrets, place="(0043,0001)")
    number = people.digits(8)
    draft.add(Piece(0x00110010, "LO", "UNHEARD OF 1.0"))
    draft.plant(
        Piece(0x00111001, "IS", number),
        "private of an unknown creator",
        number,
        place="(0011,xx01,UNHEARD OF 1.0)",
    )
    text, secrets = marks(draft, people)
    draft.plant(
        Piece(0x001110FF, "UN", text),
        "private of an unknown creator",
        *secrets,
        place="(0011,xxFF,UNHEARD OF 1.0)",
    )
    name = people.name("latin")
    draft.plant(
        Piece(0x00150010, "LO", f"{name.family} {name.given}"),
        "creator that names somebody",
        *name.secrets,
        place="(0015,0010)",
    )
    draft.add(Piece(0x00151001, "DS", "1.5"))
    _nested(draft, people)
    _repeated(draft, people)


def _nested(draft: Draft, people: People) -> None:
    text, secrets = marks(draft, people)
    inner = [piece("PatientID", people.digits(8)), piece("PatientComments", text)]
    draft.add(Piece(0x00350010, "LO", "NESTED 1.0"))
    draft.plant(
        Piece(0x00351001, "SQ", items=[inner], undefined=True),
        "sequence in a private element",
        *secrets,
        str(inner[0].value),
        place="(0035,xx01,NESTED 1.0)",
    )
    text, secrets = marks(draft, people)
    block = [
        Piece(0x00190010, "LO", "GEMS_ACQU_01"),
        Piece(0x00191023, "DS", "27.5"),
        Piece(0x00191099, "LO", text),
        Piece(0x00210011, "LO", "HOSPITAL"),
        Piece(0x00211101, "LO", text),
    ]
    draft.add(sequence("SourceImageSequence", block))
    nested = "SourceImageSequence[0]."
    draft.answer(
        f"{nested}(0019,xx99,GEMS_ACQU_01)", "private in a kept sequence", Demand.REMOVED, secrets=secrets
    )
    draft.answer(f"{nested}(0019,xx23,GEMS_ACQU_01)", "safe private", Demand.RETAINED, value=b"27.5")


def _repeated(draft: Draft, people: People) -> None:
    """Safe elements in a block at an unusual place, written as UN; a safe place under a foreign creator;
    text and the patient's number where a safe number should be.
    """
    person = draft.person
    draft.add(Piece(0x004500E1, "LO", "GEMS_HELIOS_01"), Piece(0x0045E101, "SS", (64,), written_as="UN"))
    value = draft.encoder.value(draft.pieces[0x0045E101])
    draft.answer("(0045,xx01,GEMS_HELIOS_01)", "safe private", Demand.RETAINED, value=value)
    draft.add(Piece(0x00190010, "LO", "GEMS_ACQU_02"))
    mark = people.word()
    draft.plant(
        Piece(0x00191023, "DS", mark), "safe place, foreign creator", mark, place="(0019,xx23,GEMS_ACQU_02)"
    )
    texts: tuple[tuple[int, str, Value], ...] = (
        (0x24, "DS", person.name.given),
        (0x27, "DS", person.hospital_number),
    )
    draft.add(Piece(0x00190011, "LO", "GEMS_ACQU_01"))
    for number, vr, value_ in texts:
        draft.plant(
            Piece(0x00191100 | number, vr, value_),
            "text in a safe private element",
            str(value_),
            place=f"(0019,xx{number:02X},GEMS_ACQU_01)",
        )
    draft.add(Piece(0x00430010, "LO", "GEMS_PARM_01"))
    pitch = f"{person.name.family}:1"
    draft.plant(
        Piece(0x00431027, "SH", pitch),
        "text in a safe private element",
        person.name.family,
        place="(0043,xx27,GEMS_PARM_01)",
    )
