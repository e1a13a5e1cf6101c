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


def jpeg(*extra: bytes, tail: bytes = b"", process: int = 0xC3, coded: bytes = b"coded\xff\x00data") -> bytes:
    """One component, whose scan uses the Huffman tables 0 and, where the process has them, the quantisation
    table 1.
    """
    frame = segment(process, bytes(5) + b"\1" + b"\1\x11\1") + segment(0xDA, b"\1" + b"\1\0" + bytes(3))
    return b"\xff\xd8" + b"".join(extra) + frame + coded + b"\xff\xd9" + tail


SIZE = segment(0x51, bytes(34) + b"\0\1" + bytes(3))
CODING = segment(0x52, bytes([0, 0, 0, 1, 0, 1, 4, 4, 0, 1]))
STEPS = segment(0x5C, bytes([0, 8, 16, 16, 24]))


def jpeg2000(
    *main: bytes, tile: bytes = b"", tail: bytes = b"", boxes: bytes = b"", coded: bytes = b"coded data"
) -> bytes:
    head = b"\xff\x4f" + SIZE + CODING + STEPS + b"".join(main)
    body = tile + b"\xff\x93" + coded + b"\xff\x64\x00\x50"
    part = segment(0x90, b"\0\0" + (len(body) + 12).to_bytes(4, "big") + b"\0\1") + body
    return boxes + head + part + b"\xff\xd9" + tail


RUNS = bytes([129, 7, 129, 7])


