"""Receipts for the tests: of small images, signed by keys that anybody knows."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from deid import Dates, signing, strip, verify
from deid.cli import main
from deid.receipt import Tally, digest
from tests.deid import make

PRIVATE, OTHER = bytes(range(32)), bytes(range(32, 64))


def stripped(number: int, *, pixels: bytes | None = None) -> Any:
    data = make.write(make.ct(SOPInstanceUID=f"1.2.{number}", **({"PixelData": pixels} if pixels else {})))
    return strip(data, uid_key=make.KEY, dates=Dates.day_zero(date(2020, 3, 1)))


def content(*numbers: int) -> dict[str, Any]:
    tally = Tally()
    for number in numbers:
        result = stripped(number)
        tally.add(result, stored=hashlib.sha256(result.data).hexdigest(), sent="ab" * 32)
    return tally.content(dates="admission")


def chain(count: int, private: bytes = PRIVATE) -> list[dict[str, Any]]:
    """Signed receipts 1 to `count`, of one image each."""
    documents, previous = [], verify.FIRST
    for sequence in range(1, count + 1):
        document = signing.sign({**content(sequence), "sequence": sequence, "previous": previous}, private)
        previous = digest(document["receipt"])
        documents.append(document)
    return documents


def run(*arguments: str | Path) -> int:
    try:
        return main([str(a) for a in arguments])
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
