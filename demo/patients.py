"""The demo's patients whose images are drawn: a dozen of the 522, and eight whose cases are on their way."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from demo.answers import Course
from demo.cohort.people import Member, members


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
    """A patient whose images are drawn: one of the 522 (`member`), or one on the way to it (`course`)."""

    number: int
    site: str
    stage: Stage
    course: Course | None = None
    scans: tuple[Scan, ...] = ()
    films: tuple[Film, ...] = ()
    member: Member | None = None

    @property
    def key(self) -> str:
        """Names the patient among all that the demo makes."""
        return member_key(self.member) if self.member else str(self.number)

    @property
    def sex(self) -> str:
        """In the form's coding."""
        return self.member.answers["sex"] if self.member else self.course.sex if self.course else ""

    @property
    def severity(self) -> int:
        return self.member.severity if self.member else self.course.severity if self.course else 0


ON_THEIR_WAY = (
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
        8,
        "S05",
        Stage.SUBMITTED,
        Course(seed=8, age=82, sex="1", severity=3, end_day=17, died=True),
        (Scan(1, "ge", 5.0),),
        (Film(0, 7, "samsung"), Film(1, 12, "samsung")),
    ),
    Patient(9, "S05", Stage.STARTED, Course(seed=9, age=33, sex="2", severity=0, end_day=10)),
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
DRAWN_SITES = ("S03", "S05", "S11")
DRAWN_EACH = 4
MOST_SCANS, MOST_FILMS = 2, 4
FIRST_NUMBER_OF_MEMBERS = 100


def member_key(member: Member) -> str:
    """Names one of the 522 among all that the demo makes."""
    return f"member {member.number}"


@cache
def drawn_members() -> tuple[Member, ...]:
    """The dozen of the 522 whose images are drawn: four at each site, from the most to the least ill."""
    found: list[Member] = []
    for site in DRAWN_SITES:
        able = [one for one in members() if one.site == site and one.can_be_drawn and _is_short(one)]
        able.sort(key=lambda one: (-one.severity, one.died, -len(one.exams), one.number))
        found += [able[(len(able) - 1) * place // (DRAWN_EACH - 1)] for place in range(DRAWN_EACH)]
    return tuple(found)


@cache
def patients() -> tuple[Patient, ...]:
    """Everybody whose images are drawn, in the order of their codes: 1 to 12, then more of the 522."""
    drawn = {site: [_patient(one) for one in drawn_members() if one.site == site] for site in DRAWN_SITES}
    first = [*drawn["S03"][:2], *(one for one in ON_THEIR_WAY if one.site == "S03")]
    for site in DRAWN_SITES[1:]:
        first += [drawn[site][0], *(one for one in ON_THEIR_WAY if one.site == site)]
    rest = [one for site in DRAWN_SITES for one in drawn[site] if one not in first]
    return (*first, *rest)


def _is_short(member: Member) -> bool:
    kinds = [exam.kind for exam in member.exams]
    return 1 <= kinds.count("CT") <= MOST_SCANS and 2 <= kinds.count("CXR") <= MOST_FILMS


def _patient(member: Member) -> Patient:
    scans = [one for one in member.exams if one.kind == "CT"]
    films = [one for one in member.exams if one.kind == "CXR"]
    return Patient(
        FIRST_NUMBER_OF_MEMBERS + member.number,
        member.site,
        Stage.ACCEPTED,
        scans=tuple(Scan(one.day, one.drawn_as, one.thickness or 5.0) for one in scans),
        films=tuple(Film(one.day, one.hour, one.drawn_as) for one in films),
        member=member,
    )
