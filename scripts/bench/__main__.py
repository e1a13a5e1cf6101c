"""The benchmarks in the way of a slice, on one synthetic series."""

import datetime
import hashlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from scripts.bench import browser, identity
from scripts.bench.figures import RUNS, Bench

SLICES = 80
MATRIX = 512
MIB = 1024 * 1024


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
        identity.run(bench, place(folder, "identity"))
        browser.run(bench)
        sealing(bench, Path(folder))
        whole_way(bench, Path(folder))
    Path("bench.json").write_text(json.dumps([asdict(f) for f in bench.figures.values()], indent=2) + "\n")
    print("Written to bench.json.")


def place(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


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
