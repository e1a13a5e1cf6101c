from __future__ import annotations

from datetime import date

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
)

from deid import Dates, Refused, Result, strip
from tests.deid import make

DAY_ZERO = Dates.day_zero(date(2020, 3, 1))


def stripped(ds: Dataset, dates: Dates = DAY_ZERO, **options: str) -> Result:
    return strip(make.write(ds), uid_key=make.KEY, dates=dates, **options)


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
def test_nested_identifiers_go_at_any_depth(depth: int) -> None:
    inner = make.item(
        PatientID="MRN99887", PatientName="Kim^Yeongsuk", InstitutionName="Example General Hospital"
    )
    for _ in range(depth):
        inner = make.item(
            DerivationImageSequence=make.sequence(inner), ReferencedPatientSequence=make.sequence(inner)
        )
    result = stripped(make.ct(SourceImageSequence=make.sequence(inner), ImageComments="Yeongsuk"))
    assert make.searched(result.data, "MRN99887", "Yeongsuk", "Example General") == []


def test_text_hidden_in_un_and_in_sequences_under_un() -> None:
    data = make.write(make.ct())
    inner = make.read(data)
    raw = make.element(0x00080081, b"UN", "서울특별시 가상구 ".encode())
    hidden_item = b"\x10\x00\x20\x00\x08\x00\x00\x00MRN99887"
    hidden = b"\xfe\xff\x00\xe0" + len(hidden_item).to_bytes(4, "little") + hidden_item
    raw += make.element(0x00081140, b"UN", hidden)
    spot = data.index(b"\x08\x00\x90\x00PN")
    result = strip(data[:spot] + raw + data[spot:], uid_key=make.KEY, dates=DAY_ZERO)
    assert make.searched(result.data, "서울특별시", "MRN99887") == []
    assert "(0008,1140)[0]>(0010,0020)" in {a.path for a in result.changed}
    assert inner.PixelData == result.dataset.PixelData


def test_private_elements_go_but_for_the_safe_list() -> None:
    ds = make.ct()
    ge = ds.private_block(0x0019, "GEMS_ACQU_01", create=True)
    ge.add_new(0x23, "DS", "55.0")
    ge.add_new(0x05, "SL", 5)
    secret = ds.private_block(0x0009, "HIDDEN 1.0", create=True)
    secret.add_new(0x01, "UN", "홍길동 010-0000-1234".encode())
    secret.add_new(0x02, "SQ", make.sequence(make.item(PatientID="00123456")))
    ds.add_new(0x00110101, "LO", "orphan Gildong")
    result = stripped(ds)
    assert make.searched(result.data, "HIDDEN", "orphan", "홍길동", "010-0000-1234") == []
    assert result.dataset.private_block(0x0019, "GEMS_ACQU_01")[0x23].value == 55.0
    assert (0x0019, 0x1005) not in result.dataset


def test_safe_private_element_with_text_in_it_loses_the_value() -> None:
    data = make.insert(
        make.write(make.ct()),
        make.element(0x01E10010, b"LO", b"ELSCINT1") + make.element(0x01E11026, b"CS", b"HONG GILDONG"),
    )
    assert make.searched(strip(data, uid_key=make.KEY, dates=DAY_ZERO).data, "GILDONG") == []


def test_everything_around_the_data_set_goes() -> None:
    ds = make.ct()
    ds.add_new(0xFFFCFFFC, "OB", "홍길동 010-0000-1234".encode())
    data = make.write(ds, preamble=b"HONG GILDONG".ljust(128, b"!"), tail="홍길동 00123456".encode())
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert make.searched(result.data, "홍길동", "GILDONG", "00123456", "GASANG") == []
    assert {"preamble", "(0002,0016)", "(FFFC,FFFC)", "trailing bytes"} <= {a.path for a in result.changed}
    assert result.data[:128] == bytes(128)


