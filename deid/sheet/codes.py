"""The hospital's own list: hospital number and registry code, as Excel saves it as CSV. It never leaves."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from deid.sheet.opening import as_lines
from deid.sheet.refusals import SheetRefused
from deid.sheet.values import CODE


def read_codes(raw: bytes) -> Mapping[str, str]:
    """Hospital number → code; a number is also found without its leading zeros, which Excel drops.

    UTF-8 or CP949, commas, semicolons or tabs; a first line may head the columns. Raises SheetRefused.
    """
    text = as_lines(raw)
    mark = max(",;\t", key=text.split("\n", 1)[0].count)
    found: dict[str, str] = {}
    for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=mark), start=1):
        number, code = (*(part.strip() for part in row), "", "")[:2]
        if number and CODE.fullmatch(code):
            for key in {number, number.lstrip("0")}:
                if found.setdefault(key, code) != code:
                    raise SheetRefused("code_list_twice", line=line)
        elif line > 1 and any(part.strip() for part in row):
            raise SheetRefused("bad_code_list", line=line)
    return found
