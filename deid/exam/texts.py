"""Identity in text that is to be kept: names as people write them, numbers, dates; and text in typed values.

Each plant goes into one descriptive attribute together with words of radiology, which must remain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import Piece, piece, sequence, tag_of
from deid.exam.people import Name, People, Person

FIELDS = (
    ("StudyDescription", "CHEST CT"),
    ("SeriesDescription", "LUNG AXIAL"),
    ("ProtocolName", "CHEST ROUTINE"),
    ("DerivationDescription", "LOSSY JPEG"),
    ("PerformedProcedureStepDescription", "CHEST PA"),
    ("RequestedProcedureDescription", "CHEST LATERAL"),
    ("AcquisitionDeviceProcessingDescription", "CHEST EDGE"),
    ("ContrastBolusAgent", "IOHEXOL 350"),
    ("WindowCenterWidthExplanation", "LUNG WINDOW"),
    ("ContrastBolusRoute", "IV INJECTION"),
    ("AcquisitionProtocolName", "THORAX LOW DOSE"),
    ("DetectorDescription", "FLAT PANEL"),
)
"""Attributes that stay as cleaned text, each with words that must remain in it."""
DEVICE = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "DetectorManufacturerName")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

Written = tuple[str, tuple[str, ...]]


def wide(text: str) -> str:
    """Full-width forms, as Korean and Japanese keyboards give them."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def latin(name: Name) -> Iterator[Written]:
    family, given = name.family, name.given
    secrets = (family, given)
    yield f"{family}^{given}", secrets
    yield f"{given.lower()} {family.lower()}", secrets
    yield f"{family.title()}, {given.title()}", secrets
    yield f"{given}^{family}", secrets
    yield f"{family}_{given}", secrets
    yield f"{family}{given}", secrets
    yield f"{given}{family}", secrets
    yield f"DR.{family.title()}", (family,)
    yield f"{given[0]}.{family}", (family,)
    yield f"({family.lower()})", (family,)
    yield f"{family.title()}'s", (family,)
    yield f"{family}^^{given}^DR", secrets


def accented(name: Name) -> Iterator[Written]:
    """Written with other letters that are the same: full width, accents."""
    yield wide(name.family), (name.family,)
    marked = unicodedata.normalize("NFC", "".join(c + "\u0301" if c in "AEIOU" else c for c in name.family))
    yield marked, (name.family,)


def hangul(name: Name) -> Iterator[Written]:
    whole, given = name.hangul, name.hangul_given
    yield whole, (given,)
    yield f"{name.hangul_family} {given}", (given,)
    yield f"{name.hangul_family}^{given}", (given,)
    yield f"{whole}님", (given,)
    yield f"{whole} 환자", (given,)
    yield f"{given}", (given,)
    yield f"교수 {whole}의", (given,)
    yield f"{name.hanja}", (name.hanja,)


def numbers(people: People, person: Person) -> Iterator[Written]:
    number = person.hospital_number
    yield number, (number.lstrip("0"),)
    yield number.lstrip("0"), (number.lstrip("0"),)
    yield f"#{number}", (number.lstrip("0"),)
    yield f"ID:{number}", (number.lstrip("0"),)
    yield person.accession.lower(), (person.accession,)
    for shape in ("{}", "RRN{}", "({})"):
        resident = people.resident_number()
        yield shape.format(resident), (resident,)
    resident = people.resident_number().replace("-", "")
    yield resident, (resident,)
    resident = people.resident_number().replace("-", " ")
    yield resident, (resident,)
    for shape in (
        "010-0000-{}",
        "010 0000 {}",
        "0100000{}",
        "+82-10-0000-{}",
        "+82 10 0000 {}",
        "02-000-{}",
        "(02) 000-{}",
        "010.0000.{}",
        "TEL 010-0000-{}",
    ):
        phone = shape.format(people.digits(4))
        yield phone, (phone.removeprefix("TEL "),)
    mail = people.mail()
    yield mail, (mail, mail.split("@")[0])
    web = people.word().lower()
    yield f"www.{web}.example.com", (web,)
    address = people.word()
    yield f"{people.digits(4)} {address} STREET", (address,)


def days(people: People) -> Iterator[Written]:
    """Dates as people type them. The year is part of the secret: the calendar stays at the hospital."""
    for shape in (
        "{y}{m}{d}",
        "{y}-{m}-{d}",
        "{y}.{m}.{d}",
        "{y}/{m}/{d}",
        "{m}/{d}/{y}",
        "{d}.{m}.{y}",
        "{d}-{name}-{y}",
        "{d} {name} {y}",
        "{name} {d}, {y}",
        "{y}. {m}. {d}.",
        "{short}.{m}.{d}",
        "{short}/{m}/{d}",
        "{short}{m}{d}",
    ):
        yield _day(people, shape)


def korean_days(people: People) -> Iterator[Written]:
    for shape in ("{y}년 {m}월 {d}일", "{y}년{m}월{d}일", "{m}월 {d}일", "'{short}. {m}. {d}"):
        yield _day(people, shape)


def _day(people: People, shape: str) -> Written:
    day = people.day()
    year, month, number = day[:4], day[4:6], day[6:]
    text = shape.format(y=year, m=month, d=number, name=MONTHS[int(month) - 1], short=year[2:])
    secrets = [text]
    if "{y}" in shape:
        secrets.append(year)
    if "{name}" in shape:
        secrets.append(f"{MONTHS[int(month) - 1]}")
    return text, tuple(secrets)