def test_overlays_curves_icons_and_signatures_go() -> None:
    ds = make.ct(
        IconImageSequence=make.sequence(make.item(Rows=1, Columns=1, BitsAllocated=8, PixelData=b"GI")),
        OriginalAttributesSequence=make.sequence(make.item(SourceOfPreviousValues="GASANG")),
        DigitalSignaturesSequence=make.sequence(make.item(Signature=b"SIGNED")),
        EncryptedAttributesSequence=make.sequence(make.item(EncryptedContent=b"Hong ")),
    )
    ds.add_new(0x60000010, "US", 16)
    ds.add_new(0x60003000, "OW", b"OVERLAYTEXT!")
    ds.add_new(0x60001500, "LO", "Overlay of Gildong")
    ds.add_new(0x50000022, "LO", "Curve of Gildong")
    result = stripped(ds)
    assert make.searched(result.data, "OVERLAYTEXT", "Gildong", "SIGNED", "GASANG") == []
    assert not [e for e in result.dataset if e.tag.group in {0x5000, 0x6000}]
    for keyword in ("IconImageSequence", "OriginalAttributesSequence", "EncryptedAttributesSequence"):
        assert keyword not in result.dataset


def test_sequences_of_the_order_go_whole() -> None:
    result = stripped(make.ct(RequestAttributesSequence=make.sequence(make.item(SeriesDescription="Chest"))))
    assert "RequestAttributesSequence" not in result.dataset


def test_a_required_sequence_of_structured_content_stays_empty() -> None:
    context = make.sequence(make.item(TextValue="Gildong was here", ValueType="TEXT"))
    result = stripped(make.ct(AcquisitionContextSequence=context))
    assert len(result.dataset.AcquisitionContextSequence) == 0
    assert "(0040,0555)" in {a.path for a in result.changed}


def test_a_class_that_no_standard_registers_is_replaced_like_any_uid() -> None:
    reference = make.item(ReferencedSOPClassUID="1.3.12.2.1107.5.9.1", ReferencedSOPInstanceUID="1.2.3")
    after = stripped(make.ct(ReferencedImageSequence=make.sequence(reference))).dataset
    assert after.ReferencedImageSequence[0].ReferencedSOPClassUID.startswith("2.25.")


def test_the_second_of_two_equal_tags_goes() -> None:
    data = make.insert(make.write(make.ct()), make.element(0x00080070, b"LO", b"PHILIPS "))
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert result.dataset.Manufacturer == "SIEMENS"
    assert "(0008,0070)" in {a.path for a in result.changed}


def test_numbers_of_another_byte_order_go() -> None:

    ds = make.ct()
    ds["PixelData"].VR = "OW"
    data = make.write(ds, ExplicitVRBigEndian)
    item = b"\x28\x00\x10\x00\x02\x00\x00\x00\x10\x00"
    hidden = b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item
    raw = b"\x00\x08\x11\x40UN\0\0" + len(hidden).to_bytes(4, "big") + hidden
    spot = data.index(b"\x7f\xe0\x00\x10OW")
    result = strip(data[:spot] + raw + data[spot:], uid_key=make.KEY, dates=DAY_ZERO)
    assert not result.dataset.ReferencedImageSequence[0].get("Rows")


@pytest.mark.parametrize("keyword", ["Modality", "PhotometricInterpretation"])
def test_a_type_1_value_that_does_not_fit_is_refused(keyword: str) -> None:
    with pytest.raises(Refused) as caught:
        stripped(make.ct(**{keyword: "C\x01"}))
    assert caught.value.code == "bad_header"


