"""A folder as a hospital's archive exports it: numbered folders, no extensions, a DICOMDIR, and strays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from phantom.ct import ct_series
from phantom.people import Person
from phantom.radiograph import radiograph
from phantom.strangers import not_belonging


def hospital_export(
    folder: Path,
    *,
    persons: Sequence[Person],
    seed: int = 1,
    slices: int = 24,
    matrix: int = 256,
    thickness: float = 5.0,
    vendor: str = "siemens",
    first_day: date = date(2020, 3, 2),
    strays: bool = True,
) -> list[Path]:
    """Write a CT and two radiographs (admission and two days later) per person, and what does not belong.

    Returns the files written, sorted. Existing files of the same names are replaced.
    """
    written: list[Path] = []

    def put(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)

    for index, person in enumerate(persons):
        day = first_day + timedelta(days=3 * index)
        patient = folder / "DICOM" / f"PA{index:06d}"
        series = ct_series(
            seed=seed + index,
            slices=slices,
            matrix=matrix,
            thickness=thickness,
            vendor=vendor,
            person=person,
            study_date=day + timedelta(days=1),
        )
        for number, data in enumerate(series):
            put(patient / "ST000001" / "SE000000" / f"IM{number:06d}", data)
        for study, (later, severity) in enumerate(((0, 0.08), (2, 0.2))):
            film = radiograph(
                seed=seed + index + 50 * study,
                rows=max(64, matrix * 2),
                person=person,
                severity=severity,
                vendor="dk" if index % 2 else "samsung",
                study_date=day + timedelta(days=later),
            )
            put(patient / f"ST{2 * study:06d}" / "SE000000" / "IM000000", film)
        if strays and index == 0:
            for name, data in not_belonging(seed, person=person, study_date=day).items():
                place = folder if name in ("DICOMDIR", "readme.txt") else patient / "ST000001" / "SE000009"
                put(place / name, data)
    return sorted(written)
