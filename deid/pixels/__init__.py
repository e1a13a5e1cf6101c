"""Looking at the picture itself: text burned into the pixels, and blacking it out.

Needs numpy, Pillow and, for `detect`, the packages of the detector; nothing else in `deid` imports this part,
so the rest runs where they are not, as in a browser.
"""

from __future__ import annotations

from deid.pixels.boxes import Box, Region, covered
from deid.pixels.detector import DetectorMissing
from deid.pixels.devices import DeviceRule, RuleError, load_rules, matching
from deid.pixels.judge import Judged, judge
from deid.pixels.masking import Masked, Placed, Unmaskable, mask
from deid.pixels.suspicion import edges, evenly, odd, suspicious
from deid.pixels.view import Frame, overlaid, shown

__all__ = [
    "Box",
    "DetectorMissing",
    "DeviceRule",
    "Frame",
    "Judged",
    "Masked",
    "Placed",
    "Region",
    "RuleError",
    "Unmaskable",
    "covered",
    "detect",
    "edges",
    "evenly",
    "judge",
    "load_rules",
    "mask",
    "matching",
    "odd",
    "overlaid",
    "shown",
    "suspicious",
]


def detect(frame: Frame, *, inverted: bool = False) -> list[Box]:
    """Text in one frame of stored values: (rows, columns), or (rows, columns, 3) for colour.

    Any integer type, signed or not. `inverted` for MONOCHROME1. Raises DetectorMissing. About 0.5 s for a CT
    slice and 1 s for a radiograph of 1,024 × 1,024 on one core.
    """
    from deid.pixels.detector import find
    from deid.pixels.view import for_detector

    rows, columns = frame.shape[:2]
    return find(for_detector(frame, inverted=inverted), rows=rows, columns=columns)
