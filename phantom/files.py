"""From a dataset to the bytes of a DICOM Part 10 file, and UIDs that follow from what they name."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from phantom.jpeg import lossless_jpeg

SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "phantom.example.com")
SYNTAXES: dict[str, UID] = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "bigendian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "rle": RLELossless,
    "jpeg": JPEGLosslessSV1,
    "jpeg2000": JPEG2000Lossless,
    "jpegls": JPEGLSLossless,
}
"""The last two need an encoder that pydicom can find (pylibjpeg-openjpeg, pyjpegls)."""


def make_uid(*parts: object) -> UID:
    """A UID under 2.25 (PS3.5 B.2) that depends on nothing but the parts."""
    return UID(f"2.25.{uuid.uuid5(SPACE, '|'.join(map(str, parts))).int}")


def syntax_uid(name: str) -> UID:
    """Transfer syntax by its short name; ValueError names those there are."""
    try:
        return SYNTAXES[name]
    except KeyError:
        raise ValueError(f"transfer_syntax is {name!r}; choose one of {', '.join(SYNTAXES)}") from None


def set_pixels(dataset: Dataset, pixels: NDArray[np.integer], syntax: UID) -> None:
    """Put pixels of shape (rows, columns) or (rows, columns, 3) into the dataset, encoded by the syntax."""
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == JPEGLosslessSV1:
        frame = lossless_jpeg(pixels, bits=dataset.BitsStored)
        dataset.add_new(0x7FE00010, "OB", encapsulate([frame]))
        dataset["PixelData"].is_undefined_length = True
        return
    if syntax.is_encapsulated:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        plugin = "pydicom" if syntax == RLELossless else ""
        dataset.compress(syntax, pixels, encoding_plugin=plugin, generate_instance_uid=False)
        return
    order: Literal[">", "<"] = ">" if syntax == ExplicitVRBigEndian else "<"
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    dataset.add_new(0x7FE00010, "OW" if pixels.dtype.itemsize > 1 else "OB", data + b"\0" * (len(data) % 2))


def start_file(sop_class: str, instance: UID, *, preamble: bytes = b"", title: str = "") -> Dataset:
    """A dataset with file meta information; `preamble` fills the first 128 bytes, `title` is the sender."""
    dataset = Dataset()
    dataset.preamble = preamble[:128].ljust(128, b"\0")
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = make_uid("implementation")
    dataset.file_meta.ImplementationVersionName = "KICC_PHANTOM"
    if title:
        dataset.file_meta.SourceApplicationEntityTitle = title[:16]
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, instance
    return dataset


def to_bytes(dataset: Dataset) -> bytes:
    """The complete file: preamble, file meta information, dataset."""
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    out = BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()
