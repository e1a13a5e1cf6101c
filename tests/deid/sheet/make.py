"""Workbooks for the tests: made by openpyxl, then bent at the level of the archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from deid.sheet import Catalogue, Column

CATALOGUE = Catalogue(
    (
        Column("admission_date", "admission", ("Admission date", "입원일"), sheets=("Case", "증례")),
        Column("subject_id", "code", ("Subject ID", "대상자 번호"), headings=("Patient code",)),
        Column("age_yr", "answer", ("Age", "연령"), unit=("years", "세"), units=("yr",), headings=("나이",)),
        Column("lab_crp", "answer", ("CRP", "CRP"), unit=("mg/dL", "mg/dL")),
        Column("lab_wbc", "answer", ("WBC", "백혈구"), unit=("/μL", "/μL"), units=("/mm3",)),
        Column("pcr_day", "day", ("First RT-PCR", "첫 RT-PCR 검사일"), sheets=("RT-PCR",)),
        Column("day", "day", ("Exam day", "검사일"), sheets=("RT-PCR",)),
        Column("lab_day", "day", ("Exam day", "검사일"), sheets=("Laboratory", "검사")),
        Column("elig_period", "answer", ("In the period", "기간 내"), period=("2020-02-01", "2020-05-31")),
        Column("chief", "text", ("Chief complaint", "주소")),
        Column("los", "not_read", ("Length of stay", "재원 일수")),
    ),
    helpers=("Read me", "Fields"),
    stamp="test-1 abc",
)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(*rows: Sequence[Any], title: str = "Sheet1") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def bent(data: bytes, *, add: Mapping[str, bytes] = {}, change: Mapping[str, tuple[bytes, bytes]] = {},
         without: Sequence[str] = (), method: int = zipfile.ZIP_DEFLATED) -> bytes:  # fmt: skip
    """The archive with parts added, bytes of parts replaced, parts left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", method) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in change:
                before, after = change[name]
                assert before in content, name
                content = content.replace(before, after)
            if name not in without:
                target.writestr(name, content)
        for name, content in add.items():
            target.writestr(name, content)
    return out.getvalue()


PART = "xl/worksheets/sheet1.xml"
