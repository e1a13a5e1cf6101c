"""Looking at the picture itself: text burned into the pixels, and blacking it out.

Needs numpy, Pillow and, for `detect`, the packages of the detector; nothing else in `deid` imports this part,
so the rest runs where they are not, as in a browser.
"""

from __future__ import annotations

from dataclasses import replace

from deid.pixels.boxes import Box, Boxed, Region, Repeated, covered, repeated
from deid.pixels.detector import DetectorMissing
from deid.pixels.devices import DeviceRule, RuleError, load_rules, matching
from deid.pixels.judge import Judged, judge
from deid.pixels.masking import Masked, Placed, Unmaskable, mask
from deid.pixels.suspicion import edges, evenly, odd, suspicious
from deid.pixels.view import Frame, hides, overlaid, shown

FINE = 1536
QUARTER = 0.55

__all__ = [
    "Box",
    "Boxed",
    "DetectorMissing",
    "DeviceRule",
    "Frame",
    "Judged",
    "Masked",
    "Placed",
    "Region",
    "Repeated",
    "RuleError",
    "Unmaskable",
    "covered",
    "detect",
    "edges",
    "evenly",
    "hides",
    "judge",
    "load_rules",
    "mask",
    "matching",
    "odd",
    "overlaid",
    "repeated",
    "shown",
    "suspicious",
]


def detect(frame: Frame, *, inverted: bool = False) -> list[Box]:
    """Text in one frame of stored values: (rows, columns), or (rows, columns, 3) for colour.

    Any integer type, signed or not. `inverted` for MONOCHROME1. A frame longer than 1,536 pixels is looked at
    whole and in four overlapping quarters, so that small letters in its corners are seen. Raises
    DetectorMissing. About 0.6 s for a CT slice, four times as much for a large radiograph, on one core.
    """
    rows, columns = frame.shape[:2]
    boxes = _found(frame, Region(0, 0, columns, rows), inverted)
    if max(rows, columns) <= FINE:
        return boxes
    across, down = columns * QUARTER, rows * QUARTER
    fine = [
        box
        for y in (0, rows - int(down))
        for x in (0, columns - int(across))
        for box in _found(frame, Region(x, y, int(across), int(down)), inverted)
    ]
    return [*fine, *(box for box in boxes if not covered(box.region, [other.region for other in fine]))]


def _found(frame: Frame, part: Region, inverted: bool) -> list[Box]:
    from deid.pixels.detector import find
    from deid.pixels.view import for_detector

    window = frame[part.y : part.y + part.height, part.x : part.x + part.width]
    boxes = find(for_detector(window, inverted=inverted), rows=part.height, columns=part.width)
    return [
        replace(box, region=replace(box.region, x=box.region.x + part.x, y=box.region.y + part.y))
        for box in boxes
    ]
