"""Synthetic frontal chest radiographs: the projection of the CT's own chest."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from typing import Literal

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ComputedRadiographyImageStorage, DigitalXRayImageStorageForPresentation

from phantom.anatomy import Body
from phantom.ct import body_of
from phantom.files import make_uid, set_pixels, start_file, syntax_uid, to_bytes
from phantom.identity import add_private, bare, describe_study, plant, preamble, study_uids
from phantom.people import Person
from phantom.shapes import Floats, Grid, resample
from phantom.vendors import DETECTORS, Detector

WIDTH, TOP, HEIGHT = 372.0, 158.0, 372.0
FINEST = 1.5


def radiograph(
    *,
    seed: int,
    rows: int = 1024,
    vendor: str = "dk",
    modality: Literal["DX", "CR"] = "DX",
    person: Person | None = None,
    study_date: date,
    study_time: time | None = None,
    severity: float = 0.15,
    mono1: bool = False,
    transfer_syntax: str = "explicit",
    view: str = "PA",
) -> bytes:
    """One square radiograph as a complete DICOM Part 10 file.

    Stored for presentation, in MONOCHROME1 (white is low) if asked. `view` goes into View Position, where ""
    is what some devices send. The same arguments give the same bytes. ValueError names what is out of range.
    """
    if vendor not in DETECTORS:
        raise ValueError(f"vendor is {vendor!r}; choose one of {', '.join(DETECTORS)}")
    if rows < 64 or modality not in ("DX", "CR"):
        raise ValueError("rows must be 64 or more and modality DX or CR")
    detector = DETECTORS[vendor]
    syntax = syntax_uid(transfer_syntax)
    shade = _shade(body_of(person, seed, severity), rows, np.random.default_rng([seed, 11]))
    if mono1:
        shade = 1 - shade
    ds = _header(
        seed=seed,
        detector=detector,
        modality=modality,
        person=person,
        study_date=study_date,
        study_time=study_time or time(8, 41, 5),
        mono1=mono1,
        view=view,
        rows=rows,
    )
    ds.SeriesInstanceUID = make_uid("series", ds.StudyInstanceUID, vendor, rows, severity, mono1, view)
    ds.SOPInstanceUID = make_uid("instance", ds.SeriesInstanceUID, 0)
    set_pixels(ds, np.rint(shade * (2**detector.bits - 1)).astype(np.uint16), syntax)
    return to_bytes(ds)


def _shade(body: Body, rows: int, random: np.random.Generator) -> Floats:
    """Brightness from 0 (air) to 1 (dense), as a digital detector's processing shows it."""
    step = max(FINEST, HEIGHT / rows)
    path = _path(body, step)
    wide = _blurred(path, round(34 / step))
    sharp = path - _blurred(path, max(1, round(3 / step)))
    tone = 0.55 * wide + (path - wide) + 0.9 * sharp
    low, high = np.quantile(tone[path > 20], (0.02, 0.985))
    shade = np.clip((tone - low) / (high - low), -0.4, 1.4)
    shade = resample(1 / (1 + np.exp(-4.2 * (shade - 0.5))), rows, rows)
    shade += random.standard_normal(shade.shape, dtype=np.float32) * np.float32(0.006)
    limited: Floats = np.clip(shade, 0, 1)
    return limited


@lru_cache(maxsize=4)
def _path(body: Body, step: float) -> Floats:
    """Water-equivalent thickness behind each point of the detector, in mm; `step` in mm."""
    columns = int(WIDTH / step)
    grid = Grid.centred(columns, 84, WIDTH / columns, 3.2)
    lines = [_line(body.section(TOP - (i + 0.5) * step, grid, step)) for i in range(int(HEIGHT / step))]
    path: Floats = np.stack(lines) * np.float32(3.2)
    return path


def _line(section: Floats) -> Floats:
    """Water-equivalent thickness along the beam, in pixels; bone stops more than its density says."""
    relative = 1 + np.where(section > 120, section * 1.5, section) / 1000
    total: Floats = relative.sum(axis=0)
    return total


def _blurred(image: Floats, radius: int) -> Floats:
    """Twice a running mean, in both directions."""
    size = 2 * radius + 1
    for _ in range(2):
        for axis in (0, 1):
            pad = [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)]
            total = np.cumsum(np.pad(image, pad, mode="edge"), axis=axis, dtype=np.float64)
            head = np.take(total, range(size, total.shape[axis]), axis=axis)
            tail = np.take(total, range(total.shape[axis] - size), axis=axis)
            image = ((head - tail) / size).astype(np.float32)
    return image


def _header(
    *,
    seed: int,
    detector: Detector,
    modality: str,
    person: Person | None,
    study_date: date,
    study_time: time,
    mono1: bool,
    view: str,
    rows: int,
) -> Dataset:
    study, frame = study_uids(seed=seed, person=person, modality=modality, study_date=study_date)
    sop_class = (
        DigitalXRayImageStorageForPresentation if modality == "DX" else ComputedRadiographyImageStorage
    )
    ds = start_file(
        sop_class, make_uid(seed), preamble=preamble(person), title=person.station if person else ""
    )
    if person:
        plant(ds, person, study_date=study_date, study_time=study_time)
    else:
        bare(ds, seed=seed)
    describe_study(ds, study_date=study_date, study_time=study_time, minutes=1)
    ds.ImageType = ["ORIGINAL", "PRIMARY"] if modality == "CR" else ["ORIGINAL", "PRIMARY", ""]
    ds.Modality = modality
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = (
        detector.manufacturer,
        detector.model,
        detector.software,
    )
    ds.StudyDescription = f"Chest {view}".strip()
    ds.SeriesDescription = f"Chest {view} {person.spoken_name}" if person else f"Chest {view}".strip()
    ds.ProtocolName = "CHEST PA"
    ds.BodyPartExamined = "CHEST"
    ds.ViewPosition = view
    ds.PatientOrientation = ["L", "F"]
    ds.KVP, ds.Exposure = str(detector.kilovolts), detector.exposure
    ds.DistanceSourceToDetector = "1800"
    ds.ImagerPixelSpacing = [f"{WIDTH / rows:.6g}"] * 2
    ds.StudyInstanceUID, ds.FrameOfReferenceUID = study, frame
    ds.SeriesNumber, ds.AcquisitionNumber, ds.InstanceNumber = 1, 1, 1
    ds.PhotometricInterpretation = "MONOCHROME1" if mono1 else "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = (
        16,
        detector.bits,
        detector.bits - 1,
        0,
    )
    ds.WindowCenter, ds.WindowWidth = str(2 ** (detector.bits - 1)), str(2**detector.bits)
    if modality == "DX":
        ds.PresentationIntentType = "FOR PRESENTATION"
        ds.PresentationLUTShape = "INVERSE" if mono1 else "IDENTITY"
        ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1 if mono1 else 1
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
        ds.BurnedInAnnotation, ds.LossyImageCompression, ds.ImageLaterality = "NO", "00", "U"
    add_private(ds, detector.private, person)
    return ds
