"""Decoding pixels, and small pictures of them."""

import hashlib
import io
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels import iter_pixels
from pydicom.pixels.processing import apply_rescale

MAX_SIDE = 20_000
MAX_FRAME_BYTES = 512 * 1024 * 1024
MAX_FRAMES = 5_000
PREVIEW_SIDE = 512
LUNG = (-600.0, 1500.0)


class Undecodable(Exception):
    """The pixels cannot be decoded, or declare a size that nobody should try to."""


def frames(dataset: Dataset, indices: list[int] | None = None) -> Iterator[NDArray[np.generic]]:
    """The stored values, frame by frame, each of shape (rows, columns) or (rows, columns, samples)."""
    guard(dataset)
    try:
        yield from iter_pixels(dataset, indices=indices, raw=False)
    except MemoryError:
        raise
    except Exception:
        raise Undecodable from None


def guard(dataset: Dataset) -> None:
    """Raises Undecodable before memory is asked for, if the declared size is beyond reason."""
    try:
        rows, columns = int(dataset.Rows), int(dataset.Columns)
        samples, bits = int(dataset.SamplesPerPixel), int(dataset.BitsAllocated)
        count = int(dataset.get("NumberOfFrames") or 1)
    except (AttributeError, TypeError, ValueError):
        raise Undecodable from None
    size = rows * columns * samples * (bits // 8)
    if not (0 < rows <= MAX_SIDE and 0 < columns <= MAX_SIDE and 0 < size <= MAX_FRAME_BYTES):
        raise Undecodable
    if not 0 < count <= MAX_FRAMES:
        raise Undecodable


def check(dataset: Dataset, see: Callable[[int, NDArray[np.generic]], None] | None = None) -> str:
    """Decode every frame; hex SHA-256 of the values, little-endian, so that it does not depend on the
    encoding. `see` is given each frame's number and values.

    Raises Undecodable when a frame does not come out in its declared shape; what `see` raises.
    """
    shape = int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0)
    count, digest = 0, hashlib.sha256()
    for frame in frames(dataset):
        if frame.shape[:2] != shape:
            raise Undecodable
        digest.update(np.ascontiguousarray(frame, dtype=frame.dtype.newbyteorder("<")).data)
        if see is not None:
            see(count, frame)
        count += 1
    if count != int(dataset.get("NumberOfFrames") or 1):
        raise Undecodable
    return digest.hexdigest()


def preview(dataset: Dataset) -> bytes:
    """A PNG, at most 512 px a side: CT in a lung window, radiographs from their 1st to 99th percentile."""
    middle = (int(dataset.get("NumberOfFrames") or 1) - 1) // 2
    raw = next(frames(dataset, [middle]))
    if raw.ndim == 3:
        raw = raw[..., :3].mean(axis=-1)
    step = max(1, max(raw.shape) // (2 * PREVIEW_SIDE))
    values = _rescaled(raw[::step, ::step], dataset)
    if dataset.get("Modality") == "CT":
        low, high = LUNG[0] - LUNG[1] / 2, LUNG[0] + LUNG[1] / 2
    else:
        low, high = (float(edge) for edge in np.percentile(values, (1, 99)))
    grey = np.clip((values - low) / max(high - low, 1e-6), 0, 1)
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        grey = 1 - grey
    return png((grey * 255 + 0.5).astype(np.uint8), side=PREVIEW_SIDE)


def png(picture: NDArray[np.uint8], *, side: int) -> bytes:
    """A picture (rows, columns) or (rows, columns, 3) as PNG, at most `side` pixels a side."""
    image = Image.fromarray(picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=side <= PREVIEW_SIDE)
    return out.getvalue()


def _rescaled(raw: NDArray[np.generic], dataset: Dataset) -> NDArray[np.float32]:
    try:
        return np.asarray(apply_rescale(raw, dataset), dtype=np.float32)
    except Exception:
        raise Undecodable from None
