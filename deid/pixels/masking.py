"""Blacking out regions of a DICOM file; every other pixel stays as it was, and that is proved.

Frames are decoded, the regions filled with the frame's own black, and the rest compared value by value with
what a reader of the new file decodes. An uncompressed file is changed in place, RLE stays RLE; any other
compression becomes JPEG 2000 lossless, or uncompressed where that does not come back equal. What was lossy
stays marked as lossy (PS3.3 C.7.6.1.1.5). Recorded as PS3.15 E.3.1 asks: Burned In Annotation NO, option
113101, and how the image was derived. Image Type stays, since what is left are the acquired values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.pixels.utils import iter_pixels
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from deid.pixels.boxes import Region

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
METHOD = "burned text masked"
OPTION = ("113101", "DCM", "Clean Pixel Data Option")

Values = NDArray[Any]
Hole = NDArray[np.bool_]


class Unmaskable(Exception):
    """The pixels do not decode, are of a kind that is not masked, or did not come back equal."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A region, and the frame that it is on; None: on every frame of the file but those of `without`."""

    region: Region
    frame: int | None = None
    without: frozenset[int] = frozenset()

    def on(self, frame: int) -> bool:
        """Whether the region is on this frame."""
        return self.frame in (None, frame) and frame not in self.without


@dataclass(frozen=True)
class Masked:
    """A masked file. Hashes are hex SHA-256: of the pixel bytes as `strip` takes them, of all decoded values
    (little-endian) before and after, and of the values outside the regions, the same before and after.
    """

    data: bytes
    dataset: FileDataset
    regions: tuple[Placed, ...]
    frames: int
    pixel_sha256: str
    decoded_sha256_before: str
    decoded_sha256: str
    outside_sha256: str
    syntax_before: str
    syntax: str


def mask(data: bytes, regions: Sequence[Placed]) -> Masked:
    """Fill the regions with black. Parts of a region outside the frame are ignored. Raises Unmaskable.

    Memory: the file, and its decoded frames twice.
    """
    dataset = dcmread(BytesIO(data))
    before = _decoded(dataset)
    after, holes = _filled(before, regions, str(dataset.PhotometricInterpretation))
    if not any(hole.any() for hole in holes):
        raise Unmaskable("no region lies in the picture")
    syntax_before = str(dataset.file_meta.TransferSyntaxUID)
    _told(dataset)
    written, read = _written(dataset, after, holes)
    outside = _outside(before, holes)
    if outside != _outside(_decoded(read), holes):
        raise Unmaskable("pixels outside the regions changed")
    return Masked(
        data=written,
        dataset=read,
        regions=tuple(regions),
        frames=len(after),
        pixel_sha256=hashlib.sha256(_pixel_bytes(read)).hexdigest(),
        decoded_sha256_before=_digest(before),
        decoded_sha256=_digest(after),
        outside_sha256=outside,
        syntax_before=syntax_before,
        syntax=str(read.file_meta.TransferSyntaxUID),
    )


def _decoded(dataset: Dataset) -> list[Values]:
    if dataset.get("PhotometricInterpretation") not in (*MONOCHROME, *COLOUR):
        raise Unmaskable("photometric interpretation")
    if dataset.get("BitsAllocated") not in (8, 16):
        raise Unmaskable("bits allocated")
    try:
        return [np.array(frame) for frame in iter_pixels(dataset, raw=False)]
    except MemoryError:
        raise
    except Exception:
        raise Unmaskable("the pixels do not decode") from None


def _filled(
    frames: Sequence[Values], regions: Sequence[Placed], photometric: str
) -> tuple[list[Values], list[Hole]]:
    """Copies with the regions in black, and where they are (rows, columns), frame by frame."""
    after, holes = [], []
    for number, frame in enumerate(frames):
        rows, columns = frame.shape[:2]
        hole = np.zeros((rows, columns), dtype=np.bool_)
        for placed in regions:
            inside = placed.region.within(rows=rows, columns=columns)
            if inside and placed.on(number):
                hole[inside.y : inside.y + inside.height, inside.x : inside.x + inside.width] = True
        copy = frame.copy()
        copy[hole] = _black(frame, hole, photometric)
        after.append(copy)
        holes.append(hole)
    return after, holes


def _black(frame: Values, hole: Hole, photometric: str) -> int:
    """The darkest value that the frame has outside the regions, so that windows and ranges stay true."""
    rest = frame[~hole]
    if frame.ndim == 3 or not rest.size:
        return 0
    return int(rest.max() if photometric == "MONOCHROME1" else rest.min())


