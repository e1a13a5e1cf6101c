"""What the page gets: a head, a stretch of the original and a tail that together are exactly strip's file."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, JPEGLSLossless

from deid import Dates, message, strip
from deid.browser import Parts, answer, name_of, removal, value_at
from tests.deid.make import EXPLICIT, IMPLICIT, KEY, compressed, ct, write

CODE = "S03-0042-K"


def joined(told: dict[str, Any], data: bytes) -> bytes:
    return Parts(told["head"], told["begin"], told["end"], told["tail"]).join(data)


@pytest.mark.parametrize(
    ("day", "dates"), [("2020-03-01", Dates.day_zero(date(2020, 3, 1))), ("", Dates.keyed(KEY, CODE))]
)
@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_the_parts_are_what_strip_gives(syntax: str, day: str, dates: Dates) -> None:
    data = write(ct(), syntax)
    told = answer(data, KEY.hex(), day, CODE, "en")
    assert joined(told, data) == strip(data, uid_key=KEY, dates=dates, subject=CODE).data
    assert told["end"] - told["begin"] == 512
    assert told["patient"] == "00123456"


def test_a_deflated_file_comes_whole_and_a_big_endian_one_in_parts() -> None:
    for syntax, length in ((DeflatedExplicitVRLittleEndian, 0), (ExplicitVRBigEndian, 512)):
        data = write(ct(), syntax)
        told = answer(data, KEY.hex(), "", CODE, "en")
        assert told["end"] - told["begin"] == length
        assert joined(told, data) == strip(data, uid_key=KEY, dates=Dates.keyed(KEY, CODE), subject=CODE).data


def test_compressed_frames_and_odd_lengths_keep_their_ends() -> None:
    odd = write(
        ct(Rows=5, Columns=5, BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=bytes(26)), EXPLICIT
    )
    frames = compressed(ct(), JPEGLSLossless, b"\xff\xd8" + bytes(30))
    for data in (odd, frames):
        told = answer(data, KEY.hex(), "", CODE, "en")
        assert joined(told, data) == strip(data, uid_key=KEY, dates=Dates.keyed(KEY, CODE), subject=CODE).data
        assert told["tail"]


def test_who_has_no_number_is_known_by_name() -> None:
    told = answer(write(ct(PatientID=""), EXPLICIT), KEY.hex(), "", CODE, "en")
    assert told["patient"].startswith("Hong^Gildong")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_refusal_says_why_in_the_page_s_language(language: str) -> None:
    told = answer(b"no image", KEY.hex(), "", CODE, language)
    assert told == {
        "code": "not_dicom",
        "where": "offset 128",
        "message": message("not_dicom", language=language),
    }
    assert removal(b"no image", KEY.hex(), "", CODE) == []


def test_what_happens_is_told_by_tag_and_name_with_the_values_before_and_after() -> None:
    told = {row[0]: row[1:] for row in removal(write(ct(), EXPLICIT), KEY.hex(), "2020-03-01", CODE)}
    assert told["(0010,0020)"] == ("Patient ID", "Z", "00123456", CODE)
    assert told["(0008,0020)"][:2] == ("Study Date", "S")
    name, letter, before, after = told["(0008,0080)"]
    assert (name, letter, after) == ("Institution Name", "X", None)
    assert before
    assert not [row for row in told.values() if "Hong" in str(row[3]) or "00123456" in str(row[3])]


LONG = "a" * 65
INNER = Dataset()
INNER.AccessionNumber = "A1"
SHOWN = ct(RequestAttributesSequence=[INNER, Dataset()], ImageComments=LONG, OtherPatientIDs=["1", "2"])
SHOWN.add_new(0x00091001, "OB", b"1234")
SHOWN.StudyID = ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("(0040,0275)", "{…} × 2"),
        ("(0040,0275)[0]>(0008,0050)", "A1"),
        ("(0040,0275)[1]>(0008,0050)", None),
        ("(0040,0275)[2]>(0008,0050)", None),
        ("(0010,0020)[0]>(0008,0050)", None),
        ("(0020,4000)", "a" * 64 + "…"),
        ("(0010,1000)", "1\\2"),
        ("(0009,1001)", 4),
        ("(0020,0010)", ""),
        ("(0002,0010)", EXPLICIT),
        ("preamble", None),
    ],
)
def test_values_are_shown_short(path: str, value: str | int | None) -> None:
    assert value_at(dcmread(BytesIO(write(SHOWN, EXPLICIT))), path) == value


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("(0010,0010)", "Patient's Name"),
        ("(0040,0275)[0]>(0008,0050)", "Accession Number"),
        ("(0009,1001)", ""),
        ("preamble", ""),
    ],
)
def test_elements_are_named_by_their_last_tag(path: str, name: str) -> None:
    assert name_of(path) == name
