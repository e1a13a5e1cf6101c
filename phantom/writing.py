"""Capital letters and digits as pixels, for text burned into a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GLYPHS = {
    "A": "25755",
    "B": "65656",
    "C": "34443",
    "D": "65556",
    "E": "74647",
    "F": "74644",
    "G": "34553",
    "H": "55755",
    "I": "72227",
    "J": "11152",
    "K": "55655",
    "L": "44447",
    "M": "57755",
    "N": "57775",
    "O": "25552",
    "P": "65644",
    "Q": "25573",
    "R": "65655",
    "S": "34216",
    "T": "72222",
    "U": "55557",
    "V": "55552",
    "W": "55775",
    "X": "55255",
    "Y": "55222",
    "Z": "71247",
    "0": "75557",
    "1": "26227",
    "2": "71747",
    "3": "71717",
    "4": "55711",
    "5": "74717",
    "6": "74757",
    "7": "71122",
    "8": "75757",
    "9": "75717",
    "-": "00700",
    ".": "00002",
    " ": "00000",
}
"""Each digit is a row of three pixels, from the top; its bits run from left (4) to right (1)."""


def write(image: NDArray[np.uint8], text: str, *, top: int, left: int, size: int = 3) -> None:
    """Burn a line of text into the image, in place; what does not fit is cut off."""
    for place, letter in enumerate(text.upper()):
        rows = [int(row) for row in GLYPHS.get(letter, "77777")]
        glyph = np.array([[row >> 2 & 1, row >> 1 & 1, row & 1] for row in rows], dtype=np.uint8)
        big = np.kron(glyph, np.full((size, size), 255, dtype=np.uint8))
        x = left + place * 4 * size
        box = image[top : top + big.shape[0], x : x + big.shape[1]]
        np.maximum(box, big[: box.shape[0], : box.shape[1]], out=box)
