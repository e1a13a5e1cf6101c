"""dciodvfy (Debian's dicom3tools) finds nothing wrong in an output that was not wrong in its input."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from deid import Dates, strip
from deid.exam import build
from deid.exam.draft import DEFLATED, EXPLICIT
from deid.exam.running import KEY, outputs
from phantom import PERSONS, ct_series, radiograph
from phantom.vendors import DETECTORS, SCANNERS

VALUES = re.compile(r"<[^<>/]*>|\[[^\]]*\]|'[^']*'")
DAY = date(2020, 3, 4)
UNREADABLE = "Dicom dataset read failed"
Pair = tuple[str, bytes, bytes]


@pytest.fixture(scope="module")
def dciodvfy() -> str:
    found = shutil.which("dciodvfy")
    assert found, "dciodvfy is missing; scripts/test-tools installs it (Debian: apt-get install dicom3tools)"
    return found


def exam() -> Iterator[Pair]:
    files = build(1)
    made = outputs(files)
    for file in files:
        result = made[file.name].result
        if result is not None:
            given = inflated(file.data) if file.syntax == DEFLATED else file.data
            yield file.name, given, result


def generated() -> Iterator[Pair]:
    dates = Dates.day_zero(date(2020, 3, 1))
    images = [
        (vendor, ct_series(seed=3, slices=1, matrix=64, vendor=vendor, person=person, study_date=DAY)[0])
        for vendor, person in zip(SCANNERS, PERSONS, strict=False)
    ]
    images += [
        (vendor, radiograph(seed=3, rows=64, vendor=vendor, person=person, study_date=DAY))
        for vendor, person in zip(DETECTORS, PERSONS, strict=False)
    ]
    for vendor, data in images:
        yield vendor, data, strip(data, uid_key=KEY, dates=dates, subject="S03-0042-K").data


def inflated(data: bytes) -> bytes:
    """The same file as Explicit VR Little Endian, because dciodvfy reads no deflated ones."""
    start = 144 + int.from_bytes(data[140:144], "little")
    marked = data[:start].replace(DEFLATED.encode(), EXPLICIT.encode().ljust(len(DEFLATED), b"\0"))
    return marked + zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[start:])


def errors(program: str, place: Path, data: bytes) -> set[str]:
    """Errors without the values that they quote and the numbers of the items."""
    place.write_bytes(data)
    told = subprocess.run([program, "-new", str(place)], capture_output=True, check=False)
    text = (told.stderr + told.stdout).decode("latin-1")
    return {VALUES.sub("", line) for line in text.splitlines() if line.startswith("Error")}


@pytest.mark.parametrize("source", [exam, generated])
def test_no_output_is_less_valid_than_its_input(
    dciodvfy: str, tmp_path: Path, source: Callable[[], Iterator[Pair]]
) -> None:
    def compare(numbered: tuple[int, Pair]) -> tuple[str, set[str], set[str]]:
        number, (name, given, made) = numbered
        before = errors(dciodvfy, tmp_path / f"{number}.in", given)
        return name, before, errors(dciodvfy, tmp_path / f"{number}.out", made)

    with ThreadPoolExecutor(2) as pool:
        compared = list(pool.map(compare, enumerate(source())))
    assert len(compared) >= 9
    assert not [
        name for name, before, after in compared if any(UNREADABLE in line for line in before | after)
    ]
    worse = {name: sorted(after - before) for name, before, after in compared if after - before}
    assert not worse


def test_an_output_that_lacks_an_attribute_is_noticed(dciodvfy: str, tmp_path: Path) -> None:
    name, given, made = next(generated())
    assert name == "siemens"
    broken = made.replace(b"\x28\x00\x04\x00CS", b"\x28\x00\x05\x00CS")
    found = errors(dciodvfy, tmp_path / "b", broken) - errors(dciodvfy, tmp_path / "a", given)
    assert any("PhotometricInterpretation" in line for line in found)
