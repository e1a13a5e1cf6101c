"""Look-up tables and histograms: as long as their description says, or not at all (PS3.3 C.7.6.3.1.5,
C.7.6.16.2.11, C.11.1, C.11.5). A palette is one of images whose colours it gives.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from deid.stream import Element

PHOTOMETRIC = 0x00280004
PALETTE = {0x00281201: 0x00281101, 0x00281202: 0x00281102, 0x00281203: 0x00281103}
LUT, LUT_DESCRIPTOR = 0x00283006, 0x00283002
REAL_WORLD, FIRST, LAST = 0x00409212, 0x00409216, 0x00409211
HISTOGRAM, BINS = 0x00603020, 0x00603002
DATA = frozenset({*PALETTE, LUT, REAL_WORLD, HISTOGRAM})
# What decides about them.
DESCRIBED_BY = frozenset({*PALETTE.values(), LUT_DESCRIPTOR, FIRST, LAST, BINS})


def unexplained(elements: Sequence[Element], value: Callable[[Element], bytes]) -> frozenset[int]:
    """Tags of the tables of one data set or item that its other elements do not explain."""
    found = {element.tag: element for element in elements}
    present = DATA.intersection(found)
    return frozenset(tag for tag in present if not _explained(tag, found, value)) if present else present


def _explained(tag: int, found: dict[int, Element], value: Callable[[Element], bytes]) -> bool:
    def numbers(described_by: int) -> list[int]:
        element = found.get(described_by)
        raw = value(element) if element is not None else b""
        order = "<" if element is None or element.little else ">"
        return list(struct.unpack(f"{order}{len(raw) // 2}H", raw[: len(raw) // 2 * 2]))

    length = found[tag].end - found[tag].begin
    if not length:
        return True
    if tag == HISTOGRAM:
        return [length] == [4 * count for count in numbers(BINS)]
    if tag == REAL_WORLD:
        return [length] == [
            8 * ((last - first) % 65536 + 1)
            for first, last in zip(numbers(FIRST), numbers(LAST), strict=False)
        ]
    if tag in PALETTE:
        photometric = found.get(PHOTOMETRIC)
        if photometric is None or value(photometric).strip(b" \0") != b"PALETTE COLOR":
            return False
    described = numbers(PALETTE.get(tag, LUT_DESCRIPTOR))
    if len(described) != 3:
        return False
    count, bits = described[0] or 65536, described[2]
    return length == 2 * count or (bits == 8 and length == count + count % 2)
