"""Which frames of a CT are worth the detector's half second. Radiographs are always looked at.

Text comes into a CT in three ways, and each is met by another rule:

- The object is not what the scanner reconstructed (derived, secondary, 8 bits, colour, something in unused
  bits of its pixels), or says itself that text is burned in: `suspicious`, and every frame is looked at.
- A console or a workstation stamps the whole series: `evenly` takes eight frames, the first and last too.
- Single frames are stamped: letters add hundreds of hard edges to a frame that its neighbours do not have;
  `edges` and `odd` find them, at a millisecond a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import median

import numpy as np
from pydicom.dataset import Dataset

from deid.pixels.view import ROWS_AT_ONCE, Frame

SAMPLE = 8
STEP_HU = 800.0
NEAR = 4
MORE, AT_LEAST = 1.05, 100
SIGNS = frozenset({"overlay_in_pixels", "high_bit"})


def suspicious(dataset: Dataset, findings: Collection[str] = ()) -> str:
    """Why every frame is to be looked at: a code, or empty for a CT that only a sample is taken of.

    findings: codes that `strip` gave for the file.
    """
    if str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        return "said"
    if dataset.get("Modality") != "CT":
        return "radiograph"
    kind = [str(part).upper() for part in dataset.get("ImageType", None) or []]
    if kind[:1] == ["DERIVED"] or kind[1:2] == ["SECONDARY"] or "ConversionType" in dataset:
        return "derived"
    if int(dataset.get("SamplesPerPixel") or 1) > 1 or int(dataset.get("BitsStored") or 16) <= 8:
        return "picture"
    return "bits" if SIGNS & set(findings) else ""


def evenly(total: int, count: int = SAMPLE) -> frozenset[int]:
    """Up to `count` indices of 0 … total − 1 at even distances, the first and the last among them."""
    if total <= count:
        return frozenset(range(total))
    return frozenset(round(i * (total - 1) / (count - 1)) for i in range(count))


def edges(frame: Frame, *, slope: float = 1.0) -> int:
    """How many pixels differ from their right neighbour by more than 800 HU; `slope` in HU a stored value."""
    step = STEP_HU / (abs(slope) or 1.0)
    count = 0
    for start in range(0, len(frame), ROWS_AT_ONCE):
        values = frame[start : start + ROWS_AT_ONCE].astype(np.int32)
        count += int(np.count_nonzero(np.abs(np.diff(values, axis=1)) > step))
    return count


def odd(counts: Sequence[int]) -> list[int]:
    """Indices of frames, in the order of their positions, that have clearly more edges than those around."""
    found = []
    for index, count in enumerate(counts):
        around = [*counts[max(0, index - NEAR) : index], *counts[index + 1 : index + 1 + NEAR]]
        if around and count > MORE * median(around) + AT_LEAST:
            found.append(index)
    return found
