"""What stands beside the pixels of a compressed image goes; every length and every pixel stays."""

from __future__ import annotations

import pytest

from deid import Dates, Refused, Result, codestream, strip, syntax
from tests.deid import make

KEY = b"k" * 32
NAME = "HONG^GILDONG"
JPEG, JPEG_LS, JPEG_2000 = (f"1.2.840.10008.1.2.4.{n}" for n in (70, 80, 90))
RLE = "1.2.840.10008.1.2.5"
WORDS = b"GILDONG HONG, chest"
PLANE = 16 * 16


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(*extra: bytes, tail: bytes = b"") -> bytes:
    frame = segment(0xC3, bytes(6)) + segment(0xDA, bytes(4))
    return b"\xff\xd8" + b"".join(extra) + frame + b"coded\xff\x00data" + b"\xff\xd9" + tail


def jpeg2000(*main: bytes, tile: bytes = b"", tail: bytes = b"", boxes: bytes = b"") -> bytes:
    head = b"\xff\x4f" + segment(0x51, bytes(38)) + b"".join(main)
    body = tile + b"\xff\x93coded data\xff\x64\x00\x50"
    part = segment(0x90, b"\0\0" + (len(body) + 12).to_bytes(4, "big") + b"\0\1") + body
    return boxes + head + part + b"\xff\xd9" + tail


def rle(*, unused: bytes = b"", gap: bytes = b"", tail: bytes = b"") -> bytes:
    """One segment: two runs of 128 equal bytes; whatever follows is no pixel."""
    head = (1).to_bytes(4, "little") + (64 + len(gap)).to_bytes(4, "little") + unused
    return head.ljust(64, b"\0") + gap + bytes([129, 7, 129, 7]) + tail


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


SIGNATURE = box(b"jP  ", b"\r\n\x87\n")
ADOBE = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
CARRIERS = [
    (JPEG, jpeg(segment(0xFE, WORDS))),
    (JPEG, jpeg(segment(0xE1, b"Exif\0\0" + WORDS))),
    (JPEG, jpeg(segment(0xE0, b"JFIF\0" + WORDS))),
    (JPEG, jpeg(segment(0xEE, b"Adobe\0" + WORDS))),
    (JPEG, jpeg(segment(0xFE, b"nothing"), segment(0xEF, WORDS))),
    (JPEG, jpeg(segment(0xFD, WORDS))),
    (JPEG, jpeg(WORDS)),
    (JPEG, jpeg(b"\xff\xff\xff" + segment(0xFE, WORDS)[1:])),
    (JPEG, jpeg(tail=WORDS)),
    (JPEG_LS, jpeg(segment(0xFE, WORDS))),
    (JPEG_LS, jpeg(segment(0xE8, b"mrfx" + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x64, b"\0\1" + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x77, WORDS))),
    (JPEG_2000, jpeg2000(tile=segment(0x64, b"\0\1" + WORDS))),
    (JPEG_2000, jpeg2000(tail=WORDS)),
    (JPEG_2000, SIGNATURE + box(b"xml ", WORDS) + box(b"jp2c", jpeg2000()) + box(b"uuid", WORDS)),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"res ", WORDS)) + box(b"jp2c", jpeg2000())),
    (RLE, rle(unused=WORDS)),
    (RLE, rle(gap=WORDS)),
    (RLE, rle(tail=WORDS)),
]
NEEDED = [
    (JPEG, jpeg(segment(0xDB, WORDS))),
    (JPEG_LS, jpeg(segment(0xF8, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5C, WORDS))),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"colr", WORDS)) + box(b"jp2c", jpeg2000())),
]


def even(frame: bytes) -> bytes:
    return frame + b"\0" * (len(frame) % 2)


def stripped(chosen: str, *fragments: bytes) -> Result:
    data = make.compressed(make.ct(PatientName=NAME), chosen, *map(even, fragments))
    return strip(data, uid_key=KEY, dates=Dates.keyed(KEY, "S01"), subject="S01-0001-A")


@pytest.mark.parametrize(("chosen", "frame"), CARRIERS)
def test_words_beside_the_pixels_are_blanked(chosen: str, frame: bytes) -> None:
    result = stripped(chosen, frame)
    assert WORDS not in result.data
    assert even(frame).replace(WORDS, bytes(len(WORDS)))[-8:] == result.data[-16:-8]
    assert ("(7FE0,0010)", "X") in {(action.path, action.action) for action in result.changed}
    assert result.pixel_sha256_before != result.pixel_sha256_after
    again = strip(result.data, uid_key=KEY, dates=Dates.keep(), subject="S01-0001-A")
    assert again.changed == []
    assert again.pixel_sha256_before == again.pixel_sha256_after


@pytest.mark.parametrize("cut", [7, 20, 35, 50])
@pytest.mark.parametrize("frame", [jpeg(segment(0xFE, WORDS * 2)), jpeg(tail=WORDS * 2)])
def test_a_comment_across_fragments_goes_whole(frame: bytes, cut: int) -> None:
    frame = even(frame)
    result = stripped(JPEG, frame[: cut - cut % 2], frame[cut - cut % 2 :])
    assert b"DONG" not in result.data
    assert b"chest" not in result.data


