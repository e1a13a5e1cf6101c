"""Plants a person wherever hospitals and makers put identity: attributes, comments, nested and private."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from pydicom.dataset import Dataset

from phantom.files import make_uid
from phantom.people import Person
from phantom.vendors import PrivateBlock

CHARACTER_SETS: dict[str, str | list[str]] = {
    "latin": "ISO_IR 100",
    "ir149": ["", "ISO 2022 IR 149"],
    "utf8": "ISO_IR 192",
}


def preamble(person: Person | None) -> bytes:
    """What some exporters leave in the 128 bytes before DICM."""
    return f"EXPORT {person.family} {person.given} {person.patient_id}".encode() if person else b""


def plant(dataset: Dataset, person: Person, *, study_date: date, study_time: time) -> None:
    """Write the person, staff, place and request into the usual attributes and into nested sequences."""
    born = int(person.birth_date[:4])
    spoken = person.spoken_name
    dataset.SpecificCharacterSet = CHARACTER_SETS[person.charset]
    dataset.update(
        _dataset(
            AccessionNumber=person.accession,
            InstitutionName=person.institution,
            InstitutionAddress=f"{person.institution} {person.address}",
            ReferringPhysicianName=person.referring_physician,
            ReferringPhysicianTelephoneNumbers=person.phone,
            StationName=person.station,
            InstitutionalDepartmentName=person.department,
            PhysiciansOfRecord=person.referring_physician,
            NameOfPhysiciansReadingStudy=person.referring_physician,
            OperatorsName=person.radiographer,
            AdmittingDiagnosesDescription=f"COVID-19, {spoken}",
            PatientName=person.dicom_name,
            PatientID=person.patient_id,
            IssuerOfPatientID=person.institution,
            PatientBirthDate=person.birth_date,
            PatientBirthTime="040404",
            PatientSex=person.sex,
            OtherPatientIDs=[person.resident_number],
            OtherPatientNames=person.dicom_name,
            PatientAge=f"{study_date.year - born:03d}Y",
            PatientSize="1.70" if person.sex == "M" else "1.58",
            PatientWeight="70" if person.sex == "M" else "56",
            PatientAddress=person.address,
            PatientTelephoneNumbers=person.phone,
            EthnicGroup="",
            AdditionalPatientHistory=f"{spoken} {person.resident_number} cough; call {person.phone}",
            PatientComments=f"{spoken}, {person.email}",
            DeviceSerialNumber=person.serial,
            StudyID=person.study_id,
            ImageComments=f"{spoken} {person.patient_id}",
            RequestingPhysician=person.referring_physician,
            RequestingService=person.department,
            RequestedProcedureDescription=f"Chest, {spoken}",
            CurrentPatientLocation=person.department,
            PerformedStationAETitle=person.station,
            PerformedProcedureStepID=person.accession,
            PerformedProcedureStepStartDate=study_date,
            PerformedProcedureStepStartTime=study_time,
        )
    )
    dataset.OtherPatientIDsSequence = [
        _dataset(PatientID=person.resident_number, IssuerOfPatientID="RRN", TypeOfPatientID="TEXT")
    ]
    dataset.RequestAttributesSequence = [
        _dataset(
            AccessionNumber=person.accession,
            RequestedProcedureID=person.study_id,
            RequestedProcedureDescription=f"Chest, {spoken}",
            ScheduledProcedureStepDescription=f"{spoken} {person.patient_id}",
            ScheduledProcedureStepID=person.accession,
            ReasonForTheRequestedProcedure=f"{spoken}, {person.phone}",
        )
    ]
    doctor = _dataset(
        PersonIdentificationCodeSequence=[
            _dataset(
                CodeValue=person.serial[:16],
                CodingSchemeDesignator="99LOCAL",
                CodeMeaning=person.referring_physician.split("=")[0],
            )
        ],
        InstitutionName=person.institution,
        PersonTelephoneNumbers=[person.phone],
    )
    dataset.ReferringPhysicianIdentificationSequence = [doctor]


def bare(dataset: Dataset, *, seed: int) -> None:
    """The attributes every file needs, with nobody in them."""
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.update(
        _dataset(
            AccessionNumber="",
            ReferringPhysicianName="",
            PatientName="",
            PatientID="",
            PatientBirthDate="",
            PatientSex="F" if seed % 2 else "M",
            PatientAge=f"{30 + seed * 7 % 50:03d}Y",
            StudyID="",
        )
    )


def describe_study(dataset: Dataset, *, study_date: date, study_time: time, minutes: int) -> None:
    """Dates and times of study, series, acquisition, content; the series starts `minutes` after the study."""
    day = datetime.combine(study_date, study_time)
    later = day + timedelta(minutes=minutes)
    dataset.StudyDate, dataset.StudyTime = day.date(), day.time()
    for kind in ("Series", "Acquisition", "Content"):
        setattr(dataset, f"{kind}Date", later.date())
        setattr(dataset, f"{kind}Time", later.time())
    dataset.AcquisitionDateTime = later


def add_private(dataset: Dataset, blocks: Iterable[PrivateBlock], person: Person | None) -> None:
    """Write the maker's private blocks; placeholders become the person, or nothing."""
    words = {"name": "", "id": "", "accession": "", "station": ""}
    if person:
        words = {
            "name": f"{person.family}^{person.given}",
            "id": person.patient_id,
            "accession": person.accession,
            "station": person.station,
        }
    for group, creator, elements in blocks:
        block = dataset.private_block(group, creator, create=True)
        for element, vr, value in elements:
            block.add_new(element, vr, _filled(value, words))


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, bytes):
        for word, meaning in words.items():
            value = value.replace(b"{%s}" % word.encode(), meaning.encode())
        return value.ljust(128, b"\0")
    return value.format(**words) if isinstance(value, str) else value


def study_uids(*, seed: int, person: Person | None, modality: str, study_date: date) -> tuple[str, str]:
    """Study and frame of reference: the same for every series of one examination."""
    who = person.patient_id if person else ""
    return (
        make_uid("study", seed, who, modality, study_date),
        make_uid("frame", seed, who, modality, study_date),
    )


def _dataset(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset
