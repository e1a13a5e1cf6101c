"""Resolves the tables in ``source/`` into ``profile.csv`` and ``private.csv``: ``python -m
deid.profile.build``.

Sources: PS3.15 2025b tables E.1-1 and E.3.10-1; the attributes of the CT, CR, DX, enhanced CT and legacy
converted enhanced CT objects (PS3.3 A.2, A.3, A.26, A.38, A.70); ``choices.csv`` and ``private_choices.csv``,
our own decisions, the latter on elements of TCIA's private tag knowledge base (2024-02).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from pydicom.datadict import dictionary_has_tag, dictionary_keyword, dictionary_VR, keyword_dict

from deid.profile import PRIVATE_VRS, ProfileError

HERE = Path(__file__).parent
SOURCE = HERE / "source"
COLUMNS = ["tag", "keyword", "vr", "action", "kind", "source", "reason"]
TEXT_VRS = {"LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "PN"}
OPAQUE_VRS = {"OB", "OW", "UN", "OB or OW", "SQ"}
FROM_STANDARD = PRIVATE_VRS
FROM_CHOICE = PRIVATE_VRS - {"CS", "UL"}
NOT_CT_CREATORS = (
    "SIEMENS MR",
    "SIEMENS Ultrasound",
    "SIEMENS SYNGO ULTRA",
    "NQ",
    "HOLOGIC",
    "GEIIS",
    "Philips MR",
)
PLACE_WORDS = (
    "Institution",
    "Location",
    "Department",
    "Address",
    "Organization",
    "Site",
)
STATION_WORDS = ("Station", "AETitle")
ID_WORDS = ("ID", "Number", "Identif", "Locator", "Serial", "Phone", "Telecom", "Plate", "Cassette")
REASONS = {
    "X": "May identify and research does not need it",
    "Z": "May identify; required to be present, so left empty",
    "D": "May identify; required to have a value, so replaced by a fixed one",
    "U": "Replaced under a key, so that references hold",
    "S": "Shifted with all dates of the subject (retain longitudinal, modified dates)",
}


def rows(name: str) -> list[dict[str, str]]:
    with (SOURCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def number(tag: str) -> int:
    return int(tag[1:5] + tag[6:10], 16)


NEWER = {"DateTime": "DT", "Sequence": "SQ", "UID": "UI", "Comment": "LT", "Description": "LT", "Sex": "CS"}


def identity(tag: str, name: str) -> tuple[str, str]:
    """Keyword and VR, also of attributes newer than pydicom's dictionary."""
    if dictionary_has_tag(number(tag)):
        return dictionary_keyword(number(tag)), dictionary_VR(number(tag))
    keyword = re.sub(r"[^A-Za-z0-9]", "", name.replace("'s", ""))
    return keyword, next((vr for ending, vr in NEWER.items() if keyword.endswith(ending)), "LO")


def kind_of(keyword: str, vr: str, action: str) -> str:
    """What a value, once found here, means for the search in other text: name, id, place, station, date,
    uid or nothing.
    """
    if vr == "PN":
        return "name"
    if vr == "UI":
        return "uid" if action == "U" else ""
    if vr in {"DA", "DT"}:
        return "date"
    if vr not in TEXT_VRS or action not in "XZD":
        return ""
    if any(word in keyword for word in STATION_WORDS):
        return "station"
    if any(word in keyword for word in PLACE_WORDS):
        return "place"
    if vr in {"SH", "AE"} or any(word in keyword for word in ID_WORDS):
        return "id"
    return "text"


def standard_action(row: dict[str, str], vr: str, top_type: str) -> tuple[str, str]:
    """One action for a row of table E.1-1 under the chosen options, and what decided it."""
    basic = row["basicProfile"]
    if row["rtnLongModifDatesOpt"] and vr in {"DA", "DT"}:
        return "S", ""
    if row["rtnLongModifDatesOpt"] and vr == "TM":
        return "K", "Time of day; intervals in hours stay true"
    if row["rtnPatCharsOpt"] == "K" and basic != "":
        return "K", "Retain patient characteristics"
    if basic == "U":
        return ("K", "Holds references; the UIDs inside are replaced") if vr == "SQ" else ("U", "")
    if vr in OPAQUE_VRS:
        return "X", "Holds content that is not collected"
    if vr == "UI" and "D" in basic:
        return "U", ""
    if basic in {"X", "Z", "D"}:
        return basic, ""
    if top_type == "1":
        return "D", ""
    return ("Z", "") if top_type in {"2", "2C", "1C"} or "X" not in basic else ("X", "")


