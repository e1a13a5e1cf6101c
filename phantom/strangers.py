"""What else lies in a hospital's export folder and must not enter a registry."""

from __future__ import annotations

from datetime import date, time

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage, MediaStorageDirectoryStorage, SecondaryCaptureImageStorage

from phantom.ct import ct_series
from phantom.files import make_uid, set_pixels, start_file, syntax_uid, to_bytes
from phantom.identity import bare, describe_study, plant, preamble
from phantom.people import Person
from phantom.writing import write

DAY, HOUR = date(2020, 3, 3), time(10, 30)


def not_belonging(seed: int, *, person: Person | None = None, study_date: date = DAY) -> dict[str, bytes]:
    """File name → bytes: PDF, text, empty file, Basic Text SR, truncated slice, dose screen, DICOMDIR.

    The dose screen is a secondary capture with the person's name burned into its pixels.
    """
    whole = ct_series(seed=seed + 900, slices=1, matrix=64, person=person, study_date=study_date)[0]
    who = person.spoken_name if person else "nobody"
    return {
        "report.pdf": _pdf(f"Chest CT report {seed}"),
        "readme.txt": f"Exported for {who}. Please keep this folder together.\r\n".encode(),
        "empty": b"",
        "SR000001": _report(seed, person, study_date),
        "IM000099": whole[: len(whole) * 3 // 5],
        "DOSE0001": _dose_screen(seed, person, study_date),
        "DICOMDIR": _directory(seed, person),
    }


def _pdf(text: str) -> bytes:
    """The smallest PDF that viewers open: one page, one line."""
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def _start(sop_class: str, kind: str, seed: int, person: Person | None, day: date, modality: str) -> Dataset:
    ds = start_file(
        sop_class, make_uid(kind, seed), preamble=preamble(person), title=person.station if person else ""
    )
    if person:
        plant(ds, person, study_date=day, study_time=HOUR)
    else:
        bare(ds, seed=seed)
    describe_study(ds, study_date=day, study_time=HOUR, minutes=9)
    ds.Modality = modality
    ds.StudyInstanceUID, ds.SeriesInstanceUID = make_uid(kind, "study", seed), make_uid(kind, "series", seed)
    ds.SeriesNumber, ds.InstanceNumber = 99, 1
    return ds


def _report(seed: int, person: Person | None, day: date) -> bytes:
    ds = _start(BasicTextSRStorage, "report", seed, person, day, "SR")
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [_code("18748-4", "LN", "Diagnostic imaging report")]
    line = Dataset()
    line.RelationshipType, line.ValueType = "CONTAINS", "TEXT"
    line.ConceptNameCodeSequence = [_code("121071", "DCM", "Finding")]
    line.TextValue = f"Bilateral ground glass. {person.spoken_name if person else ''}".strip()
    ds.ContentSequence = [line]
    return to_bytes(ds)


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _dose_screen(seed: int, person: Person | None, day: date) -> bytes:
    ds = _start(SecondaryCaptureImageStorage, "dose", seed, person, day, "CT")
    ds.ImageType = ["DERIVED", "SECONDARY", "OTHER"]
    ds.ConversionType, ds.SeriesDescription = "WSD", "Dose Report"
    ds.BurnedInAnnotation = "YES"
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    screen = np.zeros((256, 256), dtype=np.uint8)
    name = f"{person.family} {person.given}" if person else "NO NAME"
    lines = [
        name,
        person.patient_id if person else "",
        f"{day:%Y-%m-%d}",
        "",
        "SCAN KV MAS CTDI DLP",
        "TOPO 120 35 0.1 4.9",
        "BODY 120 96 8.1 258",
        "TOTAL DLP 263.6",
    ]
    for row, text in enumerate(lines):
        write(screen, text, top=16 + row * 22, left=12)
    set_pixels(ds, screen, syntax_uid("explicit"))
    return to_bytes(ds)


def _directory(seed: int, person: Person | None) -> bytes:
    ds = start_file(MediaStorageDirectoryStorage, make_uid("directory", seed))
    record = Dataset()
    record.OffsetOfTheNextDirectoryRecord, record.OffsetOfReferencedLowerLevelDirectoryEntity = 0, 0
    record.RecordInUseFlag, record.DirectoryRecordType = 0xFFFF, "PATIENT"
    record.PatientName = f"{person.family}^{person.given}" if person else ""
    record.PatientID = person.patient_id if person else "NONE"
    ds.FileSetID = "EXPORT"
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    ds.DirectoryRecordSequence = [record]
    return to_bytes(ds)
