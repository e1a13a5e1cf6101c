"""Compressed pictures that say more than their pixels: comments, application segments, tails, unused
tables.

JPEG: ITU-T T.81 B.2.4; JPEG-LS: T.87; JPEG 2000: T.800 A.9 and I (boxes); RLE and offset tables: PS3.5 A.4,
G.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deid.exam.answers import Demand
from deid.exam.draft import Draft
from deid.exam.encoding import Piece
from deid.exam.headers import SIDE

RLE = "1.2.840.10008.1.2.5"


@dataclass(frozen=True, slots=True)
class Picture:
    syntax: str
    bits: int
    data: bytes


@cache
def pictures() -> dict[str, Picture]:
    """One picture of 8 × 8 in each compression (``frames.toml``), and the same made here as RLE."""
    content = tomllib.loads((Path(__file__).parent / "frames.toml").read_text(encoding="utf-8"))
    made = {
        name: Picture(row["syntax"], row["bits"], base64.b64decode(row["data"]))
        for name, row in content.items()
    }
    steps = bytes(range(0, 4 * SIDE * SIDE, 4))
    made["rle"] = Picture(RLE, 8, _rle(steps))
    made["rle16"] = Picture(RLE, 12, _rle(bytes(step >> 4 for step in steps), steps))
    return made


def _rle(*planes: bytes) -> bytes:
    """A segment of literal runs for each plane of bytes, the highest first (PS3.5 G.3, G.5)."""
    segments = [b"".join(bytes([len(run) - 1]) + run for run in _pieces(plane, 128)) for plane in planes]
    segments = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts = [64 + sum(map(len, segments[:number])) for number in range(len(segments))]
    header = b"".join(number.to_bytes(4, "little") for number in (len(segments), *starts))
    return header.ljust(64, b"\0") + b"".join(segments)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _after_soi(marker: int, opening: bytes = b"") -> Callable[[bytes, bytes], bytes]:
    return lambda data, text: data[:2] + _segment(marker, opening + text) + data[2:]


def _before_scan(data: bytes, text: bytes) -> bytes:
    spot = data.index(b"\xff\xda")
    return data[:spot] + _segment(0xFE, text) + data[spot:]


def _after_end(data: bytes, text: bytes) -> bytes:
    return data + text


def _wavelet_comment(data: bytes, text: bytes) -> bytes:
    spot = data.index(b"\xff\x90")
    return data[:spot] + _segment(0x64, b"\0\1" + text) + data[spot:]


def _tile_comment(data: bytes, text: bytes) -> bytes:
    """A comment in the header of a tile part, whose length then grows (T.800 A.4.2)."""
    tile, comment = data.index(b"\xff\x90"), _segment(0x64, b"\0\1" + text)
    length = int.from_bytes(data[tile + 6 : tile + 10], "big")
    spot = data.index(b"\xff\x93", tile)
    grown = (length + len(comment)).to_bytes(4, "big") if length else bytes(4)
    return data[: tile + 6] + grown + data[tile + 10 : spot] + comment + data[spot:]


def _filled_comment(data: bytes, text: bytes) -> bytes:
    """Fill bytes may stand before any marker (T.81 B.1.1.2)."""
    return data[:2] + b"\xff\xff" + _segment(0xFE, text) + data[2:]


def _boxed(data: bytes, text: bytes) -> bytes:
    """The code stream in a JP2 file with a box of XML, as some archives store it (T.800 I.5)."""
    size = SIDE.to_bytes(4, "big")
    header = _box(b"ihdr", size + size + b"\0\1\7\7\0\0") + _box(b"colr", b"\1\0\0\0\0\0\x11")
    opening = _box(b"jP  ", b"\r\n\x87\n") + _box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return opening + _box(b"jp2h", header) + _box(b"xml ", text) + _box(b"jp2c", data)


def _box(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + name + content


def _gap(data: bytes, text: bytes) -> bytes:
    """Bytes between the two segments of a picture of 16 bits."""
    second = int.from_bytes(data[8:12], "little")
    moved = (second + len(text)).to_bytes(4, "little")
    return data[:8] + moved + data[12:second] + text + data[second:]


def _unused_offsets(data: bytes, text: bytes) -> bytes:
    return data[:8] + text[:56].ljust(56, b"\0") + data[64:]


HIDINGS: tuple[tuple[str, str, Callable[[bytes, bytes], bytes]], ...] = (
    ("jpeg", "JPEG comment", _after_soi(0xFE)),
    ("jpeg", "JPEG APP1 (Exif)", _after_soi(0xE1, b"Exif\0\0")),
    ("jpeg", "JPEG APP13", _after_soi(0xED, b"Photoshop 3.0\0")),
    ("jpeg", "bytes after end of image", _after_end),
    ("jpeg_lossless", "JPEG comment", _before_scan),
    ("jpeg_lossless", "JPEG APP0", _after_soi(0xE0, b"HOSP\0")),
    ("jpeg_lossless", "bytes after end of image", _after_end),
    ("jpegls", "JPEG-LS comment", _after_soi(0xFE)),
    ("jpegls", "JPEG-LS APP8", _after_soi(0xE8)),
    ("jpegls", "bytes after end of image", _after_end),
    ("jpeg2000", "JPEG 2000 comment", _wavelet_comment),
    ("jpeg2000", "JPEG 2000 comment in a tile", _tile_comment),
    ("jpeg2000", "bytes after end of image", _after_end),
    ("rle", "RLE tail", _after_end),
    ("rle", "RLE unused offsets", _unused_offsets),
    ("rle16", "RLE gap", _gap),
    ("jpeg", "JPEG comment after fill bytes", _filled_comment),
    ("jpeg2000", "JP2 box", _boxed),
)


def compress(draft: Draft, name: str) -> Picture:
    """Makes the draft's picture the compressed one."""
    picture = pictures()[name]
    draft.syntax = picture.syntax
    allocated = 8 if picture.bits == 8 else 16
    draft.answers = [
        answer
        for answer in draft.answers
        if answer.place not in {"BitsAllocated", "BitsStored", "HighBit", "PixelData"}
    ]
    for keyword, number in (
        ("BitsAllocated", allocated),
        ("BitsStored", picture.bits),
        ("HighBit", picture.bits - 1),
    ):
        draft.keep(keyword, (number,), "image attribute")
    draft.answer("PixelData", f"{name} pixels", Demand.PIXELS_RETAINED)
    draft.pixels = b""
    draft.fragments = [b"", picture.data]
    draft.reference = draft.file()
    return picture


