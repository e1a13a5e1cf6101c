"""The hospital's list: which folder is which subject, admitted when. It is read here and stays here."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from kicc_send.words import say

NEW = "new"
CODE = re.compile(r"S[0-9]{2}-[0-9]{4}-[A-Z]")
DATE = re.compile(r"(\d{4})([-./]?)(\d{1,2})\2(\d{1,2})")
FIRST_YEAR = 2012
MOST_ROWS = 5000
MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 10 * MOST_BYTES
COLUMNS = {
    "folder": {"folder", "path", "폴더", "경로"},
    "subject": {"subject", "code", "등록코드", "코드", "대상자"},
    "admission": {"admission", "admissiondate", "입원일", "입원일자"},
    "one_patient": {"onepatient", "한환자"},
}
UNREADABLE = (OSError, ValueError, KeyError, IndexError, csv.Error, zipfile.BadZipFile, SyntaxError)
NEEDED = ("folder", "subject", "admission")


@dataclass(frozen=True)
class Row:
    """One patient's folder. `number`: row of the sheet; `admission` None: dates move by a keyed offset."""

    number: int
    folder: Path
    subject: str
    admission: date | None
    one_patient: bool = False


class BadSheet(Exception):
    """What is wrong with the sheet: sentences, row by row."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


def read(path: Path, language: str) -> list[Row]:
    """The rows of a .xlsx (first sheet) or .csv. Raises BadSheet with everything that is wrong."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadSheet([_too_large(language)])
        numbered = list(islice(_filled(path, language), MOST_ROWS + 2))
    except UNREADABLE as error:
        raise BadSheet([say("sheet_unreadable", language)]) from error
    if len(numbered) > MOST_ROWS + 1:
        raise BadSheet([_too_large(language)])
    if len(numbered) < 2:
        raise BadSheet([say("sheet_empty", language)])
    places = _places(numbered[0][1], language)
    rows, wrong = [], []
    for number, cells in numbered[1:]:
        values = {name: cells[at] if at < len(cells) else None for name, at in places.items()}
        row, sentences = make_row(number, values, path.parent, language)
        wrong += sentences
        rows.append(row)
    wrong += _overlaps(rows, language)
    if wrong:
        raise BadSheet(wrong)
    return rows


def make_row(number: int, values: dict[str, Any], base: Path, language: str) -> tuple[Row, list[str]]:
    """A row from its cells, and what is wrong with it."""
    keys = []
    folder = base / _text(values.get("folder")) if _text(values.get("folder")) else None
    if folder is None or not folder.is_dir():
        keys.append("no_folder")
    subject = _text(values.get("subject"))
    subject = NEW if subject.lower() == NEW else subject.upper()
    if subject != NEW and not CODE.fullmatch(subject):
        keys.append("bad_subject")
    try:
        admission = day_of(values.get("admission"))
    except ValueError:
        admission = None
        keys.append("bad_date")
    word = _text(values.get("one_patient")).lower()
    if word not in ("", "yes", "예", "true"):
        keys.append("bad_word")
    row = Row(number, (folder or base).resolve(), subject, admission, bool(word))
    return row, [say("row", language, row=number, what=say(key, language)) for key in keys]


def day_of(cell: object) -> date | None:
    """A cell's date, None for an empty one. Raises ValueError for what is no plain date of the time."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if not isinstance(cell, date):
        text = _text(cell)
        if not text:
            return None
        found = DATE.fullmatch(text.rstrip("."))
        if not found:
            raise ValueError
        cell = date(int(found[1]), int(found[3]), int(found[4]))
    if not date(FIRST_YEAR, 1, 1) <= cell <= date.today():
        raise ValueError
    return cell


def _filled(path: Path, language: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Number and cells of every row that is not empty."""
    if path.suffix.lower() == ".csv":
        yield from _numbered(_csv(path.read_bytes()))
        return
    if path.suffix.lower() != ".xlsx":
        raise BadSheet([say("sheet_kind", language)])
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise BadSheet([_too_large(language)])
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        yield from _numbered(book.worksheets[0].iter_rows(max_col=50, values_only=True))
    finally:
        book.close()


def _numbered(lines: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    return ((n, cells) for n, cells in enumerate(lines, 1) if any(_text(cell) for cell in cells))


def _csv(data: bytes) -> list[list[str]]:
    """UTF-8 with or without its mark, else CP949 as Korean Excel writes it; comma, semicolon or tab."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp949")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def _places(heads: Sequence[Any], language: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, head in enumerate(heads):
        plain = re.sub(r"[\s_\-]", "", _text(head)).lower()
        for name, known in COLUMNS.items():
            if plain in known and places.setdefault(name, at) != at:
                raise BadSheet([say("sheet_column_twice", language, column=name)])
    missing = [say("sheet_column", language, column=name) for name in NEEDED if name not in places]
    if missing:
        raise BadSheet(missing)
    return places


def _overlaps(rows: Sequence[Row], language: str) -> list[str]:
    wrong, first = [], dict[Path, int]()
    for row in rows:
        first.setdefault(row.folder, row.number)
    for row in rows:
        other = next((first[place] for place in row.folder.parents if place in first), first[row.folder])
        if other != row.number:
            what = say("folder_twice", language, other=other)
            wrong.append(say("row", language, row=row.number, what=what))
    return wrong


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _too_large(language: str) -> str:
    return say("sheet_too_large", language, limit=MOST_ROWS, mega=MOST_BYTES // 1024**2)
