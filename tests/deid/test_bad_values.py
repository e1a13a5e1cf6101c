"""Values that are not what they should be: what goes, what stays, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest
from pydicom.uid import CTImageStorage

from deid import Dates, Refused, Result, charset, strip, uids
from deid.full import Recipe, strip_parsed
from deid.reading import parse
from deid.residue import found
from tests.deid import make

DATES = Dates.day_zero(date(2020, 3, 1))
GOOD = make.write(make.ct(SeriesDescription=None))
TALAIRACH = "1.2.840.10008.1.4.1.1"


def stripped(*raw: bytes) -> Result:
    """The usual slice with these elements put before its pixels."""
    return strip(make.insert(GOOD, b"".join(raw)), uid_key=make.KEY, dates=DATES)


def changed(result: Result, path: str) -> list[str]:
    return [action.reason for action in result.changed if action.path == path]


def item(*elements: bytes) -> bytes:
    body = b"".join(elements)
    return b"\xfe\xff\x00\xe0" + len(body).to_bytes(4, "little") + body


def test_several_uids_where_one_stands_become_one() -> None:
    result = stripped(make.element(0x00181002, b"UI", b"1.2.3.4\\1.2.3.5\0"))
    assert result.dataset.DeviceUID == uids.replace(make.KEY, "1.2.3.4\\1.2.3.5")
    assert make.searched(result.data, "1.2.3.4", "1.2.3.5") == []


@pytest.mark.parametrize("uid", ["", TALAIRACH, CTImageStorage])
def test_no_uid_and_those_of_the_standard_stay(uid: str) -> None:
    data = make.write(make.ct(FrameOfReferenceUID=uid))
    result = strip(data, uid_key=make.KEY, dates=DATES)
    assert result.dataset.FrameOfReferenceUID == uid
    assert changed(result, "(0020,0052)") == []


@pytest.mark.parametrize(
    "raw",
    [
        make.element(0x00281351, b"LO", b"Gildong "),
        make.element(0x00280106, b"LO", b"Gildong "),
        make.element(0x00180022, b"OB", b"Gildong "),
        make.element(0x00181160, b"SQ", item(make.element(0x00100010, b"PN", b"Kwak^Dusan"))),
        make.element(0x00082112, b"LO", b"Gildong "),
    ],
)
def test_what_has_another_type_than_the_dictionary_gives_goes(raw: bytes) -> None:
    result = stripped(raw)
    path = f"({raw[1]:02X}{raw[0]:02X},{raw[3]:02X}{raw[2]:02X})"
    assert make.searched(result.data, "Gildong", "Dusan") == []
    assert changed(result, path)


def test_a_name_in_what_goes_is_looked_for_elsewhere() -> None:
    result = stripped(
        make.element(0x00090010, b"LO", b"UNKNOWN1"),
        make.element(0x00091001, b"PN", b"Kwak^Dusan"),
        make.element(0x00181160, b"SQ", item(make.element(0x00100010, b"PN", b"Qorvex^Mina "))),
        make.element(0x0008103E, b"LO", b"chest Dusan Qorvex lung "),
    )
    assert result.dataset.SeriesDescription == "chest lung"


def test_an_empty_value_where_a_sequence_belongs_is_an_empty_sequence() -> None:
    result = stripped(make.element(0x00082112, b"LO", b""))
    assert result.dataset.SourceImageSequence == []
    assert changed(result, "(0008,2112)") == []


def test_a_kept_sequence_that_cannot_be_read_refuses_the_file() -> None:
    with pytest.raises(Refused) as caught:
        stripped(make.element(0x00082112, b"SQ", b"Gildong and more"))
    assert (caught.value.code, caught.value.where) == ("corrupt", "(0008,2112)")


def test_the_second_of_two_equal_tags_of_an_item_goes_and_is_looked_for() -> None:
    twice = item(
        make.element(0x00081155, b"UI", b"1.2.3.4\0"),
        make.element(0x00081155, b"UI", b"1.2.3.5\0"),
        make.element(0x00080123, b"LO", b"Dusan "),
    )
    result = stripped(make.element(0x00082112, b"SQ", twice))
    (source,) = result.dataset.SourceImageSequence
    assert source.ReferencedSOPInstanceUID == uids.replace(make.KEY, "1.2.3.4")
    assert changed(result, "(0008,2112)[0]>(0008,1155)") == ["The element appears twice"]
    assert make.searched(result.data, "1.2.3.5", "Dusan") == []


def test_retired_group_lengths_are_left_out_without_a_word_of_alarm() -> None:
    result = stripped(make.element(0x00180000, b"UL", b"\x10\0\0\0"))
    assert (0x0018, 0x0000) not in result.dataset
    assert [action.action for action in result.actions if action.path == "(0018,0000)"] == ["K"]
    assert changed(result, "(0018,0000)") == []


@pytest.mark.parametrize("value", [b"KIM", b"GILDON", b"KIMCHEE"])
def test_binary_lists_of_half_a_number_go_whole(value: bytes) -> None:
    result = stripped(make.element(0x00187056, b"FL", value))
    assert result.dataset.FilterBeamPathLengthMinimum is None
    assert [f.where for f in result.findings if f.code == "invalid_value"] == ["(0018,7056)"]


def test_our_own_dummy_is_nobody() -> None:
    data = make.write(make.ct(OperatorsName="REMOVED"))
    done = strip_parsed(parse(data), Recipe(make.KEY, DATES, ""))
    assert "removed" not in done.terms.words | done.terms.parts


def test_a_zero_before_a_text_is_padding() -> None:
    result = stripped(make.element(0x0008103E, b"LO", b"\0 CHEST"))
    assert result.dataset.SeriesDescription == "CHEST"
    assert changed(result, "(0008,103E)") == []


def test_what_no_character_set_explains_loses_its_words_and_what_then_meets_goes_too() -> None:
    data = make.write(make.ct(SeriesDescription="흉부 12 흉부 34 흉부 56")).replace(
        b"ISO_IR 192", b"ISO_IR 149"
    )
    result = strip(data, uid_key=make.KEY, dates=DATES)
    assert not result.dataset.SeriesDescription
    assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("山田", "ISO 2022 IR 13\\ISO 2022 IR 87"),
        ("흉부", "\\ISO 2022 IR 149"),
        ("CT\\흉부\\흉부", "\\ISO 2022 IR 149"),
        ("Müller", "ISO_IR 100"),
    ],
)
def test_text_comes_back_from_its_character_set(text: str, declared: str) -> None:
    written = charset.of(declared).encode(text)
    assert written is not None
    assert charset.of(declared).decode(written) == (text, True)


def test_what_is_left_of_a_latin_text_and_would_look_korean_goes() -> None:
    """UTF-8 under ISO_IR 100: two signs that the vocabulary knows are, as bytes, a syllable of CP949."""
    assert charset.of("ISO_IR 100").encode("¸ì") is None
    raw = "CHEST 5 LUNG 두루미노을빛".encode()
    ds = make.ct(SpecificCharacterSet="ISO_IR 100", SeriesDescription="?" * len(raw))
    for keyword in ("InstitutionName", "ReferringPhysicianName", "PatientName"):
        setattr(ds, keyword, "A")
    result = strip(make.write(ds).replace(b"?" * len(raw), raw), uid_key=make.KEY, dates=DATES)
    assert result.dataset.SeriesDescription == "CHEST 5 LUNG"
    assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []


def test_each_value_says_its_character_set_again() -> None:
    escaped = b"\x1b$)C" + "흉부".encode("euc_kr")
    assert charset.of("\\ISO 2022 IR 149").encode("흉부\\흉부") == escaped + b"\\" + escaped


def test_bytes_that_look_korean_and_are_not() -> None:
    assert charset.of("ISO_IR 100").decode(b"\xff\x81 CT") == ("ÿ\x81 CT", True)


@pytest.mark.parametrize(
    ("low", "counts"),
    [
        (b"mrn-0012x", True),
        (b" mrn-0012x,", True),
        (b"amrn-0012x", False),
        (b"mrn-0012xy", False),
    ],
)
def test_a_number_with_letters_counts_where_it_stands_alone(low: bytes, counts: bool) -> None:
    assert bool(list(found(low, [b"mrn-0012x"]))) is counts
