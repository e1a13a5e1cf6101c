"""From staging to a sealed series, through the services, on SQLite and a directory.

The floor reads the same bytes, hashes them once, encrypts them by AES-256-GCM in pieces of 1 MiB and writes
them: what no sealed store can do without. `vault` reads staged objects, seals them as a series and reads that
back; the jobs do the rest as well: sorting, de-identification, decoding, text detector, preview, rows.
"""

import hashlib
import io
import os
import statistics
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scripts.bench.figures import RUNS, Bench
from vault import ArchiveWriter, DirectoryStore, create, open_sealed, verify_archive

MIB = 1 << 20
KEY = bytes(range(32))
FLOOR = "read, SHA-256, AES-GCM, write (floor)"
VAULT, PROVEN = "staged to sealed", "staged to sealed, and read back"
JOBS, LOOKING = "the jobs of a series", "of these, the text detector"


def run(bench: Bench, folder: Path) -> None:
    _vault(bench, folder)
    _jobs(bench, folder)


def _vault(bench: Bench, folder: Path) -> None:
    store, cipher = DirectoryStore(folder / "objects"), AESGCM(KEY)
    plain = [folder / f"{number}.plain" for number in range(len(bench.files))]
    names = [f"staging/bench/{number}" for number in range(len(bench.files))]
    for path, name, data in zip(plain, names, bench.files, strict=True):
        path.write_bytes(data)
        with create(store, name, subject_key=KEY, kind="staged") as staged:
            staged.write(data)

    def floor() -> None:
        with (folder / "floor").open("wb") as out:
            pending, number = bytearray(), 0
            for path in plain:
                data = path.read_bytes()
                hashlib.sha256(data).digest()
                pending += data
                while len(pending) >= MIB:
                    out.write(cipher.encrypt(number.to_bytes(12, "big"), bytes(pending[:MIB]), None))
                    del pending[:MIB]
                    number += 1
            out.write(cipher.encrypt(number.to_bytes(12, "big"), bytes(pending), None))
            out.flush()
            os.fsync(out.fileno())

    def sealed() -> ArchiveWriter:
        with ArchiveWriter(store, "series/bench", subject_key=KEY) as archive:
            for number, name in enumerate(names):
                archive.add(f"{number:06d}.dcm", open_sealed(store, name, subject_key=KEY).read())
        return archive

    def proven() -> None:
        verify_archive(store, "series/bench", subject_key=KEY, entries=sealed().entries)

    bench.rounds({FLOOR: floor, VAULT: sealed, PROVEN: proven}, {VAULT: FLOOR, PROVEN: FLOOR})


def _jobs(bench: Bench, folder: Path) -> None:
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
    from uploads.pipeline import looking
    from uploads.pipeline.run import run as work
    from uploads.services import receiving

    radiologist = User.objects.filter(role=Role.RADIOLOGIST).earliest("pk")
    files = {hashlib.sha256(data).hexdigest(): data for data in bench.files}
    listed = [{"sha256": digest, "size": len(data)} for digest, data in files.items()]
    detect, looked = looking.detect, [0.0]

    def timed(*args: object, **kwargs: object) -> object:
        began = time.perf_counter()
        try:
            return detect(*args, **kwargs)
        finally:
            looked[0] += time.perf_counter() - began

    looking.detect = timed
    jobs, eyes = [], []
    for _ in range(RUNS):
        subject = create_subject(actor=radiologist)
        upload = receiving.start(actor=radiologist, subject=subject, files=listed, stripped_by="")
        for digest, data in files.items():
            receiving.receive(
                actor=radiologist, upload=upload, sha256=digest, stream=io.BytesIO(data), length=len(data)
            )
        receiving.complete(actor=radiologist, upload_id=upload.pk)
        began, looked[0] = time.perf_counter(), 0.0
        while job := Job.objects.filter(upload=upload, state=Job.State.QUEUED).first():
            if not work(job_id=job.pk):
                sys.exit("A job could not be taken.")
        jobs.append(time.perf_counter() - began)
        eyes.append(looked[0])
    looking.detect = detect
    whole, seen = statistics.median(jobs[1:]), statistics.median(eyes[1:])
    bench.add(JOBS, whole, peer=FLOOR)
    bench.add(LOOKING, seen)
    bench.add(f"{JOBS} without it", whole - seen, peer=FLOOR)