def test_an_overlay_in_the_pixels_is_reported() -> None:
    ds = make.ct()
    ds.add_new(0x60000100, "US", 16)
    ds.add_new(0x60000102, "US", 15)
    assert "overlay_in_pixels" in {f.code for f in stripped(ds).findings}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"BurnedInAnnotation": "YES"}, "burned_in"),
        ({"HighBit": 15}, "high_bit"),
        ({"PatientAge": "64 years"}, "invalid_value"),
        ({"AcquisitionTime": "Gildong"}, "invalid_value"),
        ({"NumberOfFrames": 2, "PixelData": bytes(1024)}, "multiframe"),
    ],
)
def test_findings(values: dict[str, object], code: str) -> None:
    data = make.write(make.ct(PatientName="A", ReferringPhysicianName="B", InstitutionName="C", **values))
    assert code in {f.code for f in strip(data, uid_key=make.KEY, dates=DAY_ZERO).findings}


def test_an_undefined_character_set_is_reported_and_its_text_is_not_trusted() -> None:
    data = make.write(make.ct(SeriesDescription="흉부 CT 홍길동")).replace(b"ISO_IR 192", b"ISO_IR 149")
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert "charset" in {f.code for f in result.findings}
    assert result.dataset.SeriesDescription == "CT"
    assert "SpecificCharacterSet" not in result.dataset


@pytest.mark.parametrize("charset", [["", "ISO 2022 IR 149"], "ISO 2022 IR 149", "ISO_IR 192", "GB18030"])
def test_korean_words_of_the_vocabulary_stay_readable(charset: object) -> None:
    result = stripped(make.ct(SpecificCharacterSet=charset, SeriesDescription="흉부 CT 홍길동"))
    assert result.dataset.SeriesDescription == "흉부 CT"


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("SliceThickness", b"Gildong "),
        ("Exposure", b"00123456"),
        ("XRayTubeCurrent", b"77001 "),
        ("BodyPartExamined", b"HONG"),
        ("PatientAge", b"Hong"),
        ("StudyTime", b"Hong"),
        ("KVP", b"01012345678 "),
        ("TimezoneOffsetFromUTC", b"Gildong "),
        ("ReferencedSOPClassUID", b"1.2.840.10008.123456"),
    ],
)
def test_text_put_into_other_types_goes(keyword: str, value: bytes) -> None:
    from pydicom.datadict import dictionary_VR, tag_for_keyword

    tag = tag_for_keyword(keyword)
    assert tag is not None
    ds = make.ct()
    if keyword in ds:
        delattr(ds, keyword)
    data = make.insert(make.write(ds), make.element(tag, dictionary_VR(tag).encode(), value))
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert value.strip() not in result.data


def test_a_vr_that_contradicts_the_dictionary_goes() -> None:
    data = make.insert(make.write(make.ct()), make.element(0x00281350, b"US", b"Gildong "))
    data = make.insert(data, make.element(0x00281351, b"OB", b"Gildong "))
    assert make.searched(strip(data, uid_key=make.KEY, dates=DAY_ZERO).data, "Gildong") == []


def test_compressed_pixels_are_the_same_bytes() -> None:
    size = b"\xff\x51\0\x29" + bytes(34) + b"\0\1" + bytes(3)
    tile = b"\xff\x90\0\x0a\0\0\0\0\0\0\0\1\xff\x93" + bytes(range(200))
    frame = b"\xff\x4f" + size + tile + b"\xff\xd9" + b"\0"
    data = make.compressed(make.ct(), JPEG2000Lossless, frame)
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert result.dataset.PixelData == make.read(data).PixelData
    assert result.dataset.file_meta.TransferSyntaxUID == JPEG2000Lossless


def test_bytes_after_the_last_pixel_go() -> None:
    result = stripped(make.ct(PixelData=bytes(512) + b"Hong Gildong"))
    assert result.data.endswith(bytes(512))
    assert "(7FE0,0010)" in {a.path for a in result.changed}
    assert result.pixel_sha256_before == result.pixel_sha256_after


def test_wrong_keys_and_subjects_are_programming_errors() -> None:
    data = make.write(make.ct())
    with pytest.raises(ValueError, match="uid_key"):
        strip(data, uid_key=b"short", dates=DAY_ZERO)
    with pytest.raises(ValueError, match="printable"):
        strip(data, uid_key=make.KEY, dates=DAY_ZERO, subject="a\\b")


