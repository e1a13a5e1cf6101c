"""Identity in text that is to be kept: names as people write them, numbers, dates; and text in typed values.

Each plant goes into one descriptive attribute together with words of radiology, which must remain.
"""

from __future__ import annotations

from collections.abc import Sequence

from deid.exam.answers import Demand
from deid.exam.draft import Case, Draft
from deid.exam.encoding import name_of, piece, sequence
from deid.exam.people import People
from deid.exam.writings import MONTHS, Written, hangul, latin, numbers, uids

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
    ("AcquisitionProtocolDescription", "CHEST WITHOUT CONTRAST"),
    ("PostprocessingFunction", "EDGE ENHANCEMENT"),
)
"""Attributes that stay as cleaned text, each with words that must remain in it."""
DEVICE = (
    "Manufacturer",
    "ManufacturerModelName",
    "SoftwareVersions",
    "ConvolutionKernel",
    "DetectorManufacturerName",
)


def plant(draft: Draft, kind: str, written: Sequence[Written]) -> None:
    """One text after another into the descriptive attributes of one file, before, between or after its
    words.
    """
    for number, ((text, secrets), (keyword, words)) in enumerate(zip(written, FIELDS, strict=False)):
        first, last = words.split(maxsplit=1)
        value = (f"{text} {words}", f"{first} {text} {last}", f"{words} {text}")[number % 3]
        describe(draft, keyword, value, kind, secrets, words.split())


def describe(
    draft: Draft, keyword: str, value: str, kind: str, secrets: tuple[str, ...], kept: list[str]
) -> None:
    """Replaces a descriptive attribute, and what was demanded of it, by a text that names somebody."""
    draft.forget(keyword)
    draft.set(keyword, value)
    draft.answer(keyword, kind, Demand.TEXT_REMOVED, secrets=secrets)
    draft.answer(keyword, kind, Demand.TEXT_RETAINED, kept=kept)


def of_device(case: Case, people: People, *, korean: bool) -> list[tuple[str, Written]]:
    """What may not stand even in text that is kept as it is (maker, model, software, kernel): names and
    numbers that the file holds elsewhere, what has the form of an identifier, and the day of the
    examination.
    """
    person = case.person
    names = [*latin(person.name), *latin(person.doctor), *latin(person.operator)]
    if korean:
        names += [*hangul(person.name), *hangul(person.operator)]
    year, month, day = case.study_day[:4], case.study_day[4:6], case.study_day[6:]
    dates = [
        shape.format(y=year, m=month, d=day, short=year[2:], name=MONTHS[int(month) - 1])
        for shape in (
            "{y}{m}{d}",
            "V {y}-{m}-{d}",
            "{y}.{m}.{d}",
            "{y}/{m}/{d}",
            "VA10A {short}{m}{d}",
            "{d}-{name}-{y}",
        )
    ]
    found = [("name in device text", one) for one in names if one[0]]
    found += [("number in device text", one) for one in [*numbers(people, person)[:-2], *uids(case, people)]]
    return found + [("day of the file in device text", (text, (text.split()[-1],))) for text in dates]


def put(draft: Draft, plants: Sequence[tuple[str, Written]]) -> None:
    """At most as many as there are texts of the device."""
    for keyword, (kind, (text, secrets)) in zip(DEVICE, plants, strict=False):
        draft.forget(keyword)
        draft.set(keyword, f"V1.0\\{text}" if keyword in {"SoftwareVersions", "ConvolutionKernel"} else text)
        draft.answer(keyword, kind, Demand.TEXT_REMOVED, secrets=secrets)
        if keyword in {"SoftwareVersions", "ConvolutionKernel"}:
            draft.answer(keyword, kind, Demand.TEXT_RETAINED, kept=["V1.0"])


def in_codes(draft: Draft, people: People) -> None:
    """Names in meanings of codes: of the hospital's scheme, and of a standard one where the file knows
    them.
    """
    kind, person = "name in a code", draft.person
    other = people.name("latin")
    own = [
        piece("CodeValue", person.name.given),
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
        ("ProcedureCodeSequence", own, (other.family, person.name.given)),
        ("AnatomicRegionSequence", public, (person.name.given,)),
    ):
        draft.add(sequence(keyword, item))
        draft.answer(f"{keyword}[0].CodeMeaning", kind, Demand.TEXT_REMOVED, secrets=secrets)
    for keyword, text in (("LUTExplanation", f"CHEST {person.name.given}"), ("LUTLabel", other.given)):
        place = draft.nest(("RealWorldValueMappingSequence",), piece(keyword, text)) + keyword
        draft.answer(place, "name in nested text", Demand.TEXT_REMOVED, secrets=tuple(text.split()[-1:]))
    draft.add(sequence("ViewCodeSequence", clean))
    for one in clean:
        place = f"ViewCodeSequence[0].{name_of(one.tag)}"
        draft.answer(place, "code of a public scheme", Demand.RETAINED, value=draft.encoder.value(one))
