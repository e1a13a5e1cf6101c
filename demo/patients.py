"""The demo's dozen: invented patients, where they are, how ill, what was imaged, how far their case is."""

from dataclasses import dataclass
from enum import StrEnum

from demo.answers import Course


class Stage(StrEnum):
    """How far a case has come between site and curators."""

    STARTED = "started"
    IMAGED = "imaged"
    SUBMITTED = "submitted"
    ASKED = "asked"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Scan:
    """A CT: day of stay, vendor, slice thickness in mm."""

    day: int
    vendor: str
    thickness: float = 5.0
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Film:
    """A radiograph: day of stay, hour, vendor."""

    day: int
    hour: int
    vendor: str


@dataclass(frozen=True)
class Patient:
    number: int
    site: str
    stage: Stage
    course: Course
    scans: tuple[Scan, ...] = ()
    films: tuple[Film, ...] = ()


PATIENTS = (
    Patient(
        1,
        "S03",
        Stage.ACCEPTED,
        Course(seed=1, age=64, sex="1", severity=3, end_day=24),
        (Scan(0, "siemens", 1.5), Scan(7, "siemens", 1.5)),
        (Film(0, 9, "dk"), Film(7, 18, "dk"), Film(23, 10, "dk")),
    ),
    Patient(
        2,
        "S03",
        Stage.ACCEPTED,
        Course(seed=2, age=38, sex="2", severity=1, end_day=15),
        (Scan(1, "siemens_as", 3.0),),
        (Film(0, 11, "dk"), Film(1, 15, "dk"), Film(14, 9, "dk")),
    ),
    Patient(
        3,
        "S03",
        Stage.SUBMITTED,
        Course(seed=3, age=71, sex="2", severity=2, end_day=31, transferred_in=True),
        (Scan(0, "siemens"),),
        (Film(0, 8, "dk"), Film(0, 20, "dk"), Film(30, 9, "dk")),
    ),
    Patient(
        4,
        "S03",
        Stage.ASKED,
        Course(seed=4, age=55, sex="1", severity=2, end_day=20),
        (Scan(2, "siemens", 5.0, (6,)),),
        (Film(0, 8, "dk"), Film(2, 9, "dk"), Film(19, 9, "dk")),
    ),
    Patient(
        5,
        "S03",
        Stage.IMAGED,
        Course(seed=5, age=29, sex="2", severity=0, end_day=12),
        (),
        (Film(0, 10, "dk"),),
    ),
    Patient(6, "S03", Stage.STARTED, Course(seed=6, age=47, sex="1", severity=1, end_day=18)),
    Patient(
        7,
        "S05",
        Stage.ACCEPTED,
        Course(seed=7, age=58, sex="2", severity=1, end_day=22),
        (Scan(0, "ge", 5.0),),
        (Film(0, 9, "samsung"), Film(0, 19, "samsung"), Film(21, 9, "samsung")),
    ),
    Patient(
        8,
        "S05",
        Stage.SUBMITTED,
        Course(seed=8, age=82, sex="1", severity=3, end_day=17, died=True),
        (Scan(1, "ge", 5.0),),
        (Film(0, 7, "samsung"), Film(1, 12, "samsung")),
    ),
    Patient(9, "S05", Stage.STARTED, Course(seed=9, age=33, sex="2", severity=0, end_day=10)),
    Patient(
        10,
        "S11",
        Stage.ACCEPTED,
        Course(seed=10, age=24, sex="1", severity=1, end_day=19),
        (Scan(0, "canon", 3.0),),
        (Film(0, 10, "canon"), Film(0, 22, "canon"), Film(18, 9, "canon")),
    ),
    Patient(
        11,
        "S11",
        Stage.SUBMITTED,
        Course(seed=11, age=67, sex="1", severity=2, end_day=28),
        (Scan(0, "philips", 5.0),),
        (Film(0, 13, "canon"), Film(0, 23, "canon"), Film(27, 9, "canon")),
    ),
    Patient(
        12,
        "S11",
        Stage.IMAGED,
        Course(seed=12, age=51, sex="2", severity=1, end_day=14),
        (Scan(0, "canon"),),
        (Film(0, 9, "canon"),),
    ),
)
