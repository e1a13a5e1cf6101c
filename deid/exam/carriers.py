"""Places beside ordinary attributes where identity hides: outside the data set, graphics, documents, UN."""

from __future__ import annotations

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import Encoder, Piece, name_of, piece, sequence
from deid.exam.people import People


def marks(draft: Draft, people: People) -> tuple[str, tuple[str, ...]]:
    """Text with the patient, whom the file names elsewhere, and with somebody it does not name."""
    person, other = draft.person, people.name("korean" if draft.korean else "latin")
    secrets = (
        person.name.given,
        person.hospital_number,
        other.family,
        other.hangul,
        people.resident_number(),
    )
    return " ".join(secret for secret in secrets if secret), secrets


def outside(draft: Draft, people: People) -> None:
    """Preamble, file meta group, bytes after the data set."""
    text, secrets = marks(draft, people)
    draft.preamble = text.encode()[:128].ljust(128, b"\0")
    shown = tuple(secret for secret in secrets if secret.encode() in draft.preamble)
    draft.answer("the preamble", "preamble", Demand.REMOVED, secrets=shown)
    text, secrets = marks(draft, people)
    draft.tail = b"\0\0" + text.encode() + b" " + text.encode("cp949", "ignore")
    draft.answer("after the data set", "bytes after the data set", Demand.REMOVED, secrets=secrets)
    for keyword in (
        "SourceApplicationEntityTitle",
        "SendingApplicationEntityTitle",
        "ReceivingApplicationEntityTitle",
        "ImplementationVersionName",
        "SourcePresentationAddress",
        "PrivateInformation",
    ):
        mark = people.code()
        value = f"{mark} ".encode() if keyword == "PrivateInformation" else mark
        one = piece(keyword, value)
        draft.meta.append(one)
        draft.answer(name_of(one.tag), "file meta group", Demand.REMOVED, secrets=(mark,))
    mark = people.code()
    draft.meta.append(Piece(0x000200F0, "LO", mark))
    draft.answer("(0002,00F0)", "file meta group", Demand.REMOVED, secrets=(mark,))
    for keyword in ("PrivateInformationCreatorUID", "MediaStorageSOPInstanceUID", "ImplementationClassUID"):
        uid = people.uid()
        draft.meta.append(piece(keyword, uid))
        draft.answer(keyword, "file meta group", Demand.UID_CHANGED, value=uid.encode(), secrets=(uid,))


def after_pixels(draft: Draft, people: People) -> None:
    """Elements behind Pixel Data, and bytes behind the last pixel inside of it."""
    text, secrets = marks(draft, people)
    draft.add(sequence("DigitalSignaturesSequence", [piece("CertificateOfSigner", text.encode())]))
    draft.answer("DigitalSignaturesSequence", "digital signature", Demand.REMOVED, secrets=secrets)
    text, secrets = marks(draft, people)
    padding = text.encode()
    draft.add(piece("DataSetTrailingPadding", padding + b"\0" * (len(padding) % 2)))
    draft.answer("DataSetTrailingPadding", "trailing padding", Demand.REMOVED, secrets=secrets)
    text, secrets = marks(draft, people)
    extra = text.encode()[:100]
    draft.pixel_extra = extra + b"\0" * (len(extra) % 2)
    shown = tuple(secret for secret in secrets if secret.encode() in extra)
    draft.answer("behind the last pixel", "padding of the pixels", Demand.REMOVED, secrets=shown)


def graphics(draft: Draft, people: People) -> None:
    """Overlays, curves, annotations, icons (PS3.3 C.9.2, C.10.2, C.10.5, C.7.6.1.1.6)."""
    for group in (0x6000, 0x6002, 0x601E):
        for number, vr in ((0x0022, "LO"), (0x1500, "LO"), (0x4000, "LT"), (0x3000, "OW"), (0x0045, "LO")):
            text, secrets = marks(draft, people)
            value = text.encode() + b" " * (len(text.encode()) % 2) if vr == "OW" else text
            one = Piece(group << 16 | number, vr, value)
            draft.plant(one, "overlay", *secrets, place=f"({group:04X},{number:04X})")
        draft.add(
            Piece(group << 16 | 0x0010, "US", (8,)),
            Piece(group << 16 | 0x0011, "US", (8,)),
            Piece(group << 16 | 0x0040, "CS", "G"),
            Piece(group << 16 | 0x0050, "SS", (1, 1)),
            Piece(group << 16 | 0x0100, "US", (1,)),
            Piece(group << 16 | 0x0102, "US", (0,)),
        )
    for number, vr in ((0x0022, "LO"), (0x0020, "CS"), (0x2500, "LO"), (0x3000, "OW")):
        text, secrets = marks(draft, people)
        if vr == "CS":
            secrets = (people.code(),)
            text = secrets[0]
        value = text.encode() + b" " * (len(text.encode()) % 2) if vr == "OW" else text
        draft.plant(Piece(0x50000000 | number, vr, value), "curve", *secrets, place=f"(5000,{number:04X})")
    text, secrets = marks(draft, people)
    label = [piece("UnformattedTextValue", text)]
    annotation = [piece("GraphicLayer", "LAYER"), sequence("TextObjectSequence", label)]
    draft.plant(sequence("GraphicAnnotationSequence", annotation), "graphic annotation", *secrets)
    text, secrets = marks(draft, people)
    icon = [
        piece("SamplesPerPixel", (1,)),
        piece("PhotometricInterpretation", "MONOCHROME2"),
        piece("Rows", (8,)),
        piece("Columns", (8,)),
        piece("BitsAllocated", (8,)),
        piece("BitsStored", (8,)),
        piece("HighBit", (7,)),
        piece("PixelRepresentation", (0,)),
        piece("PixelData", text.encode()[:64].ljust(64, b"\0"), vr="OB"),
    ]
    shown = [secret for secret in secrets if secret.encode() in text.encode()[:64]]
    draft.plant(sequence("IconImageSequence", icon, undefined=True), "icon image", *shown)


