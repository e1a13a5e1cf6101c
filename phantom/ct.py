"""Synthetic axial chest CT series."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from phantom.anatomy import AIR, BODY_DEPTH, Body
from phantom.files import make_uid, set_pixels, start_file, syntax_uid, to_bytes
from phantom.identity import add_private, bare, describe_study, plant, preamble, study_uids
from phantom.people import Person
from phantom.shapes import Floats, Grid, paint, resample
from phantom.vendors import SCANNERS, Scanner

FIELD = 384.0
MIDDLE = -22.0
FINEST = 256


def ct_series(
    *,
    seed: int,
    slices: int = 24,
    matrix: int = 256,
    thickness: float = 5.0,
    vendor: str = "siemens",
    person: Person | None = None,
    study_date: date,
    study_time: time | None = None,
    severity: float = 0.15,
    transfer_syntax: str = "explicit",
    missing: Collection[int] = (),
    spacing: float | None = None,
    kernel: Literal["lung", "soft"] = "lung",
    series_number: int = 2,
) -> list[bytes]:
    """One series, from head to feet, as complete DICOM Part 10 files.

    seed: decides noise and UIDs, and the anatomy where there is no person; a person's images all
    show one chest. thickness and spacing (default: the thickness) in mm; the stack is centred on
    the lungs, about 300 mm cover them. missing: instance numbers (from 1) to leave out. severity: share of
    the lungs with ground glass, 0 to 0.9. ValueError names an argument out of range.
    """
    if slices < 1 or matrix < 16 or thickness <= 0:
        raise ValueError("slices must be 1 or more, matrix 16 or more, thickness above 0")
    scanner = _scanner(vendor)
    syntax = syntax_uid(transfer_syntax)
    step = thickness if spacing is None else spacing
    body = body_of(person, seed, severity)
    random = np.random.default_rng([seed, 7])
    grain = _grain(random, matrix, thickness, kernel)
    template = _template(
        seed=seed,
        scanner=scanner,
        person=person,
        study_date=study_date,
        study_time=study_time or time(9, 12, 30),
        thickness=thickness,
        step=step,
        kernel=kernel,
        matrix=matrix,
        series_number=series_number,
    )
    series = template.SeriesInstanceUID = make_uid(
        "series",
        template.StudyInstanceUID,
        vendor,
        kernel,
        thickness,
        step,
        matrix,
        slices,
        severity,
        series_number,
    )
    table = float(random.integers(-1400, -200))
    files = []
    for index in range(slices):
        z = round(MIDDLE + ((slices - 1) / 2 - index) * step, 3)
        shift = random.integers(0, matrix, 4)
        if index + 1 in missing:
            continue
        plane = _plane(body, z, matrix, thickness)
        plane += np.roll(grain, shift[:2].tolist(), (0, 1)) + np.roll(grain.T, shift[2:].tolist(), (0, 1))
        template.SOPInstanceUID = make_uid("instance", series, index)
        template.InstanceNumber = index + 1
        corner = -FIELD / 2 + FIELD / matrix / 2
        template.ImagePositionPatient = [f"{corner:.4f}", f"{corner:.4f}", f"{z + table:.3f}"]
        template.SliceLocation = f"{z + table:.3f}"
        set_pixels(template, _stored(plane, scanner), syntax)
        files.append(to_bytes(template))
    return files


def body_of(person: Person | None, seed: int, severity: float) -> Body:
    """The chest of a person, or of nobody in particular."""
    if person:
        return _body(1000 + person.number, person.sex, severity)
    return _body(seed, "F" if seed % 2 else "M", severity)


_body = lru_cache(maxsize=4)(Body)


def _scanner(vendor: str) -> Scanner:
    try:
        return SCANNERS[vendor]
    except KeyError:
        raise ValueError(f"vendor is {vendor!r}; choose one of {', '.join(SCANNERS)}") from None


def _plane(body: Body, z: float, matrix: int, thickness: float) -> Floats:
    """Anatomy is painted on at most 256 × 256 pixels and interpolated beyond."""
    size = min(matrix, FINEST)
    grid = Grid.centred(size, size, FIELD / size, FIELD / size)
    image = body.section(z, grid, thickness)
    _couch(image, grid)
    return image if size == matrix else resample(image, matrix, matrix)


def _couch(image: Floats, grid: Grid) -> None:
    """The table top: a shallow carbon fibre shell around foam."""
    top = float(max(BODY_DEPTH)) * 1.08 + 4 - (grid.x / 200) ** 2 * 22
    depth = np.minimum(np.minimum(grid.y - top, top + 26 - grid.y), 205 - np.abs(grid.x))
    air = image < -900
    paint(image, -480, grid.cover(depth) * air)
    paint(image, -940, grid.cover(depth - 2.5) * air)


def _grain(random: np.random.Generator, matrix: int, thickness: float, kernel: str) -> Floats:
    """Noise of a slice, in HU: correlated for a soft kernel, sharp for a lung one; thin slices have more."""
    white = random.standard_normal((matrix, matrix), dtype=np.float32)
    soft = (white + np.roll(white, 1, 0) + np.roll(white, 1, 1) + np.roll(white, (1, 1), (0, 1))) / 2
    strength = (9.0 if kernel == "soft" else 19.0) * min(2.0, (5.0 / thickness) ** 0.5)
    grain = soft if kernel == "soft" else 0.5 * white + 0.6 * soft
    scaled: Floats = (grain * (strength / 2**0.5)).astype(np.float32)
    return scaled


def _stored(plane: Floats, scanner: Scanner) -> NDArray[np.integer]:
    """Stored values: HU minus the rescale intercept, clipped to what the bits hold."""
    low, high = (-32768, 32767) if scanner.signed else (0, 2**scanner.bits - 1)
    values = np.clip(np.rint(np.maximum(plane, AIR - 24) - scanner.intercept), low, high)
    if scanner.padding is not None:
        half = (plane.shape[0] - 1) / 2
        reach = (np.arange(plane.shape[0]) - half) ** 2
        values[reach[:, None] + reach[None, :] > (half + 0.5) ** 2] = scanner.padding
    stored: NDArray[np.integer] = values.astype(np.int16 if scanner.signed else np.uint16)
    return stored


def _template(
    *,
    seed: int,
    scanner: Scanner,
    person: Person | None,
    study_date: date,
    study_time: time,
    thickness: float,
    step: float,
    kernel: str,
    matrix: int,
    series_number: int,
) -> Dataset:
    """Everything that the slices of a series have in common."""
    study, frame = study_uids(seed=seed, person=person, modality="CT", study_date=study_date)
    ds = start_file(
        CTImageStorage, make_uid(seed), preamble=preamble(person), title=person.station if person else ""
    )
    if person:
        plant(ds, person, study_date=study_date, study_time=study_time)
    else:
        bare(ds, seed=seed)
    describe_study(ds, study_date=study_date, study_time=study_time, minutes=3)
    chosen = scanner.lung_kernel if kernel == "lung" else scanner.soft_kernel
    name = chosen if isinstance(chosen, str) else chosen[0]
    ds.ImageType = list(scanner.image_type)
    ds.Modality = "CT"
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions = (
        scanner.manufacturer,
        scanner.model,
        scanner.software,
    )
    ds.StudyDescription = "Chest CT without contrast"
    described = scanner.series.format(thickness=f"{thickness:g}", kernel=name)
    ds.SeriesDescription = f"{described} {person.spoken_name}" if person else described
    ds.BodyPartExamined = "CHEST"
    ds.ScanOptions = "HELICAL"
    ds.SliceThickness, ds.SpacingBetweenSlices = f"{thickness:g}", f"{step:g}"
    ds.KVP = "120"
    ds.ProtocolName = "Chest routine"
    ds.DataCollectionDiameter, ds.ReconstructionDiameter = "500", f"{FIELD:g}"
    ds.GantryDetectorTilt, ds.TableHeight, ds.RotationDirection = "0", "150", "CW"
    ds.ExposureTime, ds.XRayTubeCurrent = scanner.exposure_time, scanner.milliamperes
    ds.Exposure = scanner.exposure_time * scanner.milliamperes // 1000
    ds.FilterType, ds.FocalSpots = "BODY", "1.2"
    ds.ConvolutionKernel = chosen
    ds.PatientPosition = "HFS"
    ds.StudyInstanceUID, ds.FrameOfReferenceUID = study, frame
    ds.SeriesNumber, ds.AcquisitionNumber = series_number, 1
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.PositionReferenceIndicator = ""
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.PixelSpacing = [f"{FIELD / matrix:.6g}"] * 2
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, scanner.bits, scanner.bits - 1
    ds.PixelRepresentation = int(scanner.signed)
    if scanner.padding is not None:
        ds.add_new(0x00280120, "SS", scanner.padding)
    ds.WindowCenter, ds.WindowWidth = scanner.window if kernel == "lung" else ([40], [350])
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(scanner.intercept), "1", "HU"
    add_private(ds, scanner.private, person)
    return ds
