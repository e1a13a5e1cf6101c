"""What a stripped file says of itself (PS3.3 C.7.1.1, C.12.1; PS3.16 CID 7050), and how a later pass reads
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from deid.model import ENGINE
from deid.profile import PROFILE_VERSION
from deid.writer import Node

CODES = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113103", "Clean Graphics Option"),
    ("113105", "Clean Descriptors Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
    ("113109", "Retain Device Identity Option"),
    ("113111", "Retain Safe Private Option"),
)
ANCHORED = "dates count from admission = 2000-01-01"
KEYED = "dates shifted by a keyed offset"
TAGS = frozenset({0x00120062, 0x00120063, 0x00120064, 0x00280303})


@dataclass(frozen=True, slots=True)
class Claim:
    """What an earlier pass of this engine wrote: nothing, or that dates are shifted, and whether from
    admission.
    """

    shifted: bool = False
    anchored: bool = False


def read_claim(method: str, modified: str, removed: str) -> Claim:
    """From the values of (0012,0063), (0028,0303) and (0012,0062)."""
    parts = [part.strip() for part in method.split("\\")]
    if not parts[0].startswith("kicc-deid/") or modified != "MODIFIED" or removed != "YES":
        return Claim()
    if ANCHORED in parts:
        return Claim(True, True)
    return Claim(KEYED in parts)


def nodes(*, anchored: bool) -> list[Node]:
    """The elements that every stripped file carries."""
    method = "\\".join([ENGINE, f"profile {PROFILE_VERSION}", ANCHORED if anchored else KEYED])
    items = [
        [
            Node(0x00080100, "SH", code.encode()),
            Node(0x00080102, "SH", b"DCM"),
            Node(0x00080104, "LO", text.encode()),
        ]
        for code, text in CODES
    ]
    return [
        Node(0x00120062, "CS", b"YES"),
        Node(0x00120063, "LO", method.encode()),
        Node(0x00120064, "SQ", items=items),
        Node(0x00280303, "CS", b"MODIFIED"),
    ]
