"""Which objects and transfer syntaxes are taken (PS3.4 B.5, PS3.5 A)."""

from __future__ import annotations

from dataclasses import dataclass

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
LEGACY_CT = "1.2.840.10008.5.1.4.1.1.2.2"
CR = "1.2.840.10008.5.1.4.1.1.1"
DX_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
DX_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
DICOMDIR = "1.2.840.10008.1.3.10"

SOP_CLASSES = {CT, ENHANCED_CT, LEGACY_CT, CR, DX_PRESENTATION, DX_PROCESSING}
SINGLE_FRAME = {CT, CR, DX_PRESENTATION, DX_PROCESSING}

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a data set is written. ``opening`` are the first bytes that a compressed frame may have."""

    uid: str
    explicit: bool = True
    little: bool = True
    opening: tuple[bytes, ...] = ()

    @property
    def encapsulated(self) -> bool:
        return bool(self.opening)


JPEG = (b"\xff\xd8",)
JPEG2000 = (b"\xff\x4f", b"\x00\x00\x00\x0cjP")
RLE = tuple(bytes([count, 0, 0, 0]) for count in range(1, 16))
_COMPRESSED = {
    "50": JPEG,
    "51": JPEG,
    "57": JPEG,
    "70": JPEG,
    "80": JPEG,
    "81": JPEG,
    "90": JPEG2000,
    "91": JPEG2000,
    "201": JPEG2000,
    "202": JPEG2000,
    "203": JPEG2000,
}
SYNTAXES: dict[str, Syntax] = {
    s.uid: s
    for s in [
        Syntax("1.2.840.10008.1.2", explicit=False),
        Syntax(EXPLICIT_LITTLE),
        Syntax(DEFLATED),
        Syntax("1.2.840.10008.1.2.2", little=False),
        Syntax("1.2.840.10008.1.2.5", opening=RLE),
        *(Syntax(f"1.2.840.10008.1.2.4.{n}", opening=opening) for n, opening in _COMPRESSED.items()),
    ]
}
