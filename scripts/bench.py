"""`make bench`: how fast a slice goes its way, beside peers and the byte floor measured in the same run.

Prints a table and writes bench.json. Ratios carry over between machines, single times do not.
"""

import datetime
import hashlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

SLICES = 80
MATRIX = 512
RUNS = 5
MIB = 1024 * 1024


@dataclass(frozen=True)
class Figure:
    """Median of the runs; `peer` and `ratio` compare with another figure's rate (1 is as fast)."""

    name: str
    slices_per_second: float
    megabytes_per_second: float
    peer: str = ""
    ratio: float = 0.0


class Bench:
    """Times work on the same files and keeps the figures."""

    def __init__(self, files: list[bytes]) -> None:
        self.files = files
        self.bytes = sum(map(len, files))
        self.figures: dict[str, Figure] = {}

    def measure(self, name: str, work: Callable[[], object], *, peer: str = "", runs: int = RUNS) -> None:
        """Time `work`, which handles all files once; the first run is not counted."""
        work()
        seconds = []
        for _ in range(runs):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        self.add(name, statistics.median(seconds), peer=peer)

    def add(self, name: str, seconds: float, *, peer: str = "") -> None:
        """Keep a figure for work on all files that took `seconds`."""
        rate = len(self.files) / seconds
        ratio = rate / self.figures[peer].slices_per_second if peer else 0.0
        self.figures[name] = Figure(name, rate, self.bytes / seconds / 1e6, peer, ratio)
        told = f"{ratio:6.2f} × {peer}" if peer else ""
        print(f"{name:34} {rate:9.0f} slices/s {self.bytes / seconds / 1e6:9.0f} MB/s  {told}", flush=True)


def main() -> None:
    from phantom import ct_series, make_person

    files = ct_series(
        seed=1,
        slices=SLICES,
        matrix=MATRIX,
        thickness=2.5,
        person=make_person(3),
        study_date=datetime.date(2020, 3, 2),
    )
    print(f"{SLICES} CT slices of {len(files[0]) // 1024} KiB, median of {RUNS} runs", flush=True)
    bench = Bench(files)
    with tempfile.TemporaryDirectory(prefix="kicc-bench-") as folder:
        floor(bench, Path(folder))
        identity(bench)
        sealing(bench, Path(folder))
        whole_way(bench, Path(folder))
    Path("bench.json").write_text(json.dumps([asdict(f) for f in bench.figures.values()], indent=2) + "\n")
    print("Written to bench.json.")


def floor(bench: Bench, folder: Path) -> None:
    """What cannot be beaten: the bytes themselves, written, read, hashed."""
    paths = [folder / f"{number}" for number in range(len(bench.files))]

    def write() -> None:
        for path, data in zip(paths, bench.files, strict=True):
            path.write_bytes(data)

    def copy() -> None:
        for path in paths:
            path.with_suffix(".copy").write_bytes(path.read_bytes())

    bench.measure("write files", write)
    bench.measure("copy files (byte floor)", copy)
    bench.measure("SHA-256", lambda: [hashlib.sha256(data).digest() for data in bench.files])


def identity(bench: Bench) -> None:
    """De-identification beside reading and writing the same files with pydicom."""
    from pydicom import dcmread

    from deid import Dates, strip

    def read_and_write() -> None:
        for data in bench.files:
            dcmread(io.BytesIO(data)).save_as(io.BytesIO())

    dates = Dates.day_zero(datetime.date(2020, 3, 1))
    bench.measure("pydicom read + write", read_and_write)
    bench.measure(
        "deid.strip",
        lambda: [strip(data, uid_key=bytes(32), dates=dates) for data in bench.files],
        peer="pydicom read + write",
    )


def sealing(bench: Bench, folder: Path) -> None:
    """Sealing a series beside bare AES-256-GCM in pieces of the same size."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from vault import ArchiveWriter, DirectoryStore, open_sealed

    cipher, whole = AESGCM(bytes(32)), b"".join(bench.files)
    store, key = DirectoryStore(str(folder / "objects")), bytes(range(32))

    def bare() -> None:
        for start in range(0, len(whole), MIB):
            cipher.encrypt(start.to_bytes(12, "big"), whole[start : start + MIB], None)

    def seal() -> None:
        with ArchiveWriter(store, "series/bench", subject_key=key) as archive:
            for number, data in enumerate(bench.files):
                archive.add(f"{number:06d}.dcm", data)

    def unseal() -> None:
        for _ in open_sealed(store, "series/bench", subject_key=key).chunks():
            pass

    bench.measure("AES-256-GCM alone", bare)
    bench.measure("seal into an archive, with SHA-256", seal, peer="SHA-256")
    bench.measure("open an archive", unseal, peer="AES-256-GCM alone")


def whole_way(bench: Bench, folder: Path) -> None:
    """Receive, sort and store one series through the services, on SQLite and a directory."""
    os.environ.update(
        KICC_VAR=str(folder / "var"),
        KICC_BROKER_URL="memory://",
        DJANGO_SETTINGS_MODULE="registry.settings.embedded",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("demo_accounts")
    from registry.models import Role, User
    from registry.services.subjects import create_subject
    from uploads.models import Job
    from uploads.pipeline.run import run
    from uploads.services import receiving

    radiologist = User.objects.filter(role=Role.RADIOLOGIST).earliest("pk")
    digests = {hashlib.sha256(data).hexdigest(): data for data in bench.files}
    manifest = [{"sha256": digest, "size": len(data)} for digest, data in digests.items()]
    took: dict[str, list[float]] = {"receive into sealed staging": [], "sort and store one series": []}
    for _ in range(3):
        subject = create_subject(actor=radiologist)
        upload = receiving.start(
            actor=radiologist, subject=subject, files=manifest, stripped_by="", client="bench"
        )
        began = time.perf_counter()
        for digest, data in digests.items():
            receiving.receive(
                actor=radiologist, upload=upload, sha256=digest, stream=io.BytesIO(data), length=len(data)
            )
        took["receive into sealed staging"].append(time.perf_counter() - began)
        receiving.complete(actor=radiologist, upload_id=upload.pk)
        began = time.perf_counter()
        while job := Job.objects.filter(upload=upload, state=Job.State.QUEUED).first():
            if not run(job_id=job.pk):
                sys.exit("A job could not be taken.")
        took["sort and store one series"].append(time.perf_counter() - began)
    for name, seconds in took.items():
        bench.add(name, statistics.median(seconds), peer="copy files (byte floor)")


if __name__ == "__main__":
    main()