def documents(draft: Draft, people: People) -> None:
    """What holds whole originals: documents, replaced attributes, encrypted attributes, signatures."""
    text, secrets = marks(draft, people)
    pdf = b"%PDF-1.4 " + text.encode()
    draft.plant(piece("EncapsulatedDocument", pdf + b"\0" * (len(pdf) % 2)), "document", *secrets)
    text, secrets = marks(draft, people)
    draft.plant(piece("DocumentTitle", text), "document", *secrets)
    person = draft.person
    before = [
        piece("PatientName", person.mother.dicom),
        piece("PatientID", people.digits(9)),
        piece("StudyDescription", person.mother.given),
    ]
    source, station = people.word(), people.code()
    draft.plant(
        sequence(
            "OriginalAttributesSequence",
            [
                piece("SourceOfPreviousValues", source),
                piece("ModifyingSystem", station),
                sequence("ModifiedAttributesSequence", before, undefined=True),
            ],
        ),
        "original attributes",
        *person.mother.secrets,
        str(before[1].value),
        source,
        station,
    )
    text, secrets = marks(draft, people)
    content = text.encode() + b"\0" * (len(text.encode()) % 2)
    draft.plant(
        sequence("EncryptedAttributesSequence", [piece("EncryptedContent", content)]),
        "encrypted attributes",
        *secrets,
    )
    signed = [piece("MACIDNumber", (1,)), piece("DataElementsSigned", (0x0010, 0x0010))]
    draft.plant(
        sequence("MACParametersSequence", [*signed, piece("MACAlgorithm", people.code())]),
        "digital signature",
    )


def unknown(draft: Draft, people: People) -> None:
    """UN elements: known ones, sequences of known and unknown length, and tags that nobody
    knows.
    """
    kind, korean = "UN", "korean" if draft.korean else "latin"
    for keyword in ("PatientMotherBirthName", "PerformingPhysicianName", "NameOfPhysiciansReadingStudy"):
        name = people.name(korean)
        draft.plant(piece(keyword, name.dicom, written_as="UN"), kind, *name.secrets)
    number = people.digits(9)
    draft.plant(piece("OtherPatientIDs", number, written_as="UN"), kind, number)
    day = people.day()
    draft.add(piece("InstanceCreationDate", day, written_as="UN"))
    draft.answer(
        "InstanceCreationDate", kind, Demand.DATE_SHIFTED, value=day.encode(), secrets=(day,), optional=True
    )
    for keyword, value in (("SpacingBetweenSlices", "1.25"), ("ExposureTimeInms", (500.5,))):
        one = piece(keyword, value, written_as="UN")
        draft.add(one)
        draft.answer(keyword, "kept attribute as UN", Demand.RETAINED, value=draft.encoder.value(one))
    for keyword, undefined in (
        ("RequestAttributesSequence", True),
        ("AdmittingDiagnosesCodeSequence", False),
    ):
        text, secrets = marks(draft, people)
        inner = [piece("ScheduledProcedureStepDescription", text)]
        draft.plant(
            sequence(keyword, inner, undefined=undefined, written_as="UN"), "sequence in UN", *secrets
        )
    uid, name = people.uid(), people.name(korean)
    image = [
        piece("ReferencedSOPClassUID", draft.sop_class),
        piece("ReferencedSOPInstanceUID", uid),
        piece("PatientName", name.dicom),
    ]
    draft.plant(
        sequence("ReferencedImageSequence", image, undefined=True, written_as="UN"),
        "sequence in UN",
        *name.secrets,
    )
    draft.answer(
        "ReferencedImageSequence[0].ReferencedSOPInstanceUID",
        "sequence in UN",
        Demand.UID_CHANGED,
        value=uid.encode(),
        secrets=(uid,),
    )
    for tag in (0x00180FF1, 0x00104FFE, 0x0040FF02):
        text, secrets = marks(draft, people)
        draft.plant(Piece(tag, "UN", text, written_as="UN"), "tag that nobody knows", *secrets)
    text, secrets = marks(draft, people)
    inside = Encoder(explicit=False, charset=draft.charset).items(
        sequence("RequestAttributesSequence", [piece("ReasonForVisit", text)])
    )
    draft.plant(Piece(0x0040FF04, "UN", inside), "tag that nobody knows", *secrets)


CARRIERS = (outside, after_pixels, graphics, documents, unknown)
