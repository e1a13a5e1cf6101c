"""The table as CSV and XLSX: rows stream through, the same content gives the same bytes anywhere."""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cohort.exports.cells import safe
from cohort.exports.columns import Value

Row = Sequence[Value]
LONG_AGO = (1980, 1, 1, 0, 0, 0)
MADE = datetime.datetime(2000, 1, 1)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
BLOCK = 1024 * 1024


def write_csv(out: IO[bytes], header: Sequence[str], rows: Iterable[Row]) -> int:
    """UTF-8 with a byte order mark, so that Excel reads Korean; commas, CRLF. Answers the number of rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow(["" if value is None else safe(value) for value in row])
        count += 1
    text.detach()
    return count


def write_xlsx(out: IO[bytes], sheets: Iterable[tuple[str, Sequence[str], Iterable[Row]]]) -> None:
    """A workbook of sheets (title, header, rows); headers bold and frozen, rows written as they come."""
    book = Workbook(write_only=True)
    book.properties.creator = "KICC registry"
    book.properties.created = MADE
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "B2"
        for number, name in enumerate(header, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = max(10, min(len(name) + 3, 40))
        sheet.append([_bold(sheet, name) for name in header])
        for row in rows:
            sheet.append([safe(value) for value in row])
    raw = io.BytesIO()
    book.save(raw)
    settle(raw, out)


def write_zip(out: IO[bytes], members: Iterable[tuple[str, IO[bytes]]]) -> None:
    """A ZIP of files, stored, with one fixed time: the bytes depend on the content alone."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            _add(archive, name, content.seek(0, io.SEEK_END), blocks(content))


def blocks(content: IO[bytes]) -> Iterator[bytes]:
    """The file from its beginning, a mebibyte at a time."""
    content.seek(0)
    while block := content.read(BLOCK):
        yield block


def _bold(sheet: object, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=safe(name))
    cell.font = Font(bold=True)
    return cell


def settle(book: IO[bytes], out: IO[bytes]) -> None:
    """The workbook again without the times of its making, and stored: compressors differ between machines."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            with source.open(name) as member:
                content: Iterable[bytes] = iter(lambda: member.read(BLOCK), b"")
                if name == "docProps/core.xml":
                    made = f"{MADE:%Y-%m-%dT%H:%M:%SZ}".encode()
                    content = [MODIFIED.sub(rb"\g<1>" + made + rb"\g<2>", b"".join(content))]
                _add(target, name, source.getinfo(name).file_size, content)


def _add(archive: zipfile.ZipFile, name: str, size: int, content: Iterable[bytes]) -> None:
    """One member. Its size, told before, keeps the plain ZIP that Excel wants unless 2 GiB are passed."""
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.file_size = size
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w") as member:
        for block in content:
            member.write(block)
