"""Does a file still identify? Another pass is made in memory, and what it would alter is named."""

from __future__ import annotations

import re

from deid.dates import Dates
from deid.engine import MIN_KEY, strip
from deid.model import Action
from deid.reading import parse, value_of

SUBJECT_CODE = re.compile(r"[A-Z][A-Z0-9]{1,5}-[0-9]{3,8}-[A-Z0-9]")


def still_identifying(data: bytes) -> list[Action]:
    """Elements that a stripped file would not hold. A subject code in Patient ID and Name is no identity.

    Raises Refused where the file cannot be read.
    """
    code = value_of(parse(data), 0x00100020)
    subject = code if SUBJECT_CODE.fullmatch(code) else ""
    return strip(data, uid_key=bytes(MIN_KEY), dates=Dates.keep(), subject=subject).changed