def test_a_value_longer_than_its_vr_can_be_goes() -> None:
    data = make.write(make.ct(ManufacturerModelName=None))
    data = make.insert(data, make.element(0x00081090, b"UN", b"SOMATOM " * 9000))
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    assert [action.action for action in result.changed if action.path == "(0008,1090)"] == ["X"]
    assert b"SOMATOM" not in result.head


def test_a_name_hidden_in_binary_data_refuses_the_file() -> None:
    table = make.item(LUTDescriptor=[6, 0, 16], LUTData=b"\0xGILDONGxx!")
    table["LUTData"].VR = "OW"
    with pytest.raises(Refused) as caught:
        stripped(make.ct(VOILUTSequence=make.sequence(table)))
    assert (caught.value.code, caught.value.where) == ("residue", "(0028,3010)[0]>(0028,3006)")


def test_the_creator_of_no_kept_element_goes() -> None:
    ds = make.ct()
    ds.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0xF0, "LO", "Gildong")
    result = stripped(ds)
    assert not [e for e in result.dataset if e.tag.is_private]


def test_codes_of_a_hospital_are_replaced_and_public_ones_stay() -> None:
    local = make.item(CodeValue="XK2670152", CodingSchemeDesignator="99SEOULHOSP", CodeMeaning="CHEST Qorvex")
    public = make.item(CodeValue="399348003", CodingSchemeDesignator="SCT", CodeMeaning="antero-posterior")
    data = make.write(make.ct(ProcedureCodeSequence=make.sequence(local, public)))
    result = strip(data, uid_key=make.KEY, dates=DAY_ZERO)
    first, second = result.dataset.ProcedureCodeSequence
    assert (first.CodeValue, first.CodingSchemeDesignator, first.CodeMeaning) == ("LOCAL", "99LOCAL", "CHEST")
    assert second == public
    assert strip(result.data, uid_key=make.KEY, dates=Dates.keep()).changed == []


@pytest.mark.parametrize("wrong", ["ExtendedOffsetTable", "ExtendedOffsetTableLengths"])
def test_offset_tables_go_together(wrong: str) -> None:
    right = {"ExtendedOffsetTable": bytes(8), "ExtendedOffsetTableLengths": (32).to_bytes(8, "little")}
    frame = b"\xff\xd8" + bytes(28) + b"\xff\xd9"
    good = make.compressed(make.ct(**right), JPEGBaseline8Bit, frame)
    assert "ExtendedOffsetTable" in strip(good, uid_key=make.KEY, dates=DAY_ZERO).dataset
    bad = make.compressed(make.ct(**right | {wrong: b"GILDONG!"}), JPEGBaseline8Bit, frame)
    after = strip(bad, uid_key=make.KEY, dates=DAY_ZERO).dataset
    assert not {"ExtendedOffsetTable", "ExtendedOffsetTableLengths"} & set(after.dir())


def test_a_window_without_one_half_goes_whole() -> None:
    good = make.ct(WindowCenter="40", WindowWidth="400")
    files = [make.write(good), make.write(good).replace(b"DS\x02\x0040", b"DS\x02\x00KI")]
    kept, gone = (strip(data, uid_key=make.KEY, dates=DAY_ZERO).dataset for data in files)
    assert (kept.WindowCenter, kept.WindowWidth) == (40, 400)
    assert "WindowCenter" not in gone
    assert "WindowWidth" not in gone


def test_one_bad_value_of_many_goes_alone() -> None:
    data = make.write(make.ct(WindowCenter=["40", "50"], WindowWidth=["400", "1500"]))
    after = strip(data.replace(b"40\\50 ", b"40\\KIM"), uid_key=make.KEY, dates=DAY_ZERO)
    assert b"DS\x04\x0040\\ " in after.data
    assert after.dataset.WindowWidth == [400, 1500]
    assert [finding.where for finding in after.findings] == ["(0028,1050)"]
