"""A sabotaged engine is caught, in the right category and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from deid import Dates, Refused, Result, strip
from deid.exam import Answer, Demand, File, Output, run, score
from deid.exam import build as build_anew
from deid.exam.scoring import judge
from deid.exam.seen import NoPath, Seen, is_path
from deid.model import Image

build = cache(build_anew)
Change = Callable[[FileDataset], None]


@pytest.fixture(scope="module")
def files() -> list[File]:
    """The three files of one examination."""
    return [file for file in build(1) if "-examination-siemens_force" in file.name]


def sabotaged(change: Change, *, only: int = 0) -> Callable[..., Result]:
    """The engine, whose nth output is then altered."""
    count = 0

    def stripper(data: bytes, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result:
        nonlocal count
        result = strip(data, uid_key=uid_key, dates=dates, subject=subject)
        if count == only:
            ds = dcmread(BytesIO(result.data))
            change(ds)
            out = BytesIO()
            ds.save_as(out)
            result = replace(result, head=out.getvalue(), image=Image((), memoryview(b"")), tail=b"")
        count += 1
        return result

    return stripper


def caught(files: list[File], change: Change) -> set[tuple[str, str]]:
    result, _ = run(files, sabotaged(change))
    assert {miss.answer.file for miss in result.misses} == {files[0].name}
    assert result.passed == result.total - len(result.misses)
    return {(miss.answer.place, miss.answer.demand.value) for miss in result.misses}


def test_the_honest_engine_is_not_accused(files: list[File]) -> None:
    result, _ = run(files, sabotaged(lambda ds: None))
    assert not result.misses
    assert result.passed == result.total > 250


def test_an_element_that_was_kept(files: list[File]) -> None:
    station = files[0].case.person.station

    def change(ds: FileDataset) -> None:
        ds.StationName = station

    assert caught(files, change) == {("StationName", "removed")}


def test_a_name_that_was_kept_elsewhere_in_other_letters(files: list[File]) -> None:
    family = files[0].case.person.name.family

    def change(ds: FileDataset) -> None:
        ds.ImageComments = f"seen by {family.lower()}"

    assert caught(files, change) == {("PatientName", "removed")}


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16-le"])
def test_a_korean_name_in_any_encoding(encoding: str) -> None:
    files = [file for file in build(1) if "-examination-siemens_sensation" in file.name]
    given = files[0].case.person.name.hangul_given

    def change(ds: FileDataset) -> None:
        ds.add_new(0x00880200, "OB", given.encode(encoding) + b"\0\0")

    assert caught(files, change) == {("PatientName", "removed")}


def test_a_date_that_moved_wrongly(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        ds.SeriesDate = "20000229"

    assert caught(files, change) == {("SeriesDate", "date shifted")}


def test_a_time_that_moved_with_its_date(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        ds.AcquisitionDateTime = str(ds.AcquisitionDateTime).replace("101602", "101603")

    assert caught(files, change) == {("AcquisitionDateTime", "date shifted")}


def test_a_pixel_that_changed(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        ds.PixelData = bytes([ds.PixelData[0] ^ 1]) + ds.PixelData[1:]

    assert caught(files, change) == {("PixelData", "pixels retained")}


def test_a_measure_that_changed(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        ds.KVP = "119"
        del ds.SliceThickness

    assert caught(files, change) == {("KVP", "retained"), ("SliceThickness", "retained")}


def test_a_required_attribute_that_went(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        del ds.StudyID
        ds.PatientID = "S99-0001-K"

    assert caught(files, change) == {("StudyID", "required present"), ("PatientID", "required present")}


def test_a_uid_that_was_kept(files: list[File]) -> None:
    uid = str(next(a for a in files[0].answers if a.place == "FrameOfReferenceUID").value, "ascii")

    def change(ds: FileDataset) -> None:
        ds.FrameOfReferenceUID = uid

    assert caught(files, change) == {
        ("FrameOfReferenceUID", "UID changed"),
        ("FrameOfReferenceUID", "UID consistent"),
    }


def test_a_reference_that_leads_nowhere(files: list[File]) -> None:
    def change(ds: FileDataset) -> None:
        ds.SourceImageSequence[0].ReferencedSOPInstanceUID = "2.25.1"

    assert caught(files, change) == {("SourceImageSequence[0].ReferencedSOPInstanceUID", "UID consistent")}


def test_two_originals_with_one_new_uid(files: list[File]) -> None:
    made = _with(files[0], lambda ds: setattr(ds, "FrameOfReferenceUID", ds.StudyInstanceUID))
    places = {"FrameOfReferenceUID", "StudyInstanceUID"}
    asked = [a for a in files[0].answers if a.place in places and a.demand is Demand.UID_CONSISTENT]
    misses = score(asked, {files[0].name: made}).misses
    assert {miss.answer.place for miss in misses} == places
    assert {miss.wrong for miss in misses} == {"the same UID for two originals"}


def _with(file: File, change: Change) -> Output:
    return run([file], sabotaged(change))[1][file.name]


def test_words_of_a_description() -> None:
    file = next(file for file in build(1) if "-text-patient-" in file.name)
    family = next(a for a in file.answers if a.demand is Demand.TEXT_REMOVED).secrets[0]

    def change(ds: FileDataset) -> None:
        ds.StudyDescription = f"CHEST CT {family}"
        ds.SeriesDescription = "AXIAL LUNG"
        ds.ProtocolName = ""
        del ds.RequestedProcedureDescription

    result, _ = run([file], sabotaged(change))
    found = {(miss.answer.place, miss.answer.demand.value) for miss in result.misses}
    assert {
        ("StudyDescription", "text removed"),
        ("SeriesDescription", "text retained"),
        ("ProtocolName", "text retained"),
        ("RequestedProcedureDescription", "text retained"),
    } <= found
    assert ("StudyDescription", "text retained") not in found


def test_a_refused_file_meets_no_answer(files: list[File]) -> None:
    def stripper(data: bytes, *, uid_key: bytes, dates: Dates, subject: str = "") -> Result:
        if data == files[0].data:
            raise Refused("residue", "(0008,1030)")
        return strip(data, uid_key=uid_key, dates=dates, subject=subject)

    result, made = run(files, stripper)
    assert made[files[0].name].result is None
    lost = [miss for miss in result.misses if miss.answer.file == files[0].name]
    assert len(lost) == len(files[0].answers)
    assert {miss.wrong for miss in lost} == {"refused: residue (0008,1030)"}


def test_an_output_that_nobody_can_read(files: list[File]) -> None:
    answer = Answer("x", "PatientName", "kind", Demand.REMOVED)
    assert (
        score([answer], {"x": Output(b"", b"no DICOM")})
        .misses[0]
        .wrong.startswith("the output cannot be read")
    )
    assert score([answer], {}).misses[0].wrong == "no output"


def test_categories_and_kinds_add_up(files: list[File]) -> None:
    result, _ = run(files)
    asked = [answer for file in files for answer in file.answers]
    for counts in (result.categories, result.kinds):
        assert sum(count["total"] for count in counts.values()) == len(asked) == result.total
    assert result.categories["date shifted"]["total"] == sum(a.demand is Demand.DATE_SHIFTED for a in asked)


def test_places_are_found_in_outputs(files: list[File]) -> None:
    seen = Seen(files[0].data)
    assert seen.value("ReferencedImageSequence[0].ReferencedSOPClassUID") == files[0].sop_class.encode()
    assert seen.value("(0010,0020)") == files[0].case.person.hospital_number.encode()
    assert seen.value("ReferencedImageSequence[7].ReferencedSOPClassUID") is None
    assert seen.value("PatientID[0].PatientName") is None
    assert seen.value("ReferencedImageSequence[0]") is not None
    assert seen.value("ReferencedImageSequence") is not None
    assert seen.value("(0009,xx10,NOBODY)") is None
    assert seen.value("FileMetaInformationVersion") == b"\0\1"
    sequence = Answer("x", "ReferencedImageSequence", "kind", Demand.RETAINED, value=b"1")
    assert judge(sequence, seen, Output(b"", b"")) == "expected '1', got a sequence"
    assert seen.value("PixelData[0].PatientName") is None
    assert seen.value("PixelData") == seen.native.rstrip(b" \0")
    for nowhere in ("what is this?", "NoSuchKeyword", "", "PatientID[", "A(0010,0020)"):
        assert not is_path(nowhere)
        with pytest.raises(NoPath):
            seen.value(nowhere)


def test_a_value_without_secrets_must_not_stay(files: list[File]) -> None:
    answer = Answer("x", "KVP", "kind", Demand.REMOVED, value=b"120")
    made = _with(files[0], lambda ds: None)
    assert made.result is not None
    assert judge(answer, Seen(made.result), made) == "the value is still there"
    assert not judge(replace(answer, value=b"121"), Seen(made.result), made)


@pytest.mark.parametrize(
    ("value", "wrong"),
    [(b"2.25.7", ""), (b"", ""), (b"1.02.3", "not a UID"), (b"KIM", "not a UID"), (b"1.2.3", "still there")],
)
def test_a_new_uid_must_be_one(files: list[File], value: bytes, wrong: str) -> None:
    answer = Answer("x", "FrameOfReferenceUID", "uid", Demand.UID_CHANGED, value=b"1.2.3")
    made = _with(files[0], lambda ds: ds.add_new(0x00200052, "UI", value.decode()))
    assert made.result is not None
    told = judge(answer, Seen(made.result), made)
    assert wrong in told if wrong else not told


def test_a_compressed_picture_that_changed() -> None:
    file = next(file for file in build(1) if "-plain-picture-" in file.name)

    def change(ds: FileDataset) -> None:
        ds.PixelData = ds.PixelData.replace(b"\xff\xd9", b"\xff\xd8")

    def darker(ds: FileDataset) -> None:
        spot = ds.PixelData.index(b"\xff\xdb") + 5
        ds.PixelData = ds.PixelData[:spot] + b"\x09" + ds.PixelData[spot + 1 :]

    assert not run([file], sabotaged(lambda ds: None))[0].misses
    for wrong in (change, darker):
        result, _ = run([file], sabotaged(wrong))
        assert {miss.answer.demand for miss in result.misses} == {Demand.PIXELS_RETAINED}


def test_what_may_be_gone_must_not_be_wrong(files: list[File]) -> None:
    shifted = Answer(
        "x", "InstanceCreationDate", "kind", Demand.DATE_SHIFTED, value=b"20200101", optional=True
    )
    kept = Answer("x", "PatientAge", "kind", Demand.RETAINED, value=b"081Y", optional=True)
    for value, wrong in (("", False), ("20200101", True)):
        made = _with(files[0], lambda ds, value=value: setattr(ds, "InstanceCreationDate", value))
        assert made.result is not None
        assert bool(judge(shifted, Seen(made.result), made)) is wrong
    for value, wrong in (("", False), ("080Y", True), ("081Y", False)):
        made = _with(files[0], lambda ds, value=value: setattr(ds, "PatientAge", value))
        assert made.result is not None
        assert bool(judge(kept, Seen(made.result), made)) is wrong


def test_a_private_element_that_is_not_safe_must_go(files: list[File]) -> None:
    answer = Answer("x", "(0009,xx10,HOSPITAL)", "private that is not safe", Demand.REMOVED)

    def change(ds: FileDataset) -> None:
        ds.private_block(0x0009, "HOSPITAL", create=True).add_new(0x10, "LO", "1.0")

    for wrong, told in ((change, "the element is still there"), (lambda ds: None, "")):
        made = _with(files[0], wrong)
        assert made.result is not None
        assert judge(answer, Seen(made.result), made) == told


def test_a_short_name_counts_where_it_stands_alone(files: list[File]) -> None:
    for text, found in (("seen by Yu.", True), ("yuletide", False), ("YU", True)):
        made = _with(files[0], lambda ds, text=text: setattr(ds, "ImageComments", text))
        assert made.result is not None
        assert Seen(made.result).finds("Yu") is found
