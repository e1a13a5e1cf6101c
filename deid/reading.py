"""Guarded reading: what must hold before a file is looked at, and the structure that the engine works on.

``read`` and ``header`` give pydicom data sets for other rooms; both pass the same guard and never force.
"""

from __future__ import annotations

import logging
import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from pydicom import config, dcmread
from pydicom.dataset import FileDataset

from deid import syntax
from deid.bounds import MAX_HEADER
from deid.codes import Refused
from deid.frames import Frames
from deid.frames import find as frames_of
from deid.stream import PIXEL_DATA, Element, Parser, path_of

MAX_BYTES = 512 * 1024 * 1024
MAX_FRAME = 256 * 1024 * 1024
FREE_INFLATE = 64 * 1024 * 1024
MAX_RATIO = 100
UID = re.compile(rb"[0-9]+(\.[0-9]+)+")
_STEP = 4 * 1024 * 1024

# pydicom's warnings about values quote them, and a value may be a name.
config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Parsed:
    """A file's parts. ``buffer`` holds the data set (inflated where it was deflated), ``meta`` the file meta
    group.

    ``rest`` is where the bytes after Pixel Data begin; ``plane`` the number of pixels of a frame, ``planes``
    that of the bytes of each;
    ``pixel_bytes`` the length without padding (native) or of the value (encapsulated, with ``fragments``).
    """

    buffer: bytes
    preamble: bytes
    meta_buffer: bytes
    meta: list[Element]
    elements: list[Element]
    syntax: syntax.Syntax
    parser: Parser
    rest: int
    sop_class: str
    frames: int
    plane: int
    planes: int
    pixel_bytes: int
    pixel_element: Element
    fragments: Frames | None
    leftover: bool = False

    @property
    def ends(self) -> list[int]:
        """Where each element ends in the buffer, its delimiters included."""
        return [*(element.start for element in self.elements[1:]), self.rest]


def parse(data: bytes, *, max_bytes: int = MAX_BYTES) -> Parsed:
    """Structure of a DICOM file, or Refused. Nothing is decoded but what the checks need."""
    if not data:
        raise Refused("empty_file", "offset 0")
    if len(data) > max_bytes:
        raise Refused("too_large", f"offset {max_bytes}")
    preamble, position = _opening(data)
    meta, position = _meta(data, position)
    chosen = _syntax(data, meta)
    media_class = _text(data, _find(meta, 0x00020002))
    if media_class == syntax.DICOMDIR:
        raise Refused("dicomdir", "(0002,0002)")
    buffer, start, leftover = data, position, False
    if chosen.uid == syntax.DEFLATED:
        (buffer, leftover), start = _inflate(data, position, max_bytes), 0
    if start >= len(buffer):
        raise Refused("truncated", f"offset {position}: no data set after the file meta group")
    parser = Parser(buffer, explicit=chosen.explicit, little=chosen.little)
    elements, rest = parser.dataset(start)
    if elements[-1].start - start > MAX_HEADER:
        raise Refused("too_large", f"{path_of(elements[-1].tag)} at offset {elements[-1].start}")
    sop_class = _identity(buffer, elements, media_class)
    frames, plane, planes, pixel_bytes = _image(buffer, elements, chosen)
    pixels = elements[-1]
    return Parsed(
        buffer=buffer,
        preamble=preamble,
        meta_buffer=data,
        meta=meta,
        elements=elements,
        syntax=chosen,
        parser=parser,
        rest=rest,
        sop_class=sop_class,
        frames=frames,
        plane=plane,
        planes=planes,
        pixel_bytes=pixel_bytes,
        pixel_element=pixels,
        fragments=frames_of(buffer, pixels, chosen, frames) if chosen.encapsulated else None,
        leftover=leftover,
    )


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> FileDataset:
    """A pydicom data set of a file that passed the guard. Raises Refused."""
    parse(data, max_bytes=max_bytes)
    return _dcmread(data, pixels=True)


def header(data: bytes, *, max_bytes: int = MAX_BYTES) -> FileDataset:
    """The same without Pixel Data. Raises Refused."""
    parse(data, max_bytes=max_bytes)
    return _dcmread(data, pixels=False)


def value_of(parsed: Parsed, tag: int) -> str:
    """A top-level value as Latin-1 text without padding, empty where it is missing."""
    return _text(parsed.buffer, _find(parsed.elements, tag))


def _dcmread(data: bytes, *, pixels: bool) -> FileDataset:
    if data[128:132] != b"DICM":
        data = bytes(128) + b"DICM" + data
    try:
        return dcmread(BytesIO(data), stop_before_pixels=not pixels)
    except Exception as error:
        raise Refused("corrupt", type(error).__name__) from error


def _opening(data: bytes) -> tuple[bytes, int]:
    if data[128:132] == b"DICM":
        return data[:128], 132
    if data[:4] in {b"\x02\x00\x00\x00", b"\x02\x00\x01\x00", b"\x02\x00\x02\x00"}:
        return b"", 0
    raise Refused("not_dicom", "offset 128")


def _meta(data: bytes, position: int) -> tuple[list[Element], int]:
    parser = Parser(data, explicit=True, little=True)
    meta: list[Element] = []
    while data[position : position + 2] == b"\x02\x00":
        element, position = parser.element(position, len(data), 0, True, True)
        meta.append(element)
        if len(meta) > 64:
            raise Refused("bad_header", f"offset {position}: file meta group")
    if not meta:
        raise Refused("not_dicom", f"offset {position}: no file meta group")
    return meta, position


