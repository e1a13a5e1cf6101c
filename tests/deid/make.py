"""Small DICOM files for the tests, built with pydicom."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

KEY = b"a test key of more than sixteen bytes"
IMPLICIT = ImplicitVRLittleEndian
EXPLICIT = ExplicitVRLittleEndian
ROOT = "1.2.826.0.1.3680043.10.543"


def ct(**values: Any) -> Dataset:
    """A CT slice of 16 by 16 with invented identifiers; keywords replace or (None) remove elements."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = f"{ROOT}.3.1"
    ds.StudyInstanceUID = f"{ROOT}.1"
    ds.SeriesInstanceUID = f"{ROOT}.2"
    ds.FrameOfReferenceUID = f"{ROOT}.4"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20200304"
    ds.StudyTime = ds.AcquisitionTime = ds.ContentTime = "101530.25"
    ds.AccessionNumber = "A20200304001"
    ds.Modality = "CT"
    ds.Manufacturer = "SIEMENS"
    ds.ManufacturerModelName = "SOMATOM Force"
    ds.SoftwareVersions = "syngo CT VB20A"
    ds.InstitutionName = "가상대학교병원"
    ds.StationName = "CTAWP00001"
    ds.ReferringPhysicianName = "Lee^Sunsin=李^舜臣=이^순신"
    ds.StudyDescription = "Chest CT"
    ds.SeriesDescription = "Thorax 1.0 Br40"
    ds.PatientName = "Hong^Gildong=洪^吉洞=홍^길동"
    ds.PatientID = "00123456"
    ds.PatientBirthDate = "19611230"
    ds.PatientSex = "M"
    ds.PatientAge = "058Y"
    ds.PatientSize = "1.71"
    ds.PatientWeight = "70"
    ds.BodyPartExamined = "CHEST"
    ds.SliceThickness = "1.0"
    ds.KVP = "120"
    ds.DeviceSerialNumber = "73123"
    ds.ConvolutionKernel = "Br40d\\3"
    ds.PatientPosition = "HFS"
    ds.StudyID = "77001"
    ds.SeriesNumber = 2
    ds.AcquisitionNumber = 1
    ds.InstanceNumber = 1
    ds.ImagePositionPatient = [-160, -160, 12.5]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PositionReferenceIndicator = ""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows = ds.Columns = 16
    ds.PixelSpacing = [0.7, 0.7]
    ds.BitsAllocated = 16
    ds.BitsStored = 12
    ds.HighBit = 11
    ds.PixelRepresentation = 0
    ds.WindowCenter = "-600"
    ds.WindowWidth = "01600"
    ds.RescaleIntercept = "-1024"
    ds.RescaleSlope = "1"
    ds.PixelData = np.arange(256, dtype="<u2").tobytes()
    for keyword, value in values.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def dx(**values: Any) -> Dataset:
    """A DX radiograph with the same identifiers."""
    ds = ct(**values)
    ds.SOPClassUID = DigitalXRayImageStorageForPresentation
    ds.Modality = "DX"
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ViewPosition = "PA"
    ds.BurnedInAnnotation = "NO"
    return ds


def write(ds: Dataset, syntax: str = EXPLICIT, *, preamble: bytes = bytes(128), tail: bytes = b"") -> bytes:
    """The file as bytes. For a compressed ``syntax`` Pixel Data must be encapsulated already."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", CTImageStorage)
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", f"{ROOT}.9")
    meta.TransferSyntaxUID = syntax
    meta.SourceApplicationEntityTitle = "GASANG_HOSP_CT"
    little = meta.TransferSyntaxUID.is_little_endian
    file = FileDataset(
        "",
        ds,
        file_meta=meta,
        preamble=preamble,
        is_implicit_VR=meta.TransferSyntaxUID.is_implicit_VR,
        is_little_endian=little,
    )
    out = BytesIO()
    file.save_as(out, enforce_file_format=True)
    return out.getvalue() + tail


def compressed(ds: Dataset, syntax: str, *fragments: bytes, table: bytes = b"") -> bytes:
    """A file with these fragments as they are (of even length), and this value of the offset table."""
    ds.PixelData = b"".join(
        b"\xfe\xff\x00\xe0" + struct.pack("<I", len(value)) + value for value in (table, *fragments)
    )
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    return write(ds, syntax)


def item(**values: Any) -> Dataset:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def sequence(*items: Dataset) -> Sequence:
    return Sequence(items)


def read(data: bytes) -> FileDataset:
    return dcmread(BytesIO(data))


def element(tag: int, vr: bytes, value: bytes) -> bytes:
    """An explicit VR little endian element as it stands in a file."""
    long = vr in {b"OB", b"OW", b"UN", b"SQ", b"UT"}
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    return head + (struct.pack("<HI", 0, len(value)) if long else struct.pack("<H", len(value))) + value


def insert(data: bytes, raw: bytes) -> bytes:
    """A file with a raw element put before its Pixel Data."""
    spot = data.index(b"\xe0\x7f\x10\x00OW")
    return data[:spot] + raw + data[spot:]


def searched(data: bytes, *values: str) -> list[str]:
    """Which of the values stand in the bytes, in any of the usual encodings and any case."""
    low = data.lower()
    return [
        value
        for value in values
        if any(
            value.lower().encode(encoding, "ignore") in low
            for encoding in ("utf-8", "cp949", "utf-16-le")
            if value.lower().encode(encoding, "ignore")
        )
    ]