def plant(draft: Draft, kind: str, written: list[Written]) -> None:
    """One text after another into the descriptive attributes of one file, before, between or after its words."""
    for number, ((text, secrets), (keyword, words)) in enumerate(zip(written, FIELDS, strict=False)):
        first, last = words.split(maxsplit=1)
        value = (f"{text} {words}", f"{first} {text} {last}", f"{words} {text}")[number % 3]
        if tag_of(keyword) == tag_of("WindowCenterWidthExplanation"):
            value = value.replace("\\", " ")
        describe(draft, keyword, value, kind, secrets, words.split())


def describe(
    draft: Draft, keyword: str, value: str, kind: str, secrets: tuple[str, ...], kept: list[str]
) -> None:
    """Replaces a descriptive attribute, and what was demanded of it, by a text that names somebody."""
    draft.answers = [answer for answer in draft.answers if answer.place != keyword]
    draft.set(keyword, value)
    draft.answer(keyword, kind, Demand.TEXT_REMOVED, secrets=secrets)
    draft.answer(keyword, kind, Demand.TEXT_RETAINED, kept=kept)


def in_device_text(draft: Draft, people: People) -> None:
    """Names that the file holds elsewhere, in maker, model, software and kernel."""
    kind, person = "name in device text", draft.person
    texts = (
        person.name.family,
        person.doctor.given.title(),
        person.hospital_number,
        people.resident_number(),
        f"{person.operator.family} {person.operator.given}",
    )
    for keyword, text in zip(DEVICE, texts, strict=True):
        draft.answers = [answer for answer in draft.answers if answer.place != keyword]
        draft.set(keyword, f"V1.0\\{text}" if keyword in {"SoftwareVersions", "ConvolutionKernel"} else text)
        draft.answer(keyword, kind, Demand.TEXT_REMOVED, secrets=tuple(text.split()))
    draft.answer("ConvolutionKernel", kind, Demand.TEXT_RETAINED, kept=["V1.0"])


def in_codes(draft: Draft, people: People) -> None:
    """Names in meanings of codes: of the hospital's scheme, and of a standard one where the file knows them."""
    kind, person = "name in a code", draft.person
    other = people.name("latin")
    own = [
        piece("CodeValue", people.code()),
        piece("CodingSchemeDesignator", "99HOSP"),
        piece("CodeMeaning", f"CHEST {other.family}"),
    ]
    public = [
        piece("CodeValue", "51185008"),
        piece("CodingSchemeDesignator", "SCT"),
        piece("CodeMeaning", f"Chest {person.name.given}"),
    ]
    clean = [
        piece("CodeValue", "399348003"),
        piece("CodingSchemeDesignator", "SCT"),
        piece("CodeMeaning", "antero-posterior"),
    ]
    for keyword, item, secrets in (
        ("ProcedureCodeSequence", own, (other.family, str(own[0].value))),
        ("AnatomicRegionSequence", public, (person.name.given,)),
    ):
        draft.add(sequence(keyword, item))
        draft.answer(f"{keyword}[0].CodeMeaning", kind, Demand.TEXT_REMOVED, secrets=secrets)
    draft.add(sequence("ViewCodeSequence", clean))
    for one in clean:
        place = f"ViewCodeSequence[0].{_keyword(one)}"
        draft.answer(place, "code of a public scheme", Demand.RETAINED, value=draft.encoder.value(one))


def _keyword(one: Piece) -> str:
    return {0x00080100: "CodeValue", 0x00080102: "CodingSchemeDesignator", 0x00080104: "CodeMeaning"}[one.tag]


TYPED: tuple[tuple[str, str], ...] = (
    ("SliceThickness", "DS"),
    ("KVP", "DS"),
    ("TableHeight", "DS"),
    ("XRayTubeCurrent", "IS"),
    ("ExposureTime", "IS"),
    ("AcquisitionNumber", "IS"),
    ("ScanOptions", "CS"),
    ("BodyPartExamined", "CS"),
    ("FilterMaterial", "CS"),
    ("SeriesTime", "TM"),
    ("AcquisitionTime", "TM"),
    ("SeriesDate", "DA"),
    ("AcquisitionDate", "DA"),
    ("AcquisitionDateTime", "DT"),
    ("PatientAge", "AS"),
    ("TimezoneOffsetFromUTC", "SH"),
)
Hidden = Callable[[Person, People], str]
HIDDEN: tuple[Hidden, ...] = (
    lambda person, people: person.name.family,
    lambda person, people: people.resident_number(),
    lambda person, people: people.phone(),
    lambda person, people: people.word(),
)


def in_typed_values(draft: Draft, people: People, round_: int) -> None:
    """Text in values whose type allows none, and a hospital number where a number may stand."""
    kind, person = "text in a typed value", draft.person
    for number, (keyword, vr) in enumerate(TYPED):
        text = HIDDEN[(number + round_) % len(HIDDEN)](person, people)
        if vr == "CS" and not text.isalpha():
            text = person.name.given
        draft.answers = [answer for answer in draft.answers if answer.place != keyword]
        draft.plant(piece(keyword, text), kind, text)
    for keyword, text in (("DataCollectionDiameter", person.hospital_number), ("PatientWeight", people.resident_number())):
        text = text.replace("-", "")
        draft.answers = [answer for answer in draft.answers if answer.place != keyword]
        draft.plant(piece(keyword, text), kind, text)
    for keyword, text in (("WindowCenter", "40\\{}"), ("ImageType", "ORIGINAL\\PRIMARY\\{}"), ("FocalSpots", "0.7\\{}")):
        draft.answers = [answer for answer in draft.answers if answer.place != keyword]
        draft.plant(piece(keyword, text.format(person.name.given)), "one of several values", person.name.given)
