"""Pictures with text burned in, as devices and consoles do it: drawn here, in fonts that the setup brings."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread

KOREAN = Path(__file__).resolve().parent.parent / "static" / "vendor" / "pretendard"
SHEET = KOREAN / "pretendardvariable-dynamic-subset.css"

Frame = NDArray[Any]
Place = tuple[int, int]


def stamped(frame: Frame, text: str, at: Place, *, size: int = 18, value: int | None = None) -> Frame:
    """A copy of the frame with the text at (x, y) in one value: the highest of the frame if none is given."""
    drawn = frame.copy()
    drawn[_drawn(text, at, size, frame.shape[:2])] = frame.max() if value is None else value
    return drawn


def place_of(text: str, at: Place, *, size: int = 18) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the text's own pixels."""
    rows, columns = np.nonzero(_drawn(text, at, size, (at[1] + 4 * size, at[0] + size * (len(text) + 4))))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def burned(data: bytes, text: str, at: Place = (8, 8), *, size: int = 18, value: int | None = None) -> bytes:
    """An uncompressed DICOM file of one frame with the text burned in."""
    dataset = dcmread(BytesIO(data))
    frame = dataset.pixel_array
    dataset.PixelData = stamped(frame, text, at, size=size, value=value).tobytes()
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def _drawn(text: str, at: Place, size: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    canvas = Image.new("1", (shape[1], shape[0]))
    pen, x = ImageDraw.Draw(canvas), float(at[0])
    for letter in text:
        font = _font(letter if ord(letter) > 0x2000 else "", size)
        pen.text((x, at[1]), letter, fill=1, font=font)
        x += font.getlength(letter)
    return np.asarray(canvas)


@cache
def _font(letter: str, size: int) -> Any:
    """Pillow's own font for Latin; the subset of Pretendard that holds a Korean letter."""
    if not letter:
        return ImageFont.load_default(size)
    for block in SHEET.read_text().split("@font-face")[1:]:
        ranges = re.findall(r"U\+([0-9a-fA-F]+)(?:-([0-9a-fA-F]+))?", block)
        if any(int(low, 16) <= ord(letter) <= int(high or low, 16) for low, high in ranges):
            name = re.search(r"url\(([^)]+\.woff2)\)", block)
            assert name
            return ImageFont.truetype(str(KOREAN / name[1].strip("'\"")), size)
    raise AssertionError(f"no font has {letter}")
