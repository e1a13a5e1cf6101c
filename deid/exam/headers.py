"""Base files by kind and maker: what such a device writes, and what of it research needs back unchanged."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deid.exam.answers import Demand
from deid.exam.draft import EXPLICIT, Case, Draft
from deid.exam.encoding import Value, piece
from deid.exam.people import People

CLASSES = {
    "CT": ("CT", "1.2.840.10008.5.1.4.1.1.2"),
    "CR": ("CR", "1.2.840.10008.5.1.4.1.1.1"),
    "DX": ("DX", "1.2.840.10008.5.1.4.1.1.1.1"),
    "DX raw": ("DX", "1.2.840.10008.5.1.4.1.1.1.1.1"),
    "ECT": ("CT", "1.2.840.10008.5.1.4.1.1.2.1"),
    "LECT": ("CT", "1.2.840.10008.5.1.4.1.1.2.2"),
}
SIDE = 8
"""Rows and columns of the pictures."""

PATIENT: dict[str, Value] = {"PatientSize": "1.71", "PatientWeight": "70.5"}
TIMES = {
    "StudyTime": "101530.250000",
    "SeriesTime": "101601",
    "AcquisitionTime": "101602.75",
    "ContentTime": "1017",
    "TimezoneOffsetFromUTC": "+0900",
}
PLANE: dict[str, Value] = {
    "SliceThickness": "1.0",
    "ImagePositionPatient": "-160\\-160.5\\12.5",
    "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
    "PixelSpacing": "0.68359375\\0.68359375",
    "SliceLocation": "-112.5",
}
TUBE: dict[str, Value] = {
    "KVP": "120",
    "XRayTubeCurrent": "210",
    "ExposureTime": "500",
    "Exposure": "105",
    "FocalSpots": "0.7",
    "DistanceSourceToDetector": "1085.6",
    "DistanceSourceToPatient": "595",
}
KEPT: dict[str, dict[str, Value]] = {
    "CT": {
        **PLANE,
        **TUBE,
        "GantryDetectorTilt": "0",
        "TableHeight": "151",
        "RotationDirection": "CW",
        "DataCollectionDiameter": "500",
        "ReconstructionDiameter": "350",
        "SpiralPitchFactor": (1.2,),
        "CTDIvol": (8.125,),
        "PatientPosition": "HFS",
        "RescaleIntercept": "-1024",
        "RescaleSlope": "1",
        "RescaleType": "HU",
        "WindowCenter": "-600\\40",
        "WindowWidth": "1200\\0350",
        "WindowCenterWidthExplanation": "LUNG\\MEDIASTINUM",
        "ScanOptions": "HELICAL MODE",
        "PixelPaddingValue": (63536,),
    },
    "CR": {
        **TUBE,
        "ImagerPixelSpacing": "0.2\\0.2",
        "ViewPosition": "PA",
        "Sensitivity": "212.5",
        "WindowCenter": "2048",
        "WindowWidth": "4096",
        "RelativeXRayExposure": "1800",
        "PatientOrientation": "L\\F",
    },
    "DX": {
        **TUBE,
        "ImagerPixelSpacing": "0.15\\0.15",
        "ViewPosition": "PA",
        "ImageLaterality": "U",
        "PresentationLUTShape": "IDENTITY",
        "PixelIntensityRelationship": "LOG",
        "PixelIntensityRelationshipSign": (-1,),
        "ExposureIndex": "452.1",
        "TargetExposureIndex": "400",
        "DeviationIndex": "0.5",
        "DetectorType": "SCINTILLATOR",
        "Grid": "FOCUSED",
        "FilterMaterial": "ALUMINUM",
        "ImageAndFluoroscopyAreaDoseProduct": "0.125",
        "RescaleIntercept": "0",
        "RescaleSlope": "1",
        "RescaleType": "US",
        "WindowCenter": "2048",
        "WindowWidth": "4096",
        "LossyImageCompression": "00",
        "PatientOrientation": "L\\F",
    },
    "ECT": {
        "PixelPresentation": "MONOCHROME",
        "VolumetricProperties": "VOLUME",
        "VolumeBasedCalculationTechnique": "NONE",
        "PresentationLUTShape": "IDENTITY",
        "LossyImageCompression": "00",
    },
}
BELOW = {"DX raw": "DX", "LECT": "ECT"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How one device writes (``shapes.toml``)."""

    name: str
    kind: str
    maker: str
    model: str
    software: str
    image_type: str
    study: str
    series: str
    protocol: str
    private: tuple[tuple[str, str, str, str, str], ...]
    kernel: str = ""


@cache
def shapes() -> tuple[Shape, ...]:
    content = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text(encoding="utf-8"))
    return tuple(
        Shape(**{**row, "private": tuple(tuple(line) for line in row["private"])}) for row in content["shape"]
    )


def shape(name: str) -> Shape:
    return next(one for one in shapes() if one.name == name)


