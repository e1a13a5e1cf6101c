"""What only whole examinations show: references between files, multi-frame objects, every measure that must
stay.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

from pydicom.datadict import dictionary_has_tag, dictionary_VM, dictionary_VR

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import Piece, Value, name_of, piece, sequence
from deid.exam.headers import CLASSES
from deid.exam.people import People
from deid.exam.standard import SOURCE
from deid.tables import DATA

VALUES: dict[str, Value] = {
    "DS": "1.25",
    "IS": "3",
    "CS": "TYPE_A",
    "US": (7,),
    "SS": (-7,),
    "UL": (70001,),
    "SL": (-70001,),
    "FL": (0.5,),
    "FD": (1.0625,),
    "TM": "121530",
    "AS": "045Y",
}
OF_THE_PICTURE = frozenset(range(0x00280002, 0x00280107)) | {0x00280303, 0x00080005, 0x00082111} | DATA
"""Attributes that say how the pixels lie, which a made-up value would break, and tables that need more."""


def measures() -> list[tuple[int, str, bool]]:
    """Tag, VR and whether it stands at the top, of every number and code of the accepted objects' modules
    that the table E.1-1 does not name and no documented choice removes.
    """
    with (SOURCE / "ps315_e1_1_2025b.csv").open(encoding="utf-8", newline="") as stream:
        named = {row["tag"] for row in csv.DictReader(stream)}
    with (SOURCE / "choices.csv").open(encoding="utf-8", newline="") as stream:
        removed = {row["keyword"] for row in csv.DictReader(stream) if row["action"] not in {"K", "C"}}
    with (SOURCE / "iod_attributes.csv").open(encoding="utf-8", newline="") as stream:
        attributes = list(csv.DictReader(stream))
    found = []
    for row in attributes:
        if row["tag"] in named or row["keyword"] in removed or "X" in row["tag"][1:10]:
            continue
        tag = int(row["tag"][1:5] + row["tag"][6:10], 16)
        vr = dictionary_VR(tag).split(" or ")[0] if dictionary_has_tag(tag) else row["vr"]
        if vr in VALUES and tag not in OF_THE_PICTURE and tag >> 16 != 0x6000:
            found.append((tag, vr, bool(row["top_type"])))
    return found


def utility(drafts: Sequence[Draft]) -> None:
    """Each of the measures in one of the files; those of functional groups inside of such."""
    for number, (tag, vr, top) in enumerate(measures()):
        draft = drafts[number % len(drafts)]
        if top and tag in draft.pieces:
            continue
        one = Piece(tag, vr, _several(VALUES[vr], dictionary_VM(tag) if dictionary_has_tag(tag) else "1"))
        place = name_of(tag)
        if top:
            draft.add(one)
        else:
            chain = ("SharedFunctionalGroupsSequence", "CTExposureSequence")
            place = draft.nest(chain, one) + place
        draft.answer(place, "number or code of a module", Demand.RETAINED, value=draft.encoder.value(one))


def _several(value: Value, multiplicity: str) -> Value:
    count = int(multiplicity.split("-")[0]) if multiplicity[0].isdigit() else 1
    if isinstance(value, str):
        return "\\".join([value] * count)
    assert not isinstance(value, bytes)
    return [*value] * count


def refer(drafts: Sequence[Draft], people: People) -> None:
    """Each file refers to the next: as source, as reference, and two deep in a series."""
    for draft, other in zip(drafts, [*drafts[1:], drafts[0]], strict=True):
        images = [
            piece("ReferencedSOPClassUID", other.sop_class),
            piece("ReferencedSOPInstanceUID", other.instance),
        ]
        series = str(other.pieces[0x0020000E].value)
        draft.add(
            sequence("ReferencedImageSequence", images),
            sequence("SourceImageSequence", images, undefined=True),
            sequence(
                "ReferencedSeriesSequence",
                [piece("SeriesInstanceUID", series), sequence("ReferencedInstanceSequence", images)],
            ),
        )
        kind = "reference between files"
        for place in ("ReferencedImageSequence[0].", "SourceImageSequence[0]."):
            draft.uid_answers(f"{place}ReferencedSOPInstanceUID", other.instance, kind)
            draft.answer(
                f"{place}ReferencedSOPClassUID", kind, Demand.RETAINED, value=other.sop_class.encode()
            )
        inner = "ReferencedSeriesSequence[0]."
        draft.uid_answers(f"{inner}SeriesInstanceUID", series, kind)
        draft.uid_answers(
            f"{inner}ReferencedInstanceSequence[0].ReferencedSOPInstanceUID", other.instance, kind
        )
        day = people.day()
        draft.date("InstanceCreationDate", f"{day}")
        draft.date("PerformedProcedureStepStartDate", draft.case.study_day)
        draft.keep("PerformedProcedureStepStartTime", "101500", "time of day")


def multi_frame(draft: Draft, people: People) -> None:
    """Functional groups with dates, comments and references (PS3.3 C.7.6.16), in each frame."""
    person = draft.person
    frames, kind = [], "functional group"
    for number in range(2):
        comment = f"{person.name.given} {people.resident_number()}"
        day = people.day()
        content = [
            piece("FrameReferenceDateTime", f"{day}101602.5"),
            piece("FrameAcquisitionDateTime", f"{day}101602.25"),
            piece("FrameComments", comment),
            piece("FrameAcquisitionNumber", (number + 1,)),
            piece("DimensionIndexValues", (1, number + 1)),
        ]
        plane = [piece("ImagePositionPatient", f"-160\\-160\\{number}.5")]
        frames.append(
            [
                sequence("FrameContentSequence", content, undefined=bool(number)),
                sequence("PlanePositionSequence", plane),
            ]
        )
        inside = f"PerFrameFunctionalGroupsSequence[{number}]."
        for keyword, time in (
            ("FrameReferenceDateTime", "101602.5"),
            ("FrameAcquisitionDateTime", "101602.25"),
        ):
            place = f"{inside}FrameContentSequence[0].{keyword}"
            draft.answer(place, kind, Demand.DATE_SHIFTED, value=f"{day}{time}".encode(), secrets=(day,))
        place = f"{inside}FrameContentSequence[0].FrameComments"
        draft.answer(place, kind, Demand.REMOVED, secrets=tuple(comment.split()))
        place = f"{inside}PlanePositionSequence[0].ImagePositionPatient"
        draft.answer(place, kind, Demand.RETAINED, value=f"-160\\-160\\{number}.5".encode())
    draft.add(sequence("PerFrameFunctionalGroupsSequence", *frames, undefined=True))
    uid = people.uid()
    geometry = [piece("SliceThickness", "0.5"), piece("PixelSpacing", "0.7\\0.7")]
    shared = [
        sequence("PixelMeasuresSequence", geometry),
        sequence("IrradiationEventIdentificationSequence", [piece("IrradiationEventUID", uid)]),
        sequence("UnassignedSharedConvertedAttributesSequence", _original(draft, people)),
    ]
    draft.add(sequence("SharedFunctionalGroupsSequence", shared))
    inside = "SharedFunctionalGroupsSequence[0]."
    for keyword, value in (("SliceThickness", b"0.5"), ("PixelSpacing", b"0.7\\0.7")):
        draft.answer(f"{inside}PixelMeasuresSequence[0].{keyword}", kind, Demand.RETAINED, value=value)
    place = f"{inside}IrradiationEventIdentificationSequence[0].IrradiationEventUID"
    draft.answer(place, kind, Demand.UID_CHANGED, value=uid.encode(), secrets=(uid,))
    if draft.sop_class == CLASSES["ECT"][1]:
        draft.answer(place, "type 1 attribute of an enhanced image", Demand.REQUIRED)


def _original(draft: Draft, people: People) -> list[Piece]:
    """What a converter carries over from the single frames, private blocks with names among it."""
    name, mark = people.name("korean" if draft.korean else "latin"), people.word()
    place = "SharedFunctionalGroupsSequence[0].UnassignedSharedConvertedAttributesSequence[0]."
    draft.answer(f"{place}OperatorsName", "converted attributes", Demand.REMOVED, secrets=name.secrets)
    draft.answer(f"{place}(0009,xx02,GEMS_IDEN_01)", "converted attributes", Demand.REMOVED, secrets=(mark,))
    return [
        piece("OperatorsName", name.dicom),
        Piece(0x00090010, "LO", "GEMS_IDEN_01"),
        Piece(0x00091002, "SH", mark),
    ]


def own_characters(draft: Draft, people: People) -> None:
    """An item that declares a character set other than its file's."""
    name = people.name("korean")
    item = [
        piece("SpecificCharacterSet", "ISO_IR 192"),
        piece("CodeValue", "RPID1"),
        piece("CodingSchemeDesignator", "99HOSP"),
        piece("CodeMeaning", f"흉부 {name.hangul}"),
        piece("PersonName", name.dicom),
    ]
    draft.add(sequence("ProcedureCodeSequence", item))
    place = "ProcedureCodeSequence[0]."
    draft.answer(
        f"{place}CodeMeaning",
        "item with its own character set",
        Demand.TEXT_REMOVED,
        secrets=(name.hangul_given,),
    )
    draft.answer(
        f"{place}CodeMeaning", "item with its own character set", Demand.TEXT_RETAINED, kept=("흉부",)
    )
    draft.answer(
        f"{place}PersonName", "item with its own character set", Demand.REMOVED, secrets=name.secrets
    )
