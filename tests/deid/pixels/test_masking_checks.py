"""What cannot be masked; and what the mask checks of its own work, seen by breaking what it checks."""

import io
from typing import Any

import pytest
from pydicom.uid import HTJ2KLossless

from deid.pixels import Placed, Unmaskable, mask
from deid.pixels.masking import _filled as filled
from tests.deid import make
from tests.deid.pixels.test_masking import COLUMNS, HOLE, ROWS, Frames, file_of, make_rle, noise


@pytest.mark.parametrize(
    "values",
    [{"PhotometricInterpretation": "PALETTE COLOR"}, {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}],
)
def test_what_cannot_be_masked_is_said(values: dict[str, Any]) -> None:
    ds = make.read(file_of(noise()))
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    out = io.BytesIO()
    ds.save_as(out)
    with pytest.raises(Unmaskable):
        mask(out.getvalue(), [Placed(HOLE)])


def test_pixels_that_do_not_decode_cannot_be_masked() -> None:
    broken = file_of(noise(), HTJ2KLossless, encoded=[b"\xff\x4f" + bytes(100)])
    with pytest.raises(Unmaskable):
        mask(broken, [Placed(HOLE)])


def _touched(frames: Frames, *given: Any) -> Any:
    after, holes = filled(frames, *given)
    after[0][ROWS - 1, COLUMNS - 1] ^= 1
    return after, holes


def test_a_fill_that_touches_other_pixels_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deid.pixels.masking._filled", _touched)
    with pytest.raises(Unmaskable, match="outside the regions changed"):
        mask(make_rle(noise()), [Placed(HOLE)])


def test_values_that_come_back_otherwise_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deid.pixels.masking._in_place", lambda dataset, *_: dataset.PixelData)
    with pytest.raises(Unmaskable, match="did not come back equal"):
        mask(file_of(noise()), [Placed(HOLE)])


@pytest.mark.parametrize("where", ["deid.pixels.masking.iter_pixels", "pydicom.dataset.FileDataset.compress"])
def test_too_little_memory_is_no_fault_of_the_file(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    data = make_rle(noise())
    monkeypatch.setattr(where, fails)
    with pytest.raises(MemoryError):
        mask(data, [Placed(HOLE)])