def _written(
    dataset: FileDataset, frames: Sequence[Values], holes: Sequence[Hole]
) -> tuple[bytes, FileDataset]:
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated and (done := _compressed(dataset, frames)):
        return done
    if frames[0].ndim == 2 and not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        _put(dataset, _in_place(dataset, frames, holes))
    else:
        _put(dataset, _plain(dataset, frames))
    written, read = _saved(dataset)
    if not _same(_decoded(read), frames):
        raise Unmaskable("pixels did not come back equal")
    return written, read


def _compressed(dataset: FileDataset, frames: Sequence[Values]) -> tuple[bytes, FileDataset] | None:
    """The file, losslessly compressed; None when no encoder gives the values back."""
    syntax = dataset.file_meta.TransferSyntaxUID
    lossless = RLELossless if syntax == RLELossless else JPEG2000Lossless
    try:
        values = _joined(dataset, frames)
        dataset.compress(lossless, values, generate_instance_uid=False)
        written, read = _saved(dataset)
        return (written, read) if _same(_decoded(read), frames) else None
    except MemoryError:
        raise
    except Exception:
        return None


def _plain(dataset: FileDataset, frames: Sequence[Values]) -> bytes:
    """The values without compression, in the file's byte order."""
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
            dataset.pop(keyword, None)
    values = _joined(dataset, frames)
    return values.astype(values.dtype.newbyteorder(_order(dataset))).tobytes()


def _in_place(dataset: FileDataset, frames: Sequence[Values], holes: Sequence[Hole]) -> bytes:
    """The pixel bytes as they are, with the regions' words replaced; unused bits elsewhere stay too."""
    kind = np.dtype(frames[0].dtype).newbyteorder(_order(dataset))
    raw = bytearray(dataset.PixelData)
    words = np.frombuffer(raw, dtype=kind, count=sum(frame.size for frame in frames))
    for part, frame, hole in zip(np.split(words, len(frames)), frames, holes, strict=True):
        part.reshape(frame.shape)[hole] = frame[hole]
    return bytes(raw)


def _joined(dataset: FileDataset, frames: Sequence[Values]) -> Values:
    if frames[0].ndim == 3:
        dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "RGB", 0
    return frames[0] if len(frames) == 1 else np.stack(frames)


def _order(dataset: FileDataset) -> Literal["<", ">"]:
    return "<" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">"


def _put(dataset: FileDataset, value: bytes) -> None:
    element = dataset["PixelData"]
    element.value, element.is_undefined_length = value + b"\0" * (len(value) % 2), False
    wide = dataset.BitsAllocated == 16 or dataset.file_meta.TransferSyntaxUID.is_implicit_VR
    element.VR = "OW" if wide else "OB"


def _saved(dataset: FileDataset) -> tuple[bytes, FileDataset]:
    out = BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    written = out.getvalue()
    return written, dcmread(BytesIO(written))


def _told(dataset: Dataset) -> None:
    dataset.BurnedInAnnotation = "NO"
    methods = dataset.get("DeidentificationMethod") or []
    methods = [methods] if isinstance(methods, str) else list(methods)
    dataset.DeidentificationMethod = [*(m for m in methods if m != METHOD), METHOD]
    items = list(dataset.get("DeidentificationMethodCodeSequence") or [])
    if not any(item.get("CodeValue") == OPTION[0] for item in items):
        option = Dataset()
        option.CodeValue, option.CodingSchemeDesignator, option.CodeMeaning = OPTION
        items.append(option)
    dataset.DeidentificationMethodCodeSequence = Items(items)
    said = str(dataset.get("DerivationDescription") or "").strip()
    if METHOD not in said:
        dataset.DerivationDescription = f"{said}; {METHOD}"[-1024:] if said else METHOD


def _same(found: Sequence[Values], wanted: Sequence[Values]) -> bool:
    return len(found) == len(wanted) and all(map(np.array_equal, found, wanted))


def _digest(frames: Sequence[Values]) -> str:
    return _hashed(iter(frames))


def _outside(frames: Sequence[Values], holes: Sequence[Hole]) -> str:
    return _hashed(frame[~hole] for frame, hole in zip(frames, holes, strict=True))


def _hashed(parts: Iterator[Values]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part, dtype=part.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def _pixel_bytes(dataset: FileDataset) -> bytes:
    value: bytes = dataset.PixelData
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return value
    pixels = (
        dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * int(dataset.get("NumberOfFrames") or 1)
    )
    return value[: pixels * dataset.BitsAllocated // 8]