def _syntax(data: bytes, meta: list[Element]) -> syntax.Syntax:
    uid = _text(data, _find(meta, 0x00020010))
    if not uid:
        raise Refused("bad_header", "(0002,0010)")
    if uid not in syntax.SYNTAXES:
        raise Refused("unsupported_transfer_syntax", "(0002,0010)")
    return syntax.SYNTAXES[uid]


def _inflate(data: bytes, position: int, max_bytes: int) -> tuple[bytes, bool]:
    """Inflates in steps, stops where size or ratio say bomb, and tells whether bytes follow."""
    where = f"offset {position}: deflated data set"
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, out = memoryview(data)[position:], BytesIO()
    limit = min(max_bytes, max(FREE_INFLATE, len(packed) * MAX_RATIO))
    given = 0
    try:
        while not engine.eof:
            pending: bytes | memoryview = engine.unconsumed_tail
            if not pending:
                pending = packed[given : given + _STEP]
                given += len(pending)
            piece = engine.decompress(pending, _STEP)
            if not piece and not pending:
                raise Refused("truncated", where)
            out.write(piece)
            if out.tell() > limit:
                raise Refused("too_large", where)
    except zlib.error as error:
        raise Refused("corrupt", where) from error
    return out.getvalue(), bool(engine.unused_data.strip(b"\0") or bytes(packed[given:]).strip(b"\0"))


def _find(elements: list[Element], tag: int) -> Element | None:
    return next((e for e in elements if e.tag == tag), None)


def _text(buffer: bytes, element: Element | None) -> str:
    if element is None:
        return ""
    return buffer[element.begin : element.end].strip(b"\0 ").decode("latin-1")


def check_uid(value: bytes) -> bool:
    """Whether the bytes are a UID by PS3.5 chapter 9: digits and dots, no more than 64."""
    return len(value) <= 64 and UID.fullmatch(value) is not None


def _identity(buffer: bytes, elements: list[Element], media_class: str) -> str:
    found = {e.tag: e for e in reversed(elements)}
    sop_class = _text(buffer, found.get(0x00080016))
    if (sop_class or media_class) not in syntax.SOP_CLASSES:
        raise Refused("unknown_sop_class", "(0008,0016)")
    if not sop_class:
        raise Refused("bad_header", "(0008,0016)")
    for tag in (0x00080018, 0x0020000D, 0x0020000E):
        element = found.get(tag)
        value = buffer[element.begin : element.end].rstrip(b"\0 ") if element else b""
        if not value:
            raise Refused("bad_header", path_of(tag))
        if not check_uid(value):
            raise Refused("bad_uid", path_of(tag))
    if not _text(buffer, found.get(0x00080060)):
        raise Refused("bad_header", "(0008,0060)")
    return sop_class


def number(buffer: bytes, element: Element | None) -> int | None:
    """An unsigned short, or None where it is missing or not one."""
    if element is None or element.end - element.begin != 2 or element.vr not in {"US", "UN"}:
        return None
    value: int = struct.unpack_from("<H" if element.little else ">H", buffer, element.begin)[0]
    return value


def _image(buffer: bytes, elements: list[Element], chosen: syntax.Syntax) -> tuple[int, int, int, int]:
    """Number of frames, pixels of a frame, bytes of each, bytes of the image."""
    found = {e.tag: e for e in reversed(elements)}
    names = {
        tag: number(buffer, found.get(tag))
        for tag in (0x00280002, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103)
    }
    for tag, value in names.items():
        if value is None:
            raise Refused("bad_header", path_of(tag))
    samples, rows, columns, allocated, stored, high, representation = (v or 0 for v in names.values())
    if not rows or not columns:
        raise Refused("bad_header", "(0028,0010)")
    if allocated not in {8, 16, 32} or not 1 <= stored <= allocated or high >= allocated:
        raise Refused("bad_header", "(0028,0100)")
    if samples not in {1, 3} or representation > 1:
        raise Refused("bad_header", "(0028,0002)")
    if not _text(buffer, found.get(0x00280004)):
        raise Refused("bad_header", "(0028,0004)")
    stated = _text(buffer, found.get(0x00280008)) or "1"
    if len(stated) > 16 or not re.fullmatch(r"\+?0*[1-9][0-9]{0,5}", stated):
        raise Refused("bad_header", "(0028,0008)")
    frames = int(stated)
    pixels = found.get(PIXEL_DATA)
    if pixels is None or pixels.end == pixels.begin:
        raise Refused("no_pixel_data", path_of(PIXEL_DATA))
    planes = samples * allocated // 8
    frame = rows * columns * planes
    if frame > MAX_FRAME:
        raise Refused("too_large", "(0028,0010)")
    length = pixels.end - pixels.begin
    if chosen.encapsulated:
        if not pixels.encapsulated:
            raise Refused("corrupt", "(7FE0,0010): native pixels under a compressed transfer syntax")
        return frames, rows * columns, planes, length
    if pixels.encapsulated:
        raise Refused("corrupt", "(7FE0,0010): fragments under a native transfer syntax")
    if not frame * frames <= length < frame * (frames + 1) + 2:
        raise Refused("pixel_length", "(7FE0,0010)")
    return frames, rows * columns, planes, frame * frames
