"""Images of the demo's patients: drawn, then stripped as a hospital would, before the registry sees them."""

import datetime
import hashlib
import itertools
import os
import threading
import time

from deid import Dates, strip
from demo.patients import Patient
from phantom import Person, ct_series, make_person, radiograph

FIRST_ADMISSION = datetime.date(2020, 3, 1)
PARENT_LOOK_SECONDS = 0.3
SLICES = 18
COVERED_MM = 290
MATRIX = 192
ROWS = 448
SEVERITY = (0.0, 0.05, 0.18, 0.4)


def files(patient: Patient) -> list[bytes]:
    """The patient's DICOM files, stripped with a key of the site; the calendar counts from admission."""
    admission = FIRST_ADMISSION + datetime.timedelta(days=3 * patient.number)
    key = hashlib.sha256(b"demo site key" + patient.site.encode()).digest()
    dates = Dates.day_zero(admission)
    return [strip(data, uid_key=key, dates=dates).data for data in _drawn(patient, admission)]


def _person(patient: Patient) -> Person:
    """An invented person of the sex that the patient's form names."""
    wanted = "M" if patient.sex == "1" else "F"
    return next(
        person
        for number in itertools.count(patient.number * 10)
        if (person := make_person(number)).sex == wanted
    )


def _drawn(patient: Patient, admission: datetime.date) -> list[bytes]:
    person = _person(patient)
    severity = SEVERITY[patient.severity]
    drawn: list[bytes] = []
    for scan in patient.scans:
        drawn += ct_series(
            seed=patient.number,
            slices=SLICES,
            matrix=MATRIX,
            thickness=scan.thickness,
            spacing=COVERED_MM / SLICES,
            vendor=scan.vendor,
            person=person,
            study_date=admission + datetime.timedelta(days=scan.day),
            study_time=datetime.time(14, 5),
            severity=severity,
            missing=scan.missing,
        )
    for film in patient.films:
        drawn.append(
            radiograph(
                seed=(patient.number * 100 + film.day) * 24 + film.hour,
                rows=ROWS,
                vendor=film.vendor,
                person=person,
                study_date=admission + datetime.timedelta(days=film.day),
                study_time=datetime.time(film.hour, 40),
                severity=severity,
            )
        )
    return drawn


def end_with(parent: int) -> None:
    """End this process when `parent` is gone, also when it was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
