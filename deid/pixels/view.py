"""Frames as pictures: for the eye of a person, and for the detector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.utils import iter_pixels

from deid import codestream
from deid.syntax import SYNTAXES

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
    words = _words(frame, dataset, number)
    drawn_on = [] if words is None else list(_used(words, dataset))
    if not drawn_on:
        return frame
    drawn: Frame = frame.copy()
    bright = frame.min() if dataset.get("PhotometricInterpretation") == "MONOCHROME1" else frame.max()
    for start, used in drawn_on:
        drawn.reshape(-1)[start : start + len(used)][used] = bright
    return drawn


def hides(frame: Frame, dataset: Dataset, number: int = 0) -> bool:
    """Whether something sits in the unused bits of the frame's words. What stands for no pixel (Pixel Padding
    Value) is nothing.
    """
    words = _words(frame, dataset, number)
    return words is not None and any(True for _ in _used(words, dataset))


def _words(frame: Frame, dataset: Dataset, number: int) -> NDArray[Any] | None:
    """The stored words of a grey frame, unsigned, all bits of them; None where all their bits are used."""
    allocated, stored = int(dataset.BitsAllocated), int(dataset.BitsStored)
    if frame.ndim != 2 or allocated not in {8, 16, 32} or stored >= allocated:
        return None
    syntax, size = dataset.file_meta.TransferSyntaxUID, allocated // 8
    if syntax.is_encapsulated:
        return _decoded(dataset, number, f"u{size}") if _precision(dataset, number) > stored else None
    order = "<" if syntax.is_little_endian else ">"
    start = number * frame.size * size
    return np.frombuffer(dataset.PixelData, dtype=f"{order}u{size}", count=frame.size, offset=start)


def _decoded(dataset: Dataset, number: int, kind: str) -> NDArray[Any]:
    """The words of a compressed frame as they come out; pydicom clears bits that are not used."""
    (words,) = iter_pixels(dataset, indices=[number], raw=True, correct_unused_bits=False)
    return np.ascontiguousarray(words).reshape(-1).view(kind)


def _precision(dataset: Dataset, number: int) -> int:
    """Bits that the code stream gives to a value; those allocated, where it does not say."""
    count = int(dataset.get("NumberOfFrames") or 1)
    stream = get_frame(dataset.PixelData, number, number_of_frames=count)
    said = codestream.precision(stream, SYNTAXES[str(dataset.file_meta.TransferSyntaxUID)].opening)
    return said or int(dataset.BitsAllocated)


def _used(words: NDArray[Any], dataset: Dataset) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Stretches in which unused bits are used: where they begin, and which words have such bits."""
    if _plain(words, dataset):
        return
    for start in range(0, words.size, WORDS_AT_ONCE):
        used = _beside(words[start : start + WORDS_AT_ONCE], dataset)
        if used.any():
            yield start, used


def _plain(words: NDArray[Any], dataset: Dataset) -> bool:
    """Whether the least and the greatest word say already that no unused bit is used."""
    top, stored = int(dataset.get("HighBit", 15)), int(dataset.get("BitsStored", 16))
    if top != stored - 1:
        return False
    if not dataset.get("PixelRepresentation"):
        return int(words.max()) < 1 << stored
    signed = words.view(words.dtype.str.replace("u", "i"))
    return -(1 << top) <= int(signed.min()) and int(signed.max()) < 1 << top


def _beside(words: NDArray[Any], dataset: Dataset) -> NDArray[np.bool_]:
    """Which words have bits set beside those that the value is stored in; a sign that goes on is none, nor a
    padding.
    """
    top, stored = int(dataset.get("HighBit", 15)), int(dataset.get("BitsStored", 16))
    above = words >> (top + 1)
    used: NDArray[np.bool_] = above != 0
    if dataset.get("PixelRepresentation"):
        used &= above != (1 << (8 * words.itemsize - 1 - top)) - 1
    used |= (words & ((1 << max(0, top + 1 - stored)) - 1)) != 0
    padding = dataset.get("PixelPaddingValue")
    if isinstance(padding, int):
        limit = dataset.get("PixelPaddingRangeLimit")
        for value in {padding, limit if isinstance(limit, int) else padding}:
            used &= words != value % (1 << 8 * words.itemsize)
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
