"""A workbook's bytes, looked through before anything opens them: format, size, what lies in it besides cells.

The limits hold for what is unpacked, too: each part is read once, in pieces, and no part is believed to be as
small as the archive says.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree

from deid.sheet.refusals import SheetRefused

MAX_MB = 8
MAX_UNPACKED = 128 << 20
MAX_PARTS = 1000
MAX_RATIO = 200
RATIO_FROM = 1 << 20
MAX_ROWS = 5000
MAX_CELLS = 500_000
PIECE = 1 << 20
OVERLAP = 512

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
FAULTS = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, RuntimeError, EOFError),
    *(OSError, ValueError, KeyError, IndexError, OverflowError),
)
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
BESIDES = {
    "macros": re.compile(r"(^|/)(vbaProject|vbaData)[^/]*\.|^xl/macrosheets/|^xl/dialogsheets/", re.I),
    "external_links": re.compile(r"^xl/externalLinks/", re.I),
    "embedded": re.compile(r"^xl/(embeddings|activeX|ctrlProps|queryTables)/|^xl/connections\.xml", re.I),
}
DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)")
MARKS = re.compile(
    rb"""<(?:\w+:)?(?:row\b(?P<row>[^>]*)>|(?P<value>v|is|f)[\s>]|mergeCell\b[^>]*?\bref=["'](?P<merge>[A-Z0-9:]+)["'])"""
)
ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")


@dataclass
class SheetPart:
    """One worksheet of the archive: where it is, and what was counted in it."""

    title: str
    path: str
    hidden: bool
    last_row: int = 0
    values: int = 0
    merged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scanned:
    sheets: list[SheetPart]
    besides: tuple[str, ...]


def scan(data: bytes) -> Scanned:
    """What the bytes are. Raises SheetRefused; what lies besides cells is only told."""
    _format(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _archive(archive)
    except SheetRefused:
        raise
    except FAULTS as error:
        raise SheetRefused("damaged_workbook") from error


def _format(data: bytes) -> None:
    if not data:
        raise SheetRefused("empty_file")
    if len(data) > MAX_MB << 20:
        raise SheetRefused("sheet_too_large", limit=MAX_MB)
    if data.startswith(OLE):
        raise SheetRefused("locked_workbook" if ENCRYPTED in data else "old_workbook")
    if not data.startswith(b"PK\x03\x04"):
        raise SheetRefused("other_format")


def is_text(data: bytes) -> bool:
    """Whether the bytes are a text such as a CSV, not a page, a document or a program's file."""
    head = data[:2048]
    if not data or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"%PDF", b"{\\rtf", b"PK\x03\x04")):
        return False
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _archive(archive: zipfile.ZipFile) -> Scanned:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "xl/workbook.bin" in names:
        raise SheetRefused("binary_workbook")
    if WORKBOOK not in names:
        raise SheetRefused("other_format")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise SheetRefused("swollen_workbook")
    if any(p.file_size > RATIO_FROM and p.file_size > MAX_RATIO * p.compress_size for p in parts):
        raise SheetRefused("swollen_workbook")
    if len(set(names)) != len(names):
        raise SheetRefused("damaged_workbook")
    if any(part.flag_bits & 1 for part in parts):
        raise SheetRefused("locked_workbook")
    sheets = _sheets(archive)
    by_path = {sheet.path: sheet for sheet in sheets}
    if not set(by_path) <= set(names):
        raise SheetRefused("damaged_workbook")
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _part(archive, part, by_path.get(part.filename))
    besides = [code for code, pattern in BESIDES.items() if any(pattern.search(name) for name in names)]
    kinds = archive.read("[Content_Types].xml")
    if b"macroEnabled" in kinds and "macros" not in besides:
        besides.insert(0, "macros")
    return Scanned(sheets, tuple(besides))


def _sheets(archive: zipfile.ZipFile) -> list[SheetPart]:
    text = archive.read(WORKBOOK)
    if STRICT in text:
        raise SheetRefused("strict_workbook")
    if DECLARED.search(text):
        raise SheetRefused("damaged_workbook")
    targets = {
        related.get("Id", ""): related.get("Target", "")
        for related in ElementTree.fromstring(_declared(archive.read(RELATIONS))).iter(RELATED)
    }
    found = []
    for sheet in ElementTree.fromstring(text).iter(f"{MAIN}sheet"):
        target = targets[sheet.get(OFFICE, "")]
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found.append(SheetPart(sheet.get("name", ""), path, sheet.get("state", "visible") != "visible"))
    return found


def _declared(text: bytes) -> bytes:
    """The text of a part, which may declare no document type: entities could swell it."""
    if DECLARED.search(text):
        raise SheetRefused("damaged_workbook")
    return text


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, sheet: SheetPart | None) -> None:
    """Look through one part; of a worksheet, count its rows with a value."""
    row = last = 0
    for piece, fresh in _pieces(archive, part):
        if DECLARED.search(piece):
            raise SheetRefused("damaged_workbook")
        if sheet is None:
            continue
        for mark in MARKS.finditer(piece):
            if mark.end() <= fresh:
                continue
            if mark["value"]:
                sheet.values += 1
                last = max(last, row)
            elif mark["merge"]:
                sheet.merged.append(mark["merge"].decode())
            else:
                number = ROW_NUMBER.search(mark["row"])
                row = int(number[1]) if number else row + 1
    if sheet is not None:
        sheet.last_row = last


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """Pieces of a part, each begun with the end of the one before; how much of it was seen already."""
    before = b""
    with archive.open(part) as stream:
        if (head := stream.read(2)) in (b"\xff\xfe", b"\xfe\xff"):
            raise SheetRefused("damaged_workbook")
        while piece := head + stream.read(PIECE):
            yield before + piece, len(before)
            before, head = (before + piece)[-OVERLAP:], b""
