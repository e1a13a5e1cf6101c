from __future__ import annotations

import struct
import tracemalloc
import zlib

import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from deid import Refused
from deid.reading import check_uid, header, parse, read
from tests.deid import make

GOOD = make.write(make.ct())
META_END = GOOD.index(b"\x08\x00\x05\x00CS")


def refused(data: bytes, **limits: int) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        parse(data, **limits)
    return caught.value.code, caught.value.where


def nested(levels: int) -> bytes:
    body = b""
    for _ in range(levels):
        item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(body)) + body
        body = make.element(0x00081140, b"SQ", item)
    return body


def unended(body: bytes) -> bytes:
    """A sequence of undefined length that says nowhere where it ends."""
    return make.element(0x00081140, b"SQ", b"")[:-4] + b"\xff\xff\xff\xff" + body


def with_syntax(data: bytes, uid: str) -> bytes:
    return data.replace(b"1.2.840.10008.1.2.1\0", uid.encode().ljust(20, b"\0")[:20])


def test_a_good_file_reads() -> None:
    assert read(GOOD).PatientID == "00123456"
    assert "PixelData" not in header(GOOD)
    assert parse(GOOD).pixel_bytes == 512


def test_without_preamble_it_reads_when_it_starts_with_the_meta_group() -> None:
    assert read(GOOD[132:]).PatientID == "00123456"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 " * 40, "not_dicom"),
        (b"DICM", "not_dicom"),
        (bytes(128) + b"DICM", "not_dicom"),
        (bytes(128) + b"DICM" + b"random" * 40, "not_dicom"),
        (GOOD[META_END:], "not_dicom"),
        (GOOD[:META_END], "truncated"),
        (GOOD[:400], "truncated"),
        (GOOD[:-1], "truncated"),
        (GOOD[:-300], "truncated"),
        (GOOD.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.9\0"), "unsupported_transfer_syntax"),
        (GOOD[:META_END] + b"\x08\x00\x05\x00??\0\0" + GOOD[META_END:], "bad_header"),
        (GOOD[:META_END] + b"\xfe\xff\x00\xe0\0\0\0\0" + GOOD[META_END:], "corrupt"),
        (GOOD[:META_END] + b"\x08\x00\x05\x00UT\0\0\xff\xff\xff\xff" + GOOD[META_END:], "corrupt"),
        (make.insert(GOOD, make.element(0x00081140, b"SQ", b"")[:-4] + b"\xff\xff\xff\xff"), "corrupt"),
        (make.insert(GOOD, nested(40)), "too_deep"),
        (make.insert(GOOD, nested(1500)), "too_deep"),
        (make.insert(GOOD, make.element(0x00091001, b"LO", b"") * 20_001), "too_deep"),
        (GOOD[:144] + make.element(0x00020102, b"OB", b"") * 70 + GOOD[144:], "bad_header"),
        (GOOD[:META_END] + b"\x08\x00\x05\x00UT\0\0", "truncated"),
        (GOOD[:-524] + unended(b""), "truncated"),
        (GOOD[:-524] + unended(b"\xfe\xff\x00\xe0\x10\0\0\0"), "truncated"),
        (GOOD[:-524] + unended(b"\xfe\xff\x00\xe0\xff\xff\xff\xff"), "truncated"),
        (GOOD[:-524] + unended(b"\xfe\xff\x00"), "truncated"),
    ],
)
def test_structure_is_refused(data: bytes, code: str) -> None:
    assert refused(data)[0] == code


@pytest.mark.parametrize(
    ("values", "code", "where"),
    [
        ({"SOPClassUID": SecondaryCaptureImageStorage}, "unknown_sop_class", "(0008,0016)"),
        ({"SOPClassUID": "1.2.840.10008.1.3.10"}, "dicomdir", "(0002,0002)"),
        ({"SOPInstanceUID": "../../etc/passwd"}, "bad_uid", "(0008,0018)"),
        ({"SeriesInstanceUID": "1.2.3a"}, "bad_uid", "(0020,000E)"),
        ({"StudyInstanceUID": "1." + "2" * 63}, "bad_uid", "(0020,000D)"),
        ({"StudyInstanceUID": None}, "bad_header", "(0020,000D)"),
        ({"SOPInstanceUID": None}, "bad_header", "(0008,0018)"),
        ({"Modality": None}, "bad_header", "(0008,0060)"),
        ({"SOPClassUID": None}, "bad_header", "(0008,0016)"),
        ({"Rows": None}, "bad_header", "(0028,0010)"),
        ({"Rows": 0}, "bad_header", "(0028,0010)"),
        ({"BitsAllocated": 7}, "bad_header", "(0028,0100)"),
        ({"BitsStored": 33}, "bad_header", "(0028,0100)"),
        ({"SamplesPerPixel": 9}, "bad_header", "(0028,0002)"),
        ({"PhotometricInterpretation": ""}, "bad_header", "(0028,0004)"),
        ({"NumberOfFrames": "0"}, "bad_header", "(0028,0008)"),
        ({"NumberOfFrames": "2"}, "pixel_length", "(7FE0,0010)"),
        ({"PixelData": bytes(2000)}, "pixel_length", "(7FE0,0010)"),
        ({"PixelData": bytes(100)}, "pixel_length", "(7FE0,0010)"),
        ({"PixelData": None}, "no_pixel_data", "(7FE0,0010)"),
        ({"Rows": 65535, "Columns": 65535}, "too_large", "(0028,0010)"),
    ],
)
def test_header_is_refused(values: dict[str, object], code: str, where: str) -> None:
    data = make.write(make.ct(**values))
    assert refused(data) == (code, where)


