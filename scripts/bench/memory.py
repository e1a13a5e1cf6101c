"""Peak memory of web server and worker for a series of 100 slices and for one of 3,000."""

import datetime

from phantom import ct_series, make_person
from scripts.bench.figures import Bench
from scripts.bench.instance import Caller, forget_peaks, manifest, measurable, peak_megabytes
from tests.stack import Stack

FEW, MANY = 100, 3000
MATRIX = 256


def run(bench: Bench, stack: Stack) -> None:
    """The processes that took the first series take the second, after another that warmed them up."""
    if not measurable():
        print("Peaks of memory are told by Linux alone: not measured here.", flush=True)
        return
    caller = Caller(stack)
    peaks: dict[tuple[str, int], float] = {}
    for seed, slices in ((1, FEW), (2, FEW), (3, MANY)):
        for name in ("web", "worker"):
            forget_peaks(stack.processes[name].pid)
        files = manifest(_series(seed, slices))
        upload = caller.start(files)
        caller.put(upload, files)
        caller.complete(upload)
        for name in ("web", "worker"):
            peaks[name, slices] = peak_megabytes(stack.processes[name].pid)
    for name in ("web", "worker"):
        bench.sizes(f"peak memory of {name}", FEW, peaks[name, FEW], MANY, peaks[name, MANY])


def _series(seed: int, slices: int) -> list[bytes]:
    return ct_series(
        seed=seed,
        slices=slices,
        matrix=MATRIX,
        thickness=0.1,
        person=make_person(seed),
        study_date=datetime.date(2020, 3, 2),
    )
