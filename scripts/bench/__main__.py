"""The benchmarks in the way of a slice, on one synthetic series."""

import datetime
import hashlib
import json
import logging
import tempfile
from dataclasses import asdict
from pathlib import Path

from scripts.bench import archive, browser, identity, memory, receiving, staged
from scripts.bench.figures import RUNS, Bench, Figure, Size
from tests.services.place import Place
from tests.stack import Stack

SLICES = 80
WHOLE_SLICES = 300
MATRIX = 512
MIB = 1024 * 1024


def main() -> None:
    files = series(SLICES)
    print(f"{SLICES} CT slices of {len(files[0]) // 1024} KiB, median of {RUNS} runs", flush=True)
    bench = Bench(files)
    with tempfile.TemporaryDirectory(prefix="kicc-bench-") as folder:
        floor(bench, Path(folder))
        identity.run(bench, place(folder, "identity"))
        browser.run(bench)
        sealing(bench, Path(folder))
        staged.run(bench, place(folder, "staged"))
    print(f"A running instance, {WHOLE_SLICES} such slices", flush=True)
    whole = Bench(series(WHOLE_SLICES))
    running(whole)
    kept: list[Figure | Size] = [*bench.figures.values(), *whole.figures.values(), *whole.memory]
    Path("bench.json").write_text(json.dumps([asdict(figure) for figure in kept], indent=2) + "\n")
    print("Written to bench.json.")


def series(slices: int) -> list[bytes]:
    from phantom import ct_series, make_person

    return ct_series(
        seed=1,
        slices=slices,
        matrix=MATRIX,
        thickness=200 / slices,
        person=make_person(3),
        study_date=datetime.date(2020, 3, 2),
    )


def running(bench: Bench) -> None:
    """What a running instance does, beside other programs."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    parts = Place()
    try:
        stack = Stack(parts)
        stack.environment |= {"KICC_LEASE_SECONDS": "60", "KICC_SWEEP_SECONDS": "15"}
        with stack:
            receiving.run(bench, parts, stack)
            archive.run(bench, parts, stack)
            memory.run(bench, stack)
    finally:
        parts.close()


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


if __name__ == "__main__":
    main()