def rle(*, unused: bytes = b"", gap: bytes = b"", last: bytes = RUNS, tail: bytes = b"") -> bytes:
    """Two segments for 16 bits, each two runs of 128 equal bytes; whatever follows is no pixel."""
    numbers = (2, 64 + len(gap), 68 + len(gap))
    head = b"".join(number.to_bytes(4, "little") for number in numbers) + unused
    return head.ljust(64, b"\0") + gap + RUNS + last + tail


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
    *((JPEG_2000, jpeg2000(segment(marker, WORDS))) for marker in (0x55, 0x56, 0x57, 0x58, 0x59, 0x63)),
    (JPEG_2000, jpeg2000(segment(0x55, b"\0\x40" + WORDS))),
    (JPEG_2000, jpeg2000(tile=segment(0x58, WORDS))),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"colr", WORDS)) + box(b"jp2c", jpeg2000())),
    (JPEG_2000, SIGNATURE + box(b"ftyp", b"jp2 \0\0\0\0" + WORDS) + box(b"jp2c", jpeg2000())),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"cdef", WORDS)) + box(b"jp2c", jpeg2000())),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"bpcc", WORDS)) + box(b"jp2c", jpeg2000())),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"ihdr", WORDS)) + box(b"jp2c", jpeg2000())),
    (JPEG_LS, jpeg(segment(0xF8, WORDS), process=0xF7)),
    (JPEG_LS, jpeg(segment(0xF8, b"\1" + WORDS[:10]), segment(0xFE, WORDS), process=0xF7)),
    (JPEG_LS, jpeg(segment(0xF8, b"\2\1\1" + WORDS), process=0xF7)),
    (JPEG_2000, SIGNATURE + box(b"xml ", WORDS) + box(b"jp2c", jpeg2000()) + box(b"uuid", WORDS)),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"res ", WORDS)) + box(b"jp2c", jpeg2000())),
    (RLE, rle(unused=WORDS)),
    (RLE, rle(gap=WORDS)),
    (RLE, rle(tail=WORDS)),
]
KEPT = [
    (JPEG, jpeg(ADOBE)),
    (JPEG, jpeg(segment(0xDD, b"\0\1"), segment(0xC4, b"\0" + bytes(15) + b"\3\5\6\7"))),
    (JPEG, jpeg(segment(0xC4, b"\x10" + bytes(15) + b"\3\5\6\x77"), process=0xC1)),
    (JPEG_LS, jpeg(segment(0xF8, b"\1\x0f\xff\0\x12\0\x43\1\x14\0\x40"), process=0xF7)),
    (JPEG_LS, jpeg(segment(0xF8, b"\4\2" + bytes(4)), process=0xF7)),
    (RLE, rle()),
    (JPEG_2000, jpeg2000()),
    (JPEG_2000, jpeg2000(segment(0x50, b"\0\2\0\0\0\0"), segment(0x53, bytes([0, 1, 1, 4, 4, 0, 1, 8, 8])))),
    (JPEG_2000, jpeg2000(segment(0x5D, b"\0\1\x40\x08"), segment(0x5E, b"\0\0\7"))),
    (JPEG_2000, jpeg2000(segment(0x5C, b"\2" + b"GILDOXNG"), segment(0x5F, bytes([0, 0, 0, 1, 1, 1, 2])))),
]
NAMED = [
    (JPEG, jpeg(coded=WORDS + b"\x80\x81")),
    (JPEG, jpeg(segment(0xDB, b"\1" + WORDS.ljust(64, b" ")), process=0xC1)),
    (JPEG_LS, jpeg(coded=WORDS.upper() + b"\x80\x81")),
    (JPEG_2000, jpeg2000(coded=WORDS + b"\x80\x81")),
    (RLE, rle(last=bytes([len(WORDS) - 1]) + WORDS + RUNS)),
]
MALFORMED = [
    (JPEG, jpeg(coded=b"\x80\x81KIM CHULSOO 010-9999")),
    (JPEG, jpeg(coded=b"\x80\x81KIM CHULSOO 010-9999\0\0")),
    (JPEG_2000, jpeg2000()[:-6] + b"KIM CHULSOO 1964" + b"\xff\xd9"),
    (JPEG, jpeg(segment(0xDB, WORDS))),
    (JPEG, jpeg(segment(0xDB, b"\7" + WORDS.ljust(64)))),
    (JPEG, jpeg(segment(0xC4, WORDS))),
    (JPEG, jpeg(segment(0xC4, b"\x10" + bytes(15) + bytes([len(WORDS)]) + WORDS))),
    (JPEG, jpeg(segment(0xC4, b"\0" + bytes(15) + b"\3KIM"))),
    (JPEG, jpeg(segment(0xC4, b"\0" + b"\3" + bytes(15) + b"\0\1\2"))),
    (JPEG, jpeg(segment(0xC3, bytes(6)))),
    (JPEG, jpeg(segment(0xC3, bytes(5) + b"\1" + b"\1\x11\0" + WORDS))),
    (JPEG, jpeg(segment(0xDA, b""))),
    (JPEG, jpeg(segment(0xDA, b"\1" + b"\1\0" + bytes(3) + WORDS))),
    (JPEG, jpeg(segment(0xDC, b"\0\1" + WORDS))),
    (JPEG, jpeg(segment(0xDD, b"\0\1" + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5C, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5C, b""))),
    (JPEG_2000, jpeg2000(segment(0x5C, b"\x22" + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5C, b"\0KIM CHUL"))),
    (JPEG_2000, jpeg2000(segment(0x5C, b"\0" + b"@HPX`hpx"))),
    (JPEG_2000, jpeg2000(segment(0x52, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x52, bytes([0, 0, 0, 1, 0, 1, 4, 4, 0, 1]) + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x53, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x53, b"\0\0" + WORDS))),
    (JPEG_2000, jpeg2000(segment(0x51, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5E, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x5F, b"KIM CHU"))),
    (JPEG_2000, jpeg2000(segment(0x5F, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x50, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x60, WORDS))),
    (JPEG_2000, jpeg2000(tile=segment(0x61, WORDS))),
    (JPEG_2000, SIGNATURE + box(b"jp2h", box(b"pclr", WORDS)) + box(b"jp2c", jpeg2000())),
    (RLE, rle()[:4].replace(b"\2", b"\3") + rle()[4:]),
    (RLE, b"\1" + rle()[1:]),
    (RLE, rle()[:4] + rle()[8:12] + rle()[4:8] + rle()[12:]),
    (RLE, rle()[:4] + b"\x0a" + rle()[5:]),
    (RLE, rle()[:8] + b"\xff\xff" + rle()[10:]),
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


@pytest.mark.parametrize(("chosen", "frame"), [*KEPT])
def test_what_decoding_needs_stays_as_it_is(chosen: str, frame: bytes) -> None:
    result = stripped(chosen, frame)
    assert even(frame) in result.data
    assert "(7FE0,0010)" not in {action.path for action in result.actions}


@pytest.mark.parametrize(("chosen", "frame"), MALFORMED)
def test_a_table_of_a_form_that_it_cannot_have_refuses_the_file(chosen: str, frame: bytes) -> None:
    with pytest.raises(Refused) as caught:
        stripped(chosen, frame)
    assert caught.value.code == "corrupt"
    assert caught.value.where.startswith("(7FE0,0010): ")


@pytest.mark.parametrize(("chosen", "frame"), NAMED)
def test_a_name_among_coded_pixels_refuses_the_file(chosen: str, frame: bytes) -> None:
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
    spans = codestream.spans(frame, syntax.JPEG, PLANE, 2)
    assert [(span.begin, span.end, span.needless) for span in spans] == found


def test_a_box_whose_length_takes_eight_bytes() -> None:
    long = (1).to_bytes(4, "big") + b"xml " + (16 + len(WORDS)).to_bytes(8, "big") + WORDS
    result = stripped(JPEG_2000, SIGNATURE + long + box(b"jp2c", jpeg2000()))
    assert WORDS not in result.data
    assert jpeg2000() in result.data


@pytest.mark.parametrize("cut", [2, 6])
def test_a_jpeg_2000_stream_without_its_end_is_looked_at_as_far_as_it_goes(cut: int) -> None:
    frame = jpeg2000(segment(0x64, b"\0\1" + WORDS))[:-cut]
    assert WORDS not in stripped(JPEG_2000, frame).data


def test_a_jpeg_2000_stream_without_markers_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        stripped(JPEG_2000, jpeg2000(WORDS))
    assert caught.value.code == "corrupt"
    assert caught.value.where.startswith("(7FE0,0010)")


def test_rle_runs_of_every_kind_end_where_the_pixels_do() -> None:
    """Two bytes as they are, nothing, and 254 equal ones (PS3.5 G.3.1)."""
    runs = bytes([1, 5, 6, 128, 129, 7, 131, 7])
    frame = rle(last=runs)
    assert frame + bytes(len(WORDS)) in stripped(RLE, frame + WORDS).data


def test_an_rle_run_beyond_the_last_pixel_ends_in_zeros() -> None:
    runs = bytes([129, 7, 130, 7, len(WORDS)]) + b"\5"
    frame = rle(last=runs + WORDS)
    assert even(rle(last=runs + bytes(len(WORDS)))) in stripped(RLE, frame).data


@pytest.mark.parametrize(
    ("process", "table", "left"),
    [
        (0xC3, segment(0xDB, b"\1" + WORDS.ljust(64)), segment(0xDB, b"\1" + b"\1" * 64)),
        (0xC1, segment(0xDB, b"\3" + WORDS.ljust(64)), segment(0xDB, b"\3" + b"\1" * 64)),
        (0xC1, segment(0xDB, b"\x13" + WORDS.ljust(128)), segment(0xDB, b"\x13" + b"\0\1" * 64)),
        (
            0xC3,
            segment(0xC4, b"\x10" + bytes(15) + b"\7GILDONH"),
            segment(0xC4, b"\x10" + bytes(15) + b"\7" + bytes(range(7))),
        ),
        (
            0xF7,
            segment(0xC4, b"\0" + bytes(15) + b"\3\5\6\7"),
            segment(0xC4, b"\0" + bytes(15) + b"\3\0\1\2"),
        ),
        (
            0xC1,
            segment(0xDB, b"\1" + WORDS.ljust(64) + b"\1" + b"\2" * 64),
            segment(0xDB, b"\1" + b"\1" * 64 + b"\1" + b"\2" * 64),
        ),
    ],
)
def test_a_table_that_no_scan_uses_becomes_another_one(process: int, table: bytes, left: bytes) -> None:
    result = stripped(JPEG, jpeg(table, process=process))
    assert even(jpeg(left, process=process)) in result.data
    assert strip(result.data, uid_key=KEY, dates=Dates.keep(), subject="S01-0001-A").changed == []


@pytest.mark.parametrize("ending", [b"\0\x40", b"\0\x50", b"\0\x60", b"\0\x10"])
def test_a_tile_index_that_tells_the_tiles_stays(ending: bytes) -> None:
    """Number of the tile in none, one or two bytes, length in two or four."""
    number, length = ending[1] >> 4 & 3, 4 if ending[1] & 0x40 else 2
    size = len(jpeg2000()) - jpeg2000().index(b"\xff\x90") - 2
    index = segment(0x55, ending + bytes(number) + size.to_bytes(length, "big"))
    assert even(jpeg2000(index)) in stripped(JPEG_2000, jpeg2000(index)).data
    wrong = segment(0x55, ending + bytes(number) + (size + 1).to_bytes(length, "big"))
    assert even(jpeg2000(wrong)) not in stripped(JPEG_2000, jpeg2000(wrong)).data


def test_what_could_be_a_short_name_by_chance_is_not_one() -> None:
    """Six letters in a mixture of cases that nobody writes; five letters."""
    frame = jpeg(coded=b"gIlDOn, HONG, Kimpyo \x80")
    data = make.compressed(make.ct(PatientName="GILDON^HONG"), JPEG, even(frame))
    assert even(frame) in strip(data, uid_key=KEY, dates=Dates.keyed(KEY, "S01")).data
    with pytest.raises(Refused) as caught:
        strip(data.replace(b"gIlDOn", b"Gildon"), uid_key=KEY, dates=Dates.keyed(KEY, "S01"))
    assert caught.value.code == "residue"


def test_an_old_uid_among_coded_pixels_refuses_the_file() -> None:
    with pytest.raises(Refused) as caught:
        stripped(JPEG, jpeg(coded=make.ROOT.encode() + b".2 \x80\x81"))
    assert (caught.value.code, caught.value.where) == ("residue", "(7FE0,0010)")


def test_every_byte_is_looked_at_once() -> None:
    """A frame of markers alone costs no more than its length."""
    frame = b"\xff\xd8" + b"\xff\xe0\xff\xff" * 100_000
    found = list(codestream.spans(frame, syntax.JPEG, PLANE, 2))
    assert sum(span.end - span.begin for span in found) <= len(frame)
