"""Names beside the pixels of a compressed image."""

from __future__ import annotations

import pytest

from deid import Dates, Refused, codestream, strip, syntax
from tests.deid import make

KEY = b"k" * 32
NAME = "HONG^GILDONG"
JPEG, JPEG_LS, JPEG_2000 = (f"1.2.840.10008.1.2.4.{n}" for n in (70, 80, 90))
WORDS = b"GILDONG HONG, chest"


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


CARRIERS = [
    (JPEG, jpeg(segment(0xFE, WORDS))),
    (JPEG, jpeg(segment(0xE1, b"Exif\0\0" + WORDS))),
    (JPEG, jpeg(segment(0xFE, b"nothing"), segment(0xEF, WORDS))),
    (JPEG, jpeg(tail=WORDS)),
    (JPEG_LS, jpeg(segment(0xFE, WORDS))),
    (JPEG_2000, jpeg2000(segment(0x64, b"\0\1" + WORDS))),
    (JPEG_2000, jpeg2000(tile=segment(0x64, b"\0\1" + WORDS))),
    (JPEG_2000, jpeg2000(tail=WORDS)),
    (JPEG_2000, jpeg2000(boxes=b"\x00\x00\x00\x0cjP  \r\n\x87\n" + WORDS)),
]


def stripped(chosen: str, frame: bytes) -> bytes:
    data = make.compressed(make.ct(PatientName=NAME), chosen, frame + b"\0" * (len(frame) % 2))
    return strip(data, uid_key=KEY, dates=Dates.keyed(KEY, "S01"), subject="S01-0001-A").data


@pytest.mark.parametrize(("chosen", "frame"), CARRIERS)
def test_a_name_beside_the_pixels_refuses_the_file(chosen: str, frame: bytes) -> None:
    with pytest.raises(Refused) as caught:
        stripped(chosen, frame)
    assert (caught.value.code, caught.value.where) == ("residue", "(7FE0,0010)")


@pytest.mark.parametrize(("chosen", "frame"), CARRIERS)
def test_other_words_do_not(chosen: str, frame: bytes) -> None:
    plain = frame.replace(WORDS, b"encoder version 1.0")
    assert plain in stripped(chosen, frame=plain)


def test_every_byte_is_looked_at_once() -> None:
    """A frame of markers alone costs no more than its length."""
    frame = b"\xff\xd8" + b"\xff\xe0\xff\xff" * 100_000
    data = b"\xfe\xff\x00\xe0" + len(frame).to_bytes(4, "little") + frame
    assert sum(map(len, codestream.texts(data, 0, syntax.SYNTAXES[JPEG]))) <= len(frame)