def hide(draft: Draft, name: str, kind: str, how: Callable[[bytes, bytes], bytes], *secrets: str) -> None:
    """Hides text beside the pixels of a compressed picture."""
    picture = compress(draft, name)
    draft.fragments[1] = how(picture.data, " ".join(secrets).encode())
    draft.answer("the compressed picture", kind, Demand.REMOVED, secrets=secrets)


def hide_beside(draft: Draft, kind: str, *secrets: str) -> None:
    """Hides text in what belongs to the fragments rather than to a frame."""
    data = compress(draft, "jpeg_lossless").data
    text = " ".join(secrets).encode()
    if kind == "offset table":
        draft.fragments = [bytes(4) + text + b" " * (-len(text) % 4), data]
    elif kind == "fragment of no frame":
        draft.fragments = [b"", data, b"\xff\xd8" + text]
    elif kind == "comment over two fragments":
        whole = _after_soi(0xFE)(data, text + b" " * (len(text) % 2))
        spot = (whole.index(text) + len(text) // 2) // 2 * 2
        draft.fragments = [b"", whole[:spot], whole[spot:]]
    else:
        padded = text + b" " * (-len(text) % 8)
        draft.add(Piece(0x7FE00001, "OV", padded), Piece(0x7FE00002, "OV", bytes(len(padded))))
    draft.answer("the compressed picture", kind, Demand.REMOVED, secrets=secrets)


BESIDE = ("offset table", "fragment of no frame", "comment over two fragments", "extended offset table")


def two_frames(draft: Draft, *secrets: str, extended: bool) -> None:
    """A multi-frame object with a true offset table, basic or extended, and a comment in each frame."""
    data = compress(draft, "jpeg_lossless").data
    draft.fragments = [b"", data, data]
    draft.reference = draft.file()
    text = " ".join(secrets).encode()
    frames = [_after_soi(0xFE)(data, text + b" " * (len(text) % 2)), _before_scan(data, text)]
    frames = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    draft.fragments = [b"", *frames]
    offsets, lengths = (0, 8 + len(frames[0])), tuple(len(frame) for frame in frames)
    if extended:
        draft.add(Piece(0x7FE00001, "OV", offsets), Piece(0x7FE00002, "OV", lengths))
    else:
        draft.fragments[0] = b"".join(offset.to_bytes(4, "little") for offset in offsets)
    draft.answer("the compressed picture", "comments of two frames", Demand.REMOVED, secrets=secrets)
