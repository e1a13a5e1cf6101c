"""Lossless JPEG (ITU-T T.81 annex H, process 14, selection value 1): what most archives send."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CATEGORIES = 17
CODE_LENGTHS = (0, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0)
"""How many codes have 1, 2, … 16 bits; `SYMBOLS` are the difference categories in that order."""
SYMBOLS = (4, 3, 5, 2, 1, 0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)


def lossless_jpeg(pixels: NDArray[np.integer], *, bits: int) -> bytes:
    """One component of up to 16 bits per sample as a JPEG stream; negative samples as two's complement."""
    rows, columns = pixels.shape
    values = pixels.astype(np.int64) & (2**bits - 1)
    left = np.empty_like(values)
    left[:, 1:] = values[:, :-1]
    left[1:, 0] = values[:-1, 0]
    left[0, 0] = 2 ** (bits - 1)
    difference = ((values - left + 32768) % 65536 - 32768).ravel()
    difference[difference == -32768] = 32768
    frame = b"\xff\xd8" + _segment(0xC3, bytes([bits]) + _words(rows, columns) + b"\1\1\x11\0")
    tables = _segment(0xC4, b"\0" + bytes(CODE_LENGTHS) + bytes(SYMBOLS))
    scan = _segment(0xDA, b"\1\1\0\1\0\0")
    return frame + tables + scan + _coded(difference) + b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + _words(len(content) + 2) + content


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def _codes() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Canonical Huffman code and its length by category (T.81 annex C)."""
    code, place = 0, 0
    codes, lengths = np.zeros(CATEGORIES, dtype=np.int64), np.zeros(CATEGORIES, dtype=np.int64)
    for length, count in enumerate(CODE_LENGTHS, 1):
        for symbol in SYMBOLS[place : place + count]:
            codes[symbol], lengths[symbol] = code, length
            code += 1
        place += count
        code <<= 1
    return codes, lengths


def _coded(difference: NDArray[np.int64]) -> bytes:
    """Huffman codes and extra bits of all differences, padded with ones, FF bytes stuffed."""
    size = np.frexp(np.abs(difference).astype(np.float64))[1].astype(np.int64)
    extra = np.where(difference < 0, difference + (1 << size) - 1, difference)
    more = np.where(size == 16, 0, size)
    codes, lengths = _codes()
    word = (codes[size] << more) | np.where(size == 16, 0, extra)
    length = lengths[size] + more
    ends = np.cumsum(length)
    owner = np.repeat(np.arange(len(word)), length)
    shift = ends[owner] - 1 - np.arange(int(ends[-1]))
    stream = ((word[owner] >> shift) & 1).astype(np.uint8)
    padded = np.concatenate([stream, np.ones(-len(stream) % 8, dtype=np.uint8)])
    return np.packbits(padded).tobytes().replace(b"\xff", b"\xff\0")