def test_size_limit() -> None:
    assert refused(GOOD, max_bytes=1000)[0] == "too_large"


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLosslessSV1, RLELossless])
def test_compressed_frames_must_open_as_their_syntax_says(syntax: str) -> None:
    assert refused(make.compressed(make.ct(), syntax, b"native pixels, no code stream "))[0] == "corrupt"


def test_fragments_need_their_end_and_frames_their_fragments() -> None:
    data = make.compressed(make.ct(), JPEG2000Lossless, b"\xff\x4f\xff\x51" + bytes(64))
    assert refused(data[:-8])[0] == "truncated"
    assert refused(data[:-20])[0] == "truncated"
    two = make.compressed(make.ct(NumberOfFrames=2), JPEG2000Lossless, b"\xff\x4f\xff\x51" + bytes(64))
    assert refused(two)[0] == "pixel_length"


def test_native_pixels_under_a_compressed_syntax() -> None:
    data = GOOD.replace(
        b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0", b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.5\0"
    )
    assert refused(data)[0] == "corrupt"


def test_fragments_under_a_native_syntax() -> None:
    data = make.compressed(make.ct(), JPEG2000Lossless, b"\xff\x4f\xff\x51" + bytes(64))
    native = data.replace(b"UI\x16\x001.2.840.10008.1.2.4.90", b"UI\x14\x001.2.840.10008.1.2.1\0")
    assert refused(native) == ("corrupt", "(7FE0,0010): fragments under a native transfer syntax")


@pytest.mark.parametrize("item", [b"\xfe\xff\x00\xe0\xff\xff\xff\xff", b"HONGGILD"])
def test_what_is_no_fragment(item: bytes) -> None:
    data = make.compressed(make.ct(), JPEG2000Lossless, b"\xff\x4f\xff\x51" + bytes(64))
    assert refused(data[:-8] + item + data[-8:]) == ("corrupt", "(7FE0,0010): no fragment")


J2K = b"\xff\x4f\xff\x51" + bytes(20)


@pytest.mark.parametrize(
    ("fragments", "frames"),
    [
        ([J2K, J2K], [1, 1]),
        ([J2K, b"more", J2K], [2, 1]),
        ([J2K, b"more", b"more", J2K, b"more"], [3, 2]),
        ([J2K, b"more", b"more"], "pixel_length"),
        ([J2K, J2K, J2K], "pixel_length"),
        ([b"more", J2K, b"more"], "corrupt"),
    ],
)
def test_frames_begin_where_a_code_stream_does(fragments: list[bytes], frames: object) -> None:
    data = make.compressed(make.ct(NumberOfFrames=2), JPEG2000Lossless, *fragments)
    if isinstance(frames, str):
        assert refused(data)[0] == frames
    else:
        found = parse(data).fragments
        assert found is not None
        assert [len(frame) for frame in found.frames] == frames


def test_a_header_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    start = GOOD.index(b"\xe0\x7f\x10\x00OW")
    monkeypatch.setattr("deid.reading.MAX_HEADER", start - META_END)
    assert parse(GOOD).pixel_bytes == 512
    longer = make.insert(GOOD, make.element(0x00091001, b"LO", b""))
    assert refused(longer) == ("too_large", f"(7FE0,0010) at offset {start + 8}")


def test_what_another_reader_says_of_a_file_stays_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("HONG^GILDONG")

    monkeypatch.setattr("deid.reading.dcmread", fails)
    for function in (read, header):
        with pytest.raises(Refused) as caught:
            function(GOOD)
        assert (caught.value.code, caught.value.where) == ("corrupt", "ValueError")


def test_a_deflate_bomb_is_refused_in_bounded_memory() -> None:
    deflated = make.write(make.ct(), DeflatedExplicitVRLittleEndian)
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = GOOD[META_END:-512]
    bomb = (
        engine.compress(start)
        + b"".join(engine.compress(bytes(1 << 20)) for _ in range(300))
        + engine.flush()
    )
    data = deflated[: len(deflated) - len(_deflated_part(deflated))] + bomb
    tracemalloc.start()
    try:
        assert refused(data)[0] == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    finally:
        tracemalloc.stop()


def _deflated_part(data: bytes) -> bytes:
    length = struct.unpack_from("<I", data, 140)[0]
    return data[144 + length :]


def test_a_cut_or_damaged_deflated_data_set() -> None:
    data = make.write(make.ct(), DeflatedExplicitVRLittleEndian)
    assert refused(data[:-40])[0] == "truncated"
    body = _deflated_part(data)
    assert refused(data[: -len(body)] + b"\xff" * 100)[0] == "corrupt"


def test_an_element_bomb_is_refused() -> None:
    import deid.stream

    items = b"\xfe\xff\x00\xe0\0\0\0\0" * (deid.stream.MAX_ELEMENTS + 10)
    data = make.insert(GOOD, make.element(0x00081140, b"SQ", items))
    assert refused(data)[0] == "too_deep"


@pytest.mark.parametrize(
    ("uid", "good"), [(b"1.2.3", True), (b"12", False), (b"1..2", False), (b"1.2.", False), (b"1.2/3", False)]
)
def test_uid_form(uid: bytes, good: bool) -> None:
    assert check_uid(uid) is good
