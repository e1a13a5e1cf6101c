"""People who cannot exist, to plant into headers.

Names are Korean common nouns or made-up English ones, every birth date falls on the 30th of February,
telephone numbers use exchanges that are not assigned, mail goes to example.com (RFC 2606). Nothing
here can meet a real person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Charset = Literal["latin", "ir149", "utf8"]

FAMILY = (
    ("DOKKAEBI", "도깨비"),
    ("HAEBARAGI", "해바라기"),
    ("SONAGI", "소나기"),
    ("DURUMI", "두루미"),
    ("BANDITBUL", "반딧불"),
    ("MINDEULLE", "민들레"),
    ("GORAEBAB", "고래밥"),
    ("MUJIGAE", "무지개"),
)
GIVEN = (
    ("BANGMANGI", "방망이", "M"),
    ("NOEULBIT", "노을빛", "F"),
    ("YEOUBI", "여우비", "F"),
    ("HANEULJAE", "하늘재", "M"),
    ("SAEBYEOKI", "새벽이", "M"),
    ("KKOTSURYE", "꽃수레", "F"),
    ("BARAMGAEBI", "바람개비", "M"),
)
LATIN_FAMILY = ("PETRICHOR", "QUAGMIRELL", "WOBBLETHORPE", "ZEPHYRBANK")
BIRTH_YEARS = (1952, 1987, 1964, 1971, 1939, 1996, 1958, 1976, 1981, 1947, 1990)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented patient and the invented people and places around one examination."""

    number: int
    family: str
    given: str
    family_hangul: str
    given_hangul: str
    sex: Literal["M", "F"]
    birth_date: str
    resident_number: str
    patient_id: str
    address: str
    phone: str
    email: str
    referring_physician: str
    radiographer: str
    institution: str
    department: str
    station: str
    serial: str
    accession: str
    study_id: str
    charset: Charset

    @property
    def dicom_name(self) -> str:
        """PN value: Latin, and Hangul as its third component group unless the charset cannot write it."""
        latin = f"{self.family}^{self.given}"
        return latin if self.charset == "latin" else f"{latin}=={self.family_hangul}^{self.given_hangul}"

    @property
    def spoken_name(self) -> str:
        """The name as someone types it into a comment."""
        if self.charset == "latin":
            return f"{self.given} {self.family}"
        return f"{self.family_hangul}{self.given_hangul}"


def make_person(number: int) -> Person:
    """The `number`-th invented person; the same number gives the same person."""
    given, given_hangul, sex = GIVEN[number % len(GIVEN)]
    family, family_hangul = FAMILY[(number * 3 + number // len(FAMILY)) % len(FAMILY)]
    charset: Charset = ("ir149", "utf8", "latin")[number % 3]
    if charset == "latin":
        family = LATIN_FAMILY[number // 3 % len(LATIN_FAMILY)]
    year = BIRTH_YEARS[number % len(BIRTH_YEARS)]
    korean = charset != "latin"
    return Person(
        number=number,
        family=family,
        given=given,
        family_hangul=family_hangul,
        given_hangul=given_hangul,
        sex="M" if sex == "M" else "F",
        birth_date=f"{year}0230",
        resident_number=f"{year % 100:02d}0230-{9 if sex == 'M' else 0}{100003 + number * 7919:06d}",
        patient_id=f"KX{40003 + number * 7919:08d}",
        address=f"없는도 그림자시 메아리로 {9000 + number}"
        if korean
        else f"{9000 + number} Nowhere Echo Lane",
        phone=f"010-0000-{4000 + number:04d}",
        email=f"{given.lower()}.{number:03d}@example.com",
        referring_physician="UISADALIN^GEUMEUM==의사달인^그믐" if korean else "STETHOSWORTH^IMOGEN",
        radiographer="CHWALYEONGIN^BOREUM==촬영인^보름" if korean else "BEAMWRIGHT^OSWALD",
        institution="없는나라대학교병원" if korean else "Neverland University Hospital",
        department="가상영상의학과" if korean else "Imaginary Radiology",
        station=f"NOWHERECT{number:03d}",
        serial=f"SN-KX-{70001 + number * 31}",
        accession=f"AKX{20200001 + number * 17}",
        study_id=f"SKX{5001 + number * 13}",
        charset=charset,
    )


PERSONS: tuple[Person, ...] = tuple(make_person(number) for number in range(16))


def planted_values(person: Person) -> list[str]:
    """Strings that identify the person, the staff or the place, each of which is in every file made for them.

    Grep for them in decoded text; `planted_bytes` has them as they stand in files.
    """
    values = [
        person.family,
        person.given,
        person.birth_date,
        person.resident_number,
        person.patient_id,
        person.address,
        person.phone,
        person.email,
        person.institution,
        person.department,
        person.station,
        person.serial,
        person.accession,
        person.study_id,
    ]
    if person.charset != "latin":
        values += [person.family_hangul, person.given_hangul]
    for name in (person.referring_physician, person.radiographer):
        values += [part for group in name.split("=") for part in group.split("^") if len(part) > 1]
    return values


def planted_bytes(person: Person) -> list[bytes]:
    """`planted_values` in every encoding in which a system could have written them: UTF-8, EUC-KR, UTF-16."""
    needles: dict[bytes, None] = {}
    for value in planted_values(person):
        for encoding in ("utf-8", "euc-kr", "utf-16-le"):
            needles[value.encode(encoding)] = None
    return list(needles)