@pytest.mark.parametrize(("chosen", "frame"), [(JPEG, jpeg(ADOBE)), (RLE, rle()), (JPEG_2000, jpeg2000())])
def test_what_decoding_needs_stays_as_it_is(chosen: str, frame: bytes) -> None:
    result = stripped(chosen, frame)
    assert even(frame) in result.data
    assert "(7FE0,0010)" not in {action.path for action in result.actions}


@pytest.mark.parametrize(("chosen", "frame"), NEEDED)
def test_a_name_in_a_table_that_decoding_needs_refuses_the_file(chosen: str, frame: bytes) -> None:
    with pytest.raises(Refused) as caught:
        stripped(chosen, frame)
    assert (caught.value.code, caught.value.where) == ("residue", "(7FE0,0010)")


@pytest.mark.parametrize(
    ("table", "left"),
    [(b"\0\0\0\0", b"\0\0\0\0"), (b"KIM ", b"\0\0\0\0"), (b"KIM GILDONG1", b""), (b"", b"")],
)
def test_an_offset_table_says_offsets(table: bytes, left: bytes) -> None:
    data = make.compressed(make.ct(PatientName=NAME), RLE, rle(), table=table)
    result = strip(data, uid_key=KEY, dates=Dates.keyed(KEY, "S01"))
    item = b"\xfe\xff\x00\xe0" + len(left).to_bytes(4, "little") + left + b"\xfe\xff\x00\xe0"
    assert item in result.data
    assert bool(result.changed and b"KIM" in table) == any(a.path == "(7FE0,0010)" for a in result.changed)


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (b"\xff\xd8\xff\xd0\xff\x01\xff\x00\xff\xfe\x00\x04xx\xff\xd9", [(12, 14, True), (16, 16, True)]),
        (b"\xff\xd8\xff\xff\xff", []),
        (b"\xff\xd8\xff\xfe\xff\xffwords", [(6, 11, True)]),
        (b"\xff\xd8words", [(2, 7, True)]),
    ],
)
def test_jpeg_that_ends_too_early_or_marks_without_a_length(
    frame: bytes, found: list[tuple[int, int, bool]]
) -> None:
    spans = codestream.spans(frame, syntax.JPEG, PLANE)
    assert [(span.begin, span.end, span.needless) for span in spans] == found


def test_a_box_whose_length_takes_eight_bytes() -> None:
    long = (1).to_bytes(4, "big") + b"xml " + (16 + len(WORDS)).to_bytes(8, "big") + WORDS
    result = stripped(JPEG_2000, SIGNATURE + long + box(b"jp2c", jpeg2000()))
    assert WORDS not in result.data
    assert jpeg2000() in result.data


@pytest.mark.parametrize("cut", [2, 20])
def test_a_jpeg_2000_stream_without_its_end_is_looked_at_as_far_as_it_goes(cut: int) -> None:
    frame = jpeg2000(segment(0x64, b"\0\1" + WORDS))[:-cut]
    assert WORDS not in stripped(JPEG_2000, frame).data


def test_a_jpeg_2000_stream_without_markers_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        stripped(JPEG_2000, jpeg2000(WORDS))
    assert caught.value.code == "corrupt"
    assert caught.value.where.startswith("(7FE0,0010)")


@pytest.mark.parametrize("starts", [(64, 64), (80, 70), (10, 64), (64, 9999)])
def test_rle_segments_out_of_order_are_searched_and_left_alone(starts: tuple[int, int]) -> None:
    head = b"".join(number.to_bytes(4, "little") for number in (2, *starts)).ljust(64, b"\0")
    assert head + bytes(40) in stripped(RLE, head + bytes(40)).data
    with pytest.raises(Refused) as caught:
        stripped(RLE, head + b"HONG GILDONG".ljust(40, b"\0"))
    assert (caught.value.code, caught.value.where) == ("residue", "(7FE0,0010)")


def test_rle_runs_of_every_kind_end_where_the_pixels_do() -> None:
    """Two bytes as they are, nothing, and 254 equal ones (PS3.5 G.3.1)."""
    runs = bytes([1, 5, 6, 128, 129, 7, 131, 7])
    head = ((1).to_bytes(4, "little") + (64).to_bytes(4, "little")).ljust(64, b"\0")
    result = stripped(RLE, head + runs + WORDS)
    assert head + runs + bytes(len(WORDS)) in result.data


def test_every_byte_is_looked_at_once() -> None:
    """A frame of markers alone costs no more than its length."""
    frame = b"\xff\xd8" + b"\xff\xe0\xff\xff" * 100_000
    found = list(codestream.spans(frame, syntax.JPEG, PLANE))
    assert sum(span.end - span.begin for span in found) <= len(frame)
