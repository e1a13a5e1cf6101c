"""What sits in the bits of a pixel that its value does not need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.pixels import iter_pixels
from pydicom.uid import JPEG2000Lossless, RLELossless

from deid import codestream, syntax
from deid.pixels import hides, overlaid
from tests.deid import make


def with_words(words: NDArray[Any], chosen: str = make.EXPLICIT, **values: Any) -> FileDataset:
    ds = make.ct(BitsAllocated=8 * words.itemsize, **values)
    ds.PixelData = words.tobytes()
    return make.read(make.write(ds, chosen))


BIG = "1.2.840.10008.1.2.2"


@pytest.mark.parametrize(
    ("kind", "chosen", "values", "word", "hidden"),
    [
        ("<u2", make.EXPLICIT, {}, 0x0FFF, False),
        ("<u2", make.EXPLICIT, {}, 0x1000, True),
        (">u2", BIG, {}, 0x0FFF, False),
        (">u2", BIG, {}, 0x4000, True),
        ("<u2", make.EXPLICIT, {"BitsStored": 16, "HighBit": 15}, 0xFFFF, False),
        ("<u2", make.EXPLICIT, {"BitsStored": 8, "HighBit": 15}, 0x7F00, False),
        ("<u2", make.EXPLICIT, {"BitsStored": 8, "HighBit": 15}, 0x7F01, True),
        ("<u2", make.EXPLICIT, {"PixelRepresentation": 1}, 0xF800, False),
        ("<u2", make.EXPLICIT, {"PixelRepresentation": 1}, 0x0800, False),
        ("<u2", make.EXPLICIT, {"PixelRepresentation": 1}, 0x7800, True),
        (">u2", BIG, {"PixelRepresentation": 1}, 0xF800, False),
        (">u2", BIG, {"PixelRepresentation": 1}, 0x7800, True),
        ("<u4", make.EXPLICIT, {}, 0x4B494D00, True),
        ("<u4", make.EXPLICIT, {}, 0x00000FFF, False),
        ("u1", make.EXPLICIT, {"BitsStored": 6, "HighBit": 5}, 0x40, True),
        ("<u2", make.EXPLICIT, {"PixelPaddingValue": 63536}, 63536, False),
        ("<u2", make.EXPLICIT, {"PixelPaddingValue": 63536}, 63535, True),
        ("<u2", make.EXPLICIT, {"PixelPaddingValue": 1, "PixelPaddingRangeLimit": 63536}, 63536, False),
    ],
)
def test_unused_bits_are_looked_at_in_every_word(
    kind: str, chosen: str, values: dict[str, Any], word: int, hidden: bool
) -> None:
    words = np.zeros((16, 16), dtype=kind)
    words[7, 9] = word
    dataset = with_words(words, chosen, **values)
    assert hides(dataset.pixel_array, dataset) is hidden
    assert (overlaid(dataset.pixel_array, dataset) is dataset.pixel_array) is not hidden


@pytest.mark.parametrize("chosen", [RLELossless, JPEG2000Lossless])
@pytest.mark.parametrize("word", [0x0FFF, 0x4000])
def test_unused_bits_of_a_compressed_frame_are_looked_at_too(chosen: str, word: int) -> None:
    words = np.zeros((64, 64), dtype="<u2")
    words[3, 4] = word
    dataset = with_words(words, Rows=64, Columns=64, BitsStored=16, HighBit=15)
    dataset.compress(chosen)
    dataset.BitsStored, dataset.HighBit = 12, 11
    frame = next(iter_pixels(dataset))
    assert hides(frame, dataset) is (word > 0x0FFF)
    assert (overlaid(frame, dataset) is frame) is (word <= 0x0FFF)


def test_a_code_stream_of_the_stored_precision_is_not_decoded_again() -> None:
    dataset = with_words(np.zeros((64, 64), dtype="<u2"), Rows=64, Columns=64)
    dataset.compress(JPEG2000Lossless)
    dataset.PixelData = dataset.PixelData.replace(b"\xff\x93", b"\xff\x92")
    assert not hides(np.zeros((64, 64), dtype="<u2"), dataset)


@pytest.mark.parametrize("process", [0xC3, 0xF7])
def test_the_precision_of_a_jpeg_stands_in_its_frame_header(process: int) -> None:
    header = bytes([0xFF, process, 0, 11, 14]) + bytes(4) + b"\1\1\x11\0"
    assert codestream.precision(b"\xff\xd8\xff\xfe\0\4xx" + header, syntax.JPEG) == 14


@pytest.mark.parametrize("opening", [syntax.JPEG, syntax.JPEG2000, syntax.RLE])
def test_a_code_stream_that_says_no_precision(opening: tuple[bytes, ...]) -> None:
    assert codestream.precision(b"\xff\xd8\xff\xd9", opening) == 0
