from __future__ import annotations

from datetime import date

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
)

from deid import ENGINE, PROFILE_VERSION, Dates, Result, strip
from tests.deid import make

ADMISSION = date(2020, 3, 1)
DAY_ZERO = Dates.day_zero(ADMISSION)
PLANTED = (
    "Hong",
    "Gildong",
    "홍길동",
    "길동",
    "吉洞",
    "00123456",
    "A20200304001",
    "가상대학교병원",
    "Sunsin",
    "순신",
    "19611230",
    "20200304",
    "CTAWP00001",
    "73123",
    "77001",
    "GASANG_HOSP_CT",
    make.ROOT,
)


def stripped(ds: Dataset, dates: Dates = DAY_ZERO, **options: str) -> Result:
    return strip(make.write(ds), uid_key=make.KEY, dates=dates, **options)


@pytest.mark.parametrize(
    "syntax", [make.EXPLICIT, make.IMPLICIT, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_nothing_planted_survives_in_any_syntax(syntax: str) -> None:
    ds = make.ct()
    if syntax == ExplicitVRBigEndian:
        ds["PixelData"].VR = "OW"
    data = make.write(ds, syntax)
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert make.searched(result.data, *PLANTED) == []
    again = make.read(result.data)
    assert again.PixelData == make.read(data).PixelData
    assert result.pixel_sha256_before == result.pixel_sha256_after
    assert again.file_meta.TransferSyntaxUID == (
        make.EXPLICIT if syntax == DeflatedExplicitVRLittleEndian else syntax
    )


def test_what_research_needs_stays() -> None:
    before = make.ct(BurnedInAnnotation="NO", Exposure=120, CTDIvol=4.5, ScanOptions="HELICAL")
    after = stripped(before).dataset
    for keyword in (
        "ImageType",
        "Modality",
        "Manufacturer",
        "ManufacturerModelName",
        "SoftwareVersions",
        "StudyTime",
        "AcquisitionTime",
        "SeriesDescription",
        "StudyDescription",
        "PatientSex",
        "PatientAge",
        "PatientSize",
        "PatientWeight",
        "BodyPartExamined",
        "SliceThickness",
        "KVP",
        "ConvolutionKernel",
        "PatientPosition",
        "SeriesNumber",
        "InstanceNumber",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
        "WindowCenter",
        "WindowWidth",
        "RescaleIntercept",
        "RescaleSlope",
        "Rows",
        "BitsStored",
        "CTDIvol",
        "Exposure",
        "ScanOptions",
        "PixelData",
    ):
        assert after[keyword].value == before[keyword].value, keyword


def test_type_2_attributes_stay_present_and_empty() -> None:
    after = stripped(make.ct()).dataset
    for keyword in (
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "AccessionNumber",
        "ReferringPhysicianName",
        "StudyID",
    ):
        assert keyword in after
        assert not after[keyword].value


def test_second_pass_changes_nothing() -> None:
    first = stripped(make.ct(), subject="S03-0042-K")
    second = strip(
        first.data, uid_key=b"the key of the registry, 32 bytes", dates=Dates.keep(), subject="S03-0042-K"
    )
    assert first.changed
    assert second.changed == []
    assert second.anchored
    assert second.dataset.StudyDate == first.dataset.StudyDate
    assert second.dataset.StudyInstanceUID != first.dataset.StudyInstanceUID
    assert [f.code for f in second.findings] == []


def test_another_subject_than_the_first_pass_wrote_is_noticed() -> None:
    first = stripped(make.ct(), subject="S03-0042-K")
    second = strip(first.data, uid_key=make.KEY, dates=Dates.keep(), subject="S03-0043-M")
    assert {a.path for a in second.changed} == {"(0010,0010)", "(0010,0020)"}


def test_a_claim_without_the_marker_is_a_leak_alarm_and_dates_go() -> None:
    result = stripped(make.ct(), Dates.keep())
    assert "(0028,0303)" in {a.path for a in result.changed}
    assert "dates_unmarked" in {f.code for f in result.findings}
    assert not result.dataset.StudyDate


def test_a_true_date_smuggled_into_a_stripped_file_is_found() -> None:
    ds = stripped(make.ct()).dataset
    ds.SeriesDate = "20200304"
    result = strip(make.write(ds), uid_key=make.KEY, dates=Dates.keep())
    assert [a.path for a in result.changed if a.path != "(0002,0016)"] == ["(0008,0021)"]
    assert not result.dataset.SeriesDate


def test_a_name_put_back_is_named_by_its_path_without_value() -> None:
    ds = stripped(make.ct()).dataset
    ds.PatientName = "Hong^Gildong"
    ds.SeriesDescription = "Thorax Gildong"
    result = strip(make.write(ds), uid_key=make.KEY, dates=Dates.keep())
    assert {a.path for a in result.changed} == {"(0010,0010)", "(0008,103E)", "(0002,0016)"}
    assert "ildong" not in repr(result.changed)


def test_markers() -> None:
    after = stripped(make.ct()).dataset
    assert after.PatientIdentityRemoved == "YES"
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"
    assert after.DeidentificationMethod[0] == ENGINE
    assert PROFILE_VERSION in after.DeidentificationMethod[1]
    assert "admission" in after.DeidentificationMethod[2]
    codes = [i.CodeValue for i in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113103", "113105", "113107", "113108", "113109", "113111"]
    keyed = stripped(make.ct(), Dates.keyed(make.KEY, "00123456"))
    assert "keyed" in keyed.dataset.DeidentificationMethod[2]
    assert not keyed.anchored


def test_uids_are_replaced_alike_everywhere_and_registered_ones_stay() -> None:
    reference = make.item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID=f"{make.ROOT}.3.1"
    )
    after = stripped(make.ct(ReferencedImageSequence=make.sequence(reference))).dataset
    assert after.SOPInstanceUID.startswith("2.25.")
    assert after.ReferencedImageSequence[0].ReferencedSOPInstanceUID == after.SOPInstanceUID
    assert after.ReferencedImageSequence[0].ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
    other = strip(make.write(make.ct()), uid_key=b"x" * 32, dates=DAY_ZERO).dataset
    assert other.SOPInstanceUID != after.SOPInstanceUID
    assert stripped(make.ct()).study == after.StudyInstanceUID
