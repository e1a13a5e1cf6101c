"""Frames as pictures: for the eye of a person, and for the detector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset

Frame = NDArray[Any]
Picture = NDArray[np.uint8]

EDGES = (1.0, 99.0)
COMFORTABLE = 736
LONGEST = 1536
MOST_ENLARGED = 2.0
MULTIPLE = 32


def shown(frame: Frame, *, inverted: bool = False, whole: bool = False) -> Picture:
    """Grey picture (rows, columns) of stored values; colour frames (rows, columns, 3) stay as they are.

    From the 1st to the 99th percentile, or over the `whole` range, where text at an extreme value stands out.
    `inverted` for MONOCHROME1, where high values are dark.
    """
    if frame.ndim == 3:
        return np.ascontiguousarray(frame[..., :3], dtype=np.uint8)
    values = frame.astype(np.float32)
    edges = (values.min(), values.max()) if whole else np.percentile(values[::2, ::2], EDGES)
    grey = _stretched(values, float(edges[0]), float(edges[1]))
    return 255 - grey if inverted else grey


def for_detector(frame: Frame, *, inverted: bool = False) -> Picture:
    """Picture (rows, columns, 3): the same frame in three windows, so that text is visible in one of them.

    Usual window, whole range, and the lower half of the whole range.
    """
    if frame.ndim == 3:
        return shown(frame)
    values = frame.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    usual = np.percentile(values[::2, ::2], EDGES)
    windows = ((float(usual[0]), float(usual[1])), (low, high), (low, (float(usual[1]) + high) / 2))
    picture: Picture = np.stack([_stretched(values, *window) for window in windows], axis=-1)
    return 255 - picture if inverted else picture


def overlaid(frame: Frame, dataset: Dataset, number: int = 0) -> Frame:
    """The frame with what sits in the unused bits of its words (an old form of overlay) drawn in white.

    Returns the frame itself when there is none, which is the rule. number: which frame of the data set it is.
    """
    if frame.ndim != 2 or dataset.BitsAllocated != 16 or dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return frame
    order = "<u2" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">u2"
    words = np.frombuffer(dataset.PixelData, dtype=order, count=frame.size, offset=number * frame.size * 2)
    top, stored = int(dataset.get("HighBit", 15)), int(dataset.get("BitsStored", 16))
    above = words >> (top + 1)
    used = above != 0
    if dataset.get("PixelRepresentation"):
        used &= above != (1 << (15 - top)) - 1
    used |= (words & ((1 << max(0, top + 1 - stored)) - 1)) != 0
    if not used.any():
        return frame
    drawn: Frame = frame.copy()
    bright = frame.min() if dataset.get("PhotometricInterpretation") == "MONOCHROME1" else frame.max()
    drawn[used.reshape(frame.shape)] = bright
    return drawn


def fitted(picture: Picture) -> tuple[Picture, float, float]:
    """The picture in a size the detector likes, and how many original pixels one of it is, across and down.

    The short side comes up to 736 pixels, but at most doubled; the long side down to 1,536.
    """
    rows, columns = picture.shape[:2]
    wanted = max(1.0, min(MOST_ENLARGED, COMFORTABLE / min(rows, columns)))
    scale = min(LONGEST / max(rows, columns), wanted)
    width, height = (max(MULTIPLE, round(side * scale / MULTIPLE) * MULTIPLE) for side in (columns, rows))
    how = Image.Resampling.BILINEAR if scale >= 1 else Image.Resampling.BOX
    resized = np.asarray(Image.fromarray(picture).resize((width, height), how))
    return resized, columns / width, rows / height


def _stretched(values: NDArray[np.float32], low: float, high: float) -> Picture:
    scaled = (values - low) * (255 / max(high - low, 1e-6))
    grey: Picture = np.clip(scaled, 0, 255).astype(np.uint8)
    return grey