def element_rows() -> Iterable[dict[str, str]]:
    choices = {row["keyword"]: row for row in rows("choices.csv")}
    attributes = {row["tag"]: row for row in rows("iod_attributes.csv")}
    done: set[str] = set()
    for row in rows("ps315_e1_1_2025b.csv"):
        tag = row["tag"]
        done.add(tag)
        if "X" in tag[1:10]:
            reason = "Kept only where private.csv lists it" if "ODD" in tag else "Graphics are removed whole"
            yield dict(zip(COLUMNS, [tag, row["name"], "", "X", "", "E.1-1 X", reason], strict=True))
            continue
        keyword, vr = identity(tag, row["name"])
        known = attributes.get(tag)
        action, reason = standard_action(row, vr, known["top_type"] if known else "")
        if action in {"S", "K"} and not known:
            action, reason = "X", "Not part of the accepted objects"
        if keyword in choices:
            action, reason = choices[keyword]["action"], choices[keyword]["reason"]
        kind = kind_of(keyword, vr, action)
        source = "E.1-1 " + row["basicProfile"]
        options = [name for name, value in row.items() if name.endswith("Opt") and value]
        if options:
            source += " (" + ", ".join(f"{name[:-3]} {row[name]}" for name in options) + ")"
        yield dict(
            zip(COLUMNS, [tag, keyword, vr, action, kind, source, reason or REASONS[action]], strict=True)
        )
    yield dict(
        zip(
            COLUMNS,
            ["(60XX,XXXX)", "Overlay", "", "X", "", "PS3.3 C.9.2", "Graphics are removed whole"],
            strict=True,
        )
    )
    extra = {f"({t >> 16:04X},{t & 0xFFFF:04X})": k for k, t in keyword_dict.items() if k in choices}
    for tag in sorted(set(attributes) | set(extra)):
        if tag in done or "X" in tag[1:10]:
            continue
        keyword, vr = identity(tag, attributes[tag]["keyword"] if tag in attributes else "")
        known = attributes.get(tag)
        objects = (
            f"{known['objects']} type {known['top_type'] or known['nested_type']}"
            if known
            else "not in PS3.3"
        )
        if keyword in choices:
            action, reason = choices[keyword]["action"], choices[keyword]["reason"]
        elif vr in TEXT_VRS or vr in {"UI", "OB", "UN"}:
            required = known["top_type"] if known else ""
            action = "D" if required == "1" and vr != "UI" else "Z" if required == "2" else "X"
            reason = "Free text or identifier that research does not need"
        else:
            action, reason = "K", "Describes the image, its making or the body; carries no identity"
        yield dict(
            zip(
                COLUMNS,
                [tag, keyword, vr, action, kind_of(keyword, vr, action), objects, reason],
                strict=True,
            )
        )


def private_rows() -> Iterable[list[str]]:
    """What the standard calls safe, where it is of our objects and can be checked; then our choice."""
    chosen = rows("private_choices.csv")
    removed = {(row["element"], row["creator"]) for row in chosen if row["decision"] == "remove"}
    for row in rows("ps315_e3_10_1_safe_private.csv"):
        element = row["element"][:7] + row["element"][7:].upper()
        ours = not row["private_creator"].startswith(NOT_CT_CREATORS)
        if ours and row["vr"] in FROM_STANDARD and (element, row["private_creator"]) not in removed:
            yield [
                element,
                row["private_creator"],
                row["vr"],
                row["meaning"],
                "E.3.10-1",
                "Safe by the standard",
            ]
    for row in chosen:
        if row["decision"] == "keep":
            if row["vr"] not in FROM_CHOICE:
                raise ProfileError(f"private_choices.csv, {row['element']}: {row['vr']} cannot be checked")
            yield [row[name] for name in ("element", "creator", "vr", "meaning", "source", "reason")]


def build(folder: Path) -> None:
    with (folder / "profile.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(element_rows(), key=lambda row: row["tag"]))
    with (folder / "private.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["element", "creator", "vr", "meaning", "source", "reason"])
        table.writerows(private_rows())


if __name__ == "__main__":
    build(HERE)
