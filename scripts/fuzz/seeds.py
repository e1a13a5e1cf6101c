"""The files that damage starts from: every accepted object in every family of transfer syntaxes, with a
person planted all over, also beside compressed pixels; or files from a folder.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from pydicom.uid import (
    UID,
    DigitalXRayImageStorageForProcessing,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    LegacyConvertedEnhancedCTImageStorage,
    RLELossless,
)

from phantom import PERSONS, ct_series, planted_values, radiograph

DAY = date(2020, 3, 2)
LARGEST = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seed:
    """A file and what identifies in it; ``secrets`` empty where nobody knows."""

    name: str
    data: bytes
    secrets: tuple[str, ...] = ()


@cache
def made() -> tuple[Seed, ...]:
    """The project's own seeds, of a few kB each."""
    plain = ("explicit", "implicit", "bigendian", "deflated", "rle", "jpeg", "jpeg2000")
    seeds = [_seed(f"ct-{name}", number, _slice(number, name)) for number, name in enumerate(plain)]
    seeds += [
        _seed("dx", 7, _radiograph(7)),
        _seed("cr", 8, _radiograph(8, "CR")),
        _seed("dx-processing", 9, _as_class(_radiograph(9), DigitalXRayImageStorageForProcessing)),
        _seed("enhanced", 10, _enhanced(_slice(10, "explicit"), EnhancedCTImageStorage)),
        _seed("legacy", 11, _enhanced(_slice(11, "implicit"), LegacyConvertedEnhancedCTImageStorage)),
    ]
    for number, (name, syntax, plant) in enumerate(BESIDE, start=3):
        words = f"{PERSONS[number].family} {PERSONS[number].patient_id}".encode()
        ds = _read(_slice(number, name))
        frame = plant(next(iter(frames_of(ds))), words)
        seeds.append(_seed(f"{name}-beside-{number}", number, _framed(ds, syntax, [frame])))
    ds = _read(_enhanced(_slice(12, "explicit"), EnhancedCTImageStorage))
    frames = [_jpegls(f"{PERSONS[12].given} {number}".encode()) for number in range(3)]
    seeds.append(_seed("enhanced-jpegls", 12, _framed(ds, JPEGLSLossless, frames, extended=True)))
    return tuple(seeds)


def found_in(folder: Path) -> Iterator[Seed]:
    """Files of a folder that are not too large to be changed thousands of times."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield Seed(path.relative_to(folder).as_posix(), path.read_bytes())


def _seed(name: str, number: int, data: bytes) -> Seed:
    return Seed(name, data, tuple(planted_values(PERSONS[number])))


def _slice(number: int, syntax: str) -> bytes:
    vendor = ("siemens", "ge", "philips", "canon", "toshiba")[number % 5]
    return ct_series(
        seed=number,
        slices=1,
        matrix=32,
        vendor=vendor,
        person=PERSONS[number],
        study_date=DAY,
        transfer_syntax=syntax,
    )[0]


def _radiograph(number: int, modality: Literal["DX", "CR"] = "DX") -> bytes:
    vendor = ("dk", "samsung", "canon")[number % 3]
    return radiograph(
        seed=number, rows=64, vendor=vendor, modality=modality, person=PERSONS[number], study_date=DAY
    )


def frames_of(ds: Dataset) -> list[bytes]:
    return list(generate_frames(ds.PixelData, number_of_frames=1))


def _read(data: bytes) -> FileDataset:
    return dcmread(BytesIO(data))


def _bytes(ds: Dataset) -> bytes:
    out = BytesIO()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _as_class(data: bytes, sop_class: UID) -> bytes:
    ds = _read(data)
    ds.SOPClassUID = sop_class
    return _bytes(ds)


def _enhanced(data: bytes, sop_class: UID) -> bytes:
    """Three frames, with functional groups that nest, and sequences of undefined length."""
    ds = _read(data)
    ds.SOPClassUID = sop_class
    ds.NumberOfFrames = 3
    ds.PixelData = ds.PixelData * 3
    shared = Dataset()
    measures = Dataset()
    measures.SliceThickness, measures.PixelSpacing = "1.0", [0.7, 0.7]
    shared.PixelMeasuresSequence = [measures]
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [_frame(ds, number) for number in range(3)]
    for element in ds.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = True
    return _bytes(ds)


def _frame(ds: Dataset, number: int) -> Dataset:
    content, place, source, frame = Dataset(), Dataset(), Dataset(), Dataset()
    content.FrameAcquisitionDateTime = f"{DAY:%Y%m%d}09123{number}.5"
    content.FrameComments = f"{ds.PatientName} {number}"
    place.ImagePositionPatient = [0, 0, number]
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = ds.SOPClassUID, f"1.2.3.{number}"
    frame.FrameContentSequence, frame.PlanePositionSequence = [content], [place]
    frame.ReferencedImageSequence = [source]
    return frame


def _framed(ds: FileDataset, syntax: UID, frames: list[bytes], *, extended: bool = False) -> bytes:
    even = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    ds.file_meta.TransferSyntaxUID = syntax if syntax.is_encapsulated else ExplicitVRLittleEndian
    if extended:
        value, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(even)
    else:
        value = encapsulate(even, fragments_per_frame=2)
    ds.add_new(0x7FE00010, "OB", value)
    ds["PixelData"].is_undefined_length = True
    return _bytes(ds)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _jpegls(words: bytes) -> bytes:
    """Segments as JPEG-LS has them (ITU-T T.87 C). What is coded is no picture; nobody here decodes it."""
    head = _segment(0xF7, bytes([12, 0, 32, 0, 32, 1, 1, 0x11, 0])) + _segment(0xFE, words)
    return (
        b"\xff\xd8" + head + _segment(0xDA, bytes([1, 1, 0, 0, 0, 0])) + b"coded\xff\x7fdata\xff\xd9" + words
    )


def _boxed(frame: bytes, words: bytes) -> bytes:
    """A JP2 file (ITU-T T.800 I) around the code stream."""
    boxes = ((b"jP  ", b"\r\n\x87\n"), (b"xml ", words), (b"jp2c", frame), (b"uuid", words))
    return b"".join(struct.pack(">I", 8 + len(body)) + kind + body for kind, body in boxes)


BESIDE: tuple[tuple[str, UID, Callable[[bytes, bytes], bytes]], ...] = (
    ("rle", RLELossless, lambda frame, words: frame + words),
    ("jpeg", JPEGLosslessSV1, lambda frame, words: frame[:2] + _segment(0xFE, words) + frame[2:] + words),
    ("jpeg", JPEGLSLossless, lambda frame, words: _jpegls(words)),
    ("jpeg2000", JPEG2000Lossless, _boxed),
    ("jpeg2000", HTJ2KLossless, lambda frame, words: frame + words),
)
