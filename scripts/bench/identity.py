"""De-identification of files on the disk, beside reading and writing them and beside other de-identifiers.

Every contender reads each file and writes a new one. Ours is what `python -m deid strip` does: full coverage,
residue search included, nothing remembered from an earlier round.
"""

import datetime
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from dcmanon import Anonymizer as Dcmanon  # type: ignore[import-untyped]
from dicognito.anonymizer import Anonymizer as Dicognito
from dicomanonymizer import anonymize_dicom_file  # type: ignore[import-untyped]
from pydicom import dcmread

from deid import Dates
from deid.engine import Stripper
from scripts.bench.figures import Bench

ADMISSION = Dates.day_zero(datetime.date(2020, 3, 1))
FLOOR = "read + write files (floor)"


def run(bench: Bench, folder: Path) -> None:
    paths = [folder / f"{number:04d}.dcm" for number in range(len(bench.files))]
    for path, data in zip(paths, bench.files, strict=True):
        dataset = dcmread(BytesIO(data))
        dataset.PatientBirthDate = "19700215"  # the generator's impossible one stops dcmanon
        dataset.save_as(path)
    target = folder / "out"
    target.mkdir()

    def each(work: Callable[[Path, Path], object]) -> Callable[[], None]:
        def all_files() -> None:
            for path in paths:
                work(path, target / path.name)

        return all_files

    def stripped() -> None:
        stripper = Stripper(uid_key=bytes(32), dates=ADMISSION, subject="S01-0001-A")
        for path in paths:
            with (target / path.name).open("wb", buffering=0) as stream:
                os.writev(stream.fileno(), stripper.strip(path.read_bytes()).parts)

    def alone(path: Path, out: Path) -> None:
        out.write_bytes(Stripper(uid_key=bytes(32), dates=ADMISSION).strip(path.read_bytes()).data)

    rust, nice = Dcmanon(), Dicognito()

    def dicognito(path: Path, out: Path) -> None:
        dataset = dcmread(path)
        nice.anonymize(dataset)
        dataset.save_as(out)

    bench.rounds(
        {
            FLOOR: each(lambda path, out: out.write_bytes(path.read_bytes())),
            "deid": stripped,
            "deid, every file a stranger": each(alone),
            "pydicom read + write": each(lambda path, out: dcmread(path).save_as(out)),
            "dcmanon": each(lambda path, out: out.write_bytes(rust.anonymize(str(path)))),
            "dicognito": each(dicognito),
            "dicom-anonymizer": each(lambda path, out: anonymize_dicom_file(str(path), str(out))),
        },
        {"deid": FLOOR, "deid, every file a stranger": FLOOR},
    )
    for peer in ("dcmanon", "dicognito", "dicom-anonymizer", "pydicom read + write"):
        bench.compare("deid", peer)
