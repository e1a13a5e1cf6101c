"""What is not as it should be, or only looks like identity: repeated elements, odd dates and UIDs, zeros."""

from __future__ import annotations

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import piece
from deid.exam.people import People


def disorder(draft: Draft, people: People) -> None:
    """Elements that come twice or out of order, deep nests, UIDs that hold numbers, dates that are none."""
    korean = "korean" if draft.korean else "latin"
    for keyword in ("SeriesDescription", "PatientName", "BodyPartExamined", "ImageComments"):
        name = people.name(korean)
        draft.stray.append(piece(keyword, name.dicom if keyword == "PatientName" else name.family))
        secrets = name.secrets if keyword == "PatientName" else (name.family,)
        draft.answer(f"a second {keyword}", "element that comes twice", Demand.REMOVED, secrets=secrets)
    chain = ("AnatomicRegionSequence", *["EquivalentCodeSequence"] * 12)
    name = people.name(korean)
    place = draft.nest(chain, piece("PatientName", name.dicom), undefined=True)
    draft.answer(f"{place}PatientName", "13 sequences deep", Demand.REMOVED, secrets=name.secrets)
    _numbered_uids(draft, people)
    for keyword, value, secret in (
        ("InstanceCreationDate", "20190230", "20190230"),
        ("ContentDate", people.day()[:6], ""),
        ("AcquisitionDateTime", people.day()[:6], ""),
        ("FrameReferenceDateTime", people.day()[:4], ""),
    ):
        draft.forget(keyword)
        draft.add(piece(keyword, value))
        secrets = (secret,) if secret else ()
        kept = b"" if secret else value.encode()
        draft.answer(keyword, "date that is none", Demand.REMOVED, value=kept, secrets=secrets)
    several = (people.day(), people.day())
    draft.forget("SeriesDate")
    draft.date("SeriesDate", "\\".join(several), "several dates")
    dotted = people.day()
    draft.forget("AcquisitionDate")
    draft.set("AcquisitionDate", f"{dotted[:4]}.{dotted[4:6]}.{dotted[6:]}")
    draft.answer("AcquisitionDate", "date of ACR-NEMA", Demand.DATE_SHIFTED, value=dotted.encode())


def zeros(draft: Draft, people: People) -> None:
    """Identifiers that are next to nothing must not take the measures along."""
    for keyword, value in (
        ("PatientID", "00000000"),
        ("AccessionNumber", "0000000001"),
        ("StudyID", "00512"),
    ):
        draft.forget(keyword)
        draft.add(piece(keyword, value))
    draft.answer("PatientID", "identifier of zeros", Demand.REQUIRED, value=draft.case.subject.encode())
    for keyword, value in (
        ("ImageOrientationPatient", "1\\0\\0\\0\\0\\-1"),
        ("ImagePositionPatient", "0\\-512\\000512"),
        ("PatientWeight", "00001"),
        ("ReconstructionDiameter", "512.0"),
    ):
        draft.forget(keyword)
        draft.keep(keyword, value, "number like an identifier of zeros")


def _numbered_uids(draft: Draft, people: People) -> None:
    """UIDs that hold the patient's number and the day, and classes and references that are none."""
    person, day = draft.person, draft.case.study_day
    number = person.hospital_number.lstrip("0")
    for keyword in (
        "SeriesInstanceUID",
        "FrameOfReferenceUID",
        "IrradiationEventUID",
        "RelatedGeneralSOPClassUID",
    ):
        uid = f"{people.uid()}.{number}.{day}"
        draft.forget(keyword)
        draft.set(keyword, uid)
        draft.answer(
            keyword,
            "UID that holds a number",
            Demand.UID_CHANGED,
            value=uid.encode(),
            secrets=(uid, number, day),
        )
    name = people.word()
    place = draft.nest(("SourceImageSequence",), piece("ReferencedSOPInstanceUID", name))
    draft.answer(f"{place}ReferencedSOPInstanceUID", "UID that is a name", Demand.REMOVED, secrets=(name,))


def joined(draft: Draft, people: People) -> None:
    """A given name of two parts, which text joins or hyphenates, as Korean names are romanised."""
    person = draft.person
    parts = (people.word(), people.word())
    draft.plant(
        piece("PhysiciansOfRecord", f"{person.doctor.family}^{parts[0]} {parts[1]}"), "name in parts", *parts
    )
    draft.forget("Manufacturer")
    draft.set("Manufacturer", f"{parts[0]}{parts[1]}")
    draft.answer("Manufacturer", "name in parts", Demand.TEXT_REMOVED, secrets=parts)
    draft.forget("SoftwareVersions")
    draft.set("SoftwareVersions", f"{parts[0].title()}-{parts[1].title()}")
    draft.answer("SoftwareVersions", "name in parts", Demand.TEXT_REMOVED, secrets=parts)


def unusual(draft: Draft, people: People) -> None:
    """Numbers and codes as scanners write them, though no textbook does."""
    for keyword, value in (
        ("KVP", "120."),
        ("XRayTubeCurrent", " 210"),
        ("SliceThickness", "1.2500000000000001"),
        ("FocalSpots", ".7\\1.2"),
        ("DataCollectionDiameter", "5.0E+02"),
        ("TableHeight", "-0"),
        ("SliceLocation", "+112.5"),
        ("DistanceSourceToDetector", "1085.60000"),
        ("BodyPartExamined", "Chest"),
        ("ScanOptions", "HELIX"),
        ("RescaleType", "HU"),
        ("ExposureTime", ""),
        ("ImageType", "ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI\\\\"),
        ("FilterType", "BODY FILTER"),
        ("SoftwareVersions", "syngo CT VB20A\\2013A SP1\\07MW18.4"),
        ("ConvolutionKernel", "Qr40d\\3"),
        ("ManufacturerModelName", "Revolution XQi ADS_28.4"),
    ):
        draft.forget(keyword)
        draft.keep(keyword, value, "value of an unusual form")


DISORDERS = (disorder, joined, zeros, unusual)
