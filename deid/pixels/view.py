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
LONGEST = 768
MOST_ENLARGED = 2.0
MULTIPLE = 32
ROWS_AT_ONCE = 256
WORDS_AT_ONCE = 1 << 20


def shown(frame: Frame, *, inverted: bool = False, whole: bool = False) -> Picture:
    """Grey picture (rows, columns) of stored values; colour frames (rows, columns, 3) stay as they are.

    From the 1st to the 99th percentile, or over the `whole` range, where text at an extreme value stands out.
    `inverted` for MONOCHROME1, where high values are dark.
    """
    if frame.ndim == 3:
        return np.ascontiguousarray(frame[..., :3], dtype=np.uint8)
    grey = np.empty(frame.shape, dtype=np.uint8)
    _stretch(frame, _whole(frame) if whole else _usual(frame), grey)
    return 255 - grey if inverted else grey


def for_detector(frame: Frame, *, inverted: bool = False) -> Picture:
    """Picture (rows, columns, 3) in a size that the detector likes: the frame in three windows, so that text
    is visible in one of them: the usual one, the whole range, and the lower half of it.

    The short side comes up to 736 pixels, but is at most doubled; the long side comes down to 768,
    where the detector sees letters of all sizes best.
    """
    frame = _reduced(frame)
    if frame.ndim == 3:
        return _fitted(shown(frame))
    usual, (low, high) = _usual(frame), _whole(frame)
    picture = np.empty((*frame.shape, 3), dtype=np.uint8)
    for channel, window in enumerate((usual, (low, high), (low, (usual[1] + high) / 2))):
        _stretch(frame, window, picture[..., channel])
    return _fitted(255 - picture if inverted else picture)


def overlaid(frame: Frame, dataset: Dataset, number: int = 0) -> Frame:
    """The frame with what sits in the unused bits of its words (an old form of overlay) drawn in white.

    Returns the frame itself when there is none, which is the rule. number: which frame of the data set it is.
    """
    if frame.ndim != 2 or dataset.BitsAllocated != 16 or dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return frame
    order = "<u2" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">u2"
    words = np.frombuffer(dataset.PixelData, dtype=order, count=frame.size, offset=number * frame.size * 2)
    drawn_on = [
        (start, used)
        for start in range(0, frame.size, WORDS_AT_ONCE)
        if (used := _beside(words[start : start + WORDS_AT_ONCE], dataset)).any()
    ]
    if not drawn_on:
        return frame
    drawn: Frame = frame.copy()
    bright = frame.min() if dataset.get("PhotometricInterpretation") == "MONOCHROME1" else frame.max()
    for start, used in drawn_on:
        drawn.reshape(-1)[start : start + len(used)][used] = bright
    return drawn


def _beside(words: NDArray[np.uint16], dataset: Dataset) -> NDArray[np.bool_]:
    """Which words have bits set beside those that the value is stored in; a sign that goes on is none."""
    top, stored = int(dataset.get("HighBit", 15)), int(dataset.get("BitsStored", 16))
    above = words >> (top + 1)
    used: NDArray[np.bool_] = above != 0
    if dataset.get("PixelRepresentation"):
        used &= above != (1 << (15 - top)) - 1
    used |= (words & ((1 << max(0, top + 1 - stored)) - 1)) != 0
    return used


def _reduced(frame: Frame) -> Frame:
    """Means over squares of pixels, where the frame is at least twice as long as it will be shown."""
    step = max(frame.shape[:2]) // LONGEST
    if step < 2 or min(frame.shape[:2]) < step:
        return frame
    rows, columns = frame.shape[0] // step, frame.shape[1] // step
    means = np.zeros((rows, columns, *frame.shape[2:]), dtype=np.float32)
    for down in range(step):
        for across in range(step):
            means += frame[down : rows * step : step, across : columns * step : step]
    reduced: Frame = means / (step * step)
    return reduced


def _fitted(picture: Picture) -> Picture:
    rows, columns = picture.shape[:2]
    wanted = max(1.0, min(MOST_ENLARGED, COMFORTABLE / min(rows, columns)))
    scale = min(LONGEST / max(rows, columns), wanted)
    width, height = (max(MULTIPLE, round(side * scale / MULTIPLE) * MULTIPLE) for side in (columns, rows))
    how = Image.Resampling.BILINEAR if scale >= 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(picture).resize((width, height), how))


def _whole(frame: Frame) -> tuple[float, float]:
    return float(frame.min()), float(frame.max())


def _usual(frame: Frame) -> tuple[float, float]:
    low, high = np.percentile(frame[::2, ::2], EDGES)
    return float(low), float(high)


def _stretch(frame: Frame, window: tuple[float, float], grey: Picture) -> None:
    """Write the frame in this window into `grey`, some rows at a time, so that little memory is needed."""
    low, high = window
    for start in range(0, len(frame), ROWS_AT_ONCE):
        rows = frame[start : start + ROWS_AT_ONCE].astype(np.float32)
        rows = (rows - low) * (255 / max(high - low, 1e-6))
        grey[start : start + ROWS_AT_ONCE] = np.clip(rows, 0, 255)
