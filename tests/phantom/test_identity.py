"""Planted identity: impossible, present in every file, and found by the needles that are handed out."""

import calendar
from datetime import date
from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset

from phantom import PERSONS, Person, ct_series, make_person, planted_bytes, planted_values, radiograph
from phantom.vendors import DETECTORS, SCANNERS

DAY = date(2020, 3, 4)
ONE_OF_EACH = PERSONS[:3]


def ct(person: Person | None, vendor: str = "siemens") -> bytes:
    return ct_series(seed=1, slices=1, matrix=32, person=person, vendor=vendor, study_date=DAY)[0]


def film(person: Person, vendor: str) -> bytes:
    return radiograph(seed=1, rows=64, person=person, vendor=vendor, study_date=DAY)


def encodings(value: str) -> set[bytes]:
    return {value.encode("utf-8"), value.encode("euc-kr")}


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda p: p.charset)
@pytest.mark.parametrize("vendor", sorted(SCANNERS))
def test_every_value_is_in_every_slice(person: Person, vendor: str) -> None:
    data = ct(person, vendor)
    assert [v for v in planted_values(person) if not any(e in data for e in encodings(v))] == []


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda p: p.charset)
def test_every_value_is_in_every_radiograph(person: Person) -> None:
    data = film(person, "dk")
    assert [v for v in planted_values(person) if not any(e in data for e in encodings(v))] == []


def test_needles_find_nothing_where_nobody_was_planted() -> None:
    data = ct(None)
    assert [needle for person in PERSONS for needle in planted_bytes(person) if needle in data] == []


@pytest.mark.parametrize("vendor", sorted(SCANNERS))
def test_private_blocks_of_the_maker_carry_identity(vendor: str) -> None:
    person = PERSONS[0]
    ds = pydicom.dcmread(BytesIO(ct(person, vendor)))
    creators = {element.value for element in ds if element.tag.is_private_creator}
    assert creators == {creator for _, creator, _ in SCANNERS[vendor].private}
    private = b"".join(str(e.value).encode() for e in ds if e.tag.is_private and not e.tag.is_private_creator)
    wanted = (person.family, person.patient_id, person.accession, person.station)
    assert any(value.encode() in private for value in wanted)


@pytest.mark.parametrize("vendor", sorted(DETECTORS))
def test_private_blocks_of_detectors_carry_identity(vendor: str) -> None:
    ds = pydicom.dcmread(BytesIO(film(PERSONS[0], vendor)))
    assert [e for e in ds if e.tag.is_private and not e.tag.is_private_creator]


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda p: p.charset)
def test_planted_outside_the_dataset_and_deep_inside(person: Person) -> None:
    data = ct(person)
    assert person.patient_id.encode() in data[:128]
    ds = pydicom.dcmread(BytesIO(data))
    assert ds.file_meta.SourceApplicationEntityTitle == person.station
    assert person.spoken_name in ds.RequestAttributesSequence[0].ScheduledProcedureStepDescription
    assert ds.OtherPatientIDsSequence[0].PatientID == person.resident_number


@pytest.mark.parametrize("person", ONE_OF_EACH[:2], ids=lambda p: p.charset)
def test_hangul_survives_its_character_set(person: Person) -> None:
    ds: Dataset = pydicom.dcmread(BytesIO(ct(person)))
    assert str(ds.PatientName.ideographic) == ""
    assert str(ds.PatientName.phonetic) == f"{person.family_hangul}^{person.given_hangul}"
    assert ds.InstitutionName == person.institution
    assert ds.SpecificCharacterSet == (["", "ISO 2022 IR 149"] if person.charset == "ir149" else "ISO_IR 192")


def test_nobody_planted_can_exist() -> None:
    people = [make_person(number) for number in range(200)]
    for person in people:
        year, month, day = int(person.birth_date[:4]), int(person.birth_date[4:6]), int(person.birth_date[6:])
        assert day > calendar.monthrange(year, month)[1]
        assert person.email.endswith("@example.com")
        assert person.phone.startswith("010-0000-")
    assert len({person.patient_id for person in people}) == 200
    assert len({person.resident_number for person in people}) == 200
    assert len({person.accession for person in people}) == 200