def start(
    people: People,
    case: Case,
    look: Shape,
    name: str,
    *,
    charset: str = "latin",
    syntax: str = EXPLICIT,
    series: str = "",
) -> Draft:
    """A complete image of the device with its patient planted, and the answers to all of it."""
    modality, sop_class = CLASSES[look.kind]
    draft = Draft(name, case, sop_class, people.uid(), syntax=syntax, charset=charset)
    kept = "image attribute"
    draft.keep("SOPClassUID", sop_class, kept)
    draft.uid("SOPInstanceUID", draft.instance)
    draft.uid("StudyInstanceUID", case.study)
    draft.uid("SeriesInstanceUID", series or people.uid())
    draft.uid("FrameOfReferenceUID", case.frame_of_reference)
    draft.keep("Modality", modality, kept)
    draft.keep("ImageType", look.image_type, kept)
    draft.keep("BodyPartExamined", "CHEST", kept)
    for keyword in ("SeriesNumber", "AcquisitionNumber", "InstanceNumber"):
        draft.keep(keyword, str(people.random.randint(1, 99)), kept)
    for keyword, value in KEPT[BELOW.get(look.kind, look.kind)].items():
        draft.keep(keyword, value, kept)
    if look.kind.startswith("DX"):
        intent = "FOR PROCESSING" if look.kind == "DX raw" else "FOR PRESENTATION"
        draft.keep("PresentationIntentType", intent, kept)
    _device(draft, look)
    _dates(draft)
    _identity(draft, people)
    _markers(draft)
    _pixels(draft, people)
    return draft


def _device(draft: Draft, look: Shape) -> None:
    device = "make, model and software"
    draft.keep("Manufacturer", look.maker, device)
    draft.keep("ManufacturerModelName", look.model, device)
    draft.keep("SoftwareVersions", look.software, device)
    if look.kernel and look.kind == "CT":
        draft.keep("ConvolutionKernel", look.kernel, "image attribute")
    for keyword, text in (
        ("StudyDescription", look.study),
        ("SeriesDescription", look.series),
        ("ProtocolName", look.protocol),
    ):
        if not text.isascii() and draft.charset not in {"utf8", "ir149", "ir149 alone"}:
            text = "CHEST"
        draft.keep(keyword, text, "description that names nobody")


def _dates(draft: Draft) -> None:
    day = draft.case.study_day
    for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        draft.date(keyword, day)
    draft.date("AcquisitionDateTime", f"{day}101602.750000+0900")
    for keyword, time in TIMES.items():
        draft.keep(keyword, time, "time of day")


def _identity(draft: Draft, people: People) -> None:
    person = draft.person
    who = "patient, staff and hospital"
    draft.keep("PatientSex", person.sex, "patient characteristic")
    draft.keep("PatientAge", person.age, "patient characteristic")
    for keyword, value in PATIENT.items():
        draft.keep(keyword, value, "patient characteristic")
    draft.plant(piece("PatientName", person.name.dicom), who, *person.name.secrets)
    draft.plant(piece("PatientID", person.hospital_number), who, person.hospital_number)
    draft.plant(piece("PatientBirthDate", person.birth), who, person.birth)
    draft.plant(piece("ReferringPhysicianName", person.doctor.dicom), who, *person.doctor.secrets)
    draft.plant(piece("OperatorsName", person.operator.dicom), who, *person.operator.secrets)
    draft.plant(piece("AccessionNumber", person.accession), who, person.accession)
    draft.plant(piece("InstitutionName", person.hospital), who, person.hospital)
    draft.plant(piece("StationName", person.station), who, person.station)
    draft.plant(piece("DeviceSerialNumber", person.serial), who, person.serial)
    number = people.digits(7)
    draft.plant(piece("StudyID", number), who, number)


def _markers(draft: Draft) -> None:
    """What every output must carry beside what came in: type 2 attributes, and the marks of
    de-identification.
    """
    present = "type 2 attribute, or mark of de-identification"
    for keyword in ("PatientBirthDate", "AccessionNumber", "ReferringPhysicianName", "StudyID"):
        draft.answer(keyword, present, Demand.REQUIRED)
    subject = draft.case.subject.encode()
    for keyword, value in (
        ("PatientName", subject),
        ("PatientID", subject),
        ("PatientIdentityRemoved", b"YES"),
        ("LongitudinalTemporalInformationModified", b"MODIFIED"),
    ):
        draft.answer(keyword, present, Demand.REQUIRED, value=value)
    for keyword in ("DeidentificationMethod", "DeidentificationMethodCodeSequence"):
        draft.answer(keyword, present, Demand.REQUIRED)


def _pixels(draft: Draft, people: People) -> None:
    kept = "image attribute"
    for keyword, value in (
        ("SamplesPerPixel", (1,)),
        ("Rows", (SIDE,)),
        ("Columns", (SIDE,)),
        ("BitsAllocated", (16,)),
        ("BitsStored", (12,)),
        ("HighBit", (11,)),
        ("PixelRepresentation", (0,)),
    ):
        draft.keep(keyword, value, kept)
    draft.keep("PhotometricInterpretation", "MONOCHROME2", kept)
    draft.pixels = b"".join(people.random.randrange(4096).to_bytes(2, "little") for _ in range(SIDE * SIDE))
    if draft.sop_class in {CLASSES["ECT"][1], CLASSES["LECT"][1]}:
        draft.keep("NumberOfFrames", "2", kept)
        draft.pixels *= 2
    draft.answer("PixelData", "native pixels", Demand.PIXELS_RETAINED, value=draft.pixels)
