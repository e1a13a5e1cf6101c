"""A series from the hospital's folder to the end of its way: this registry, and Orthanc.

Here: received, de-identified, looked at for text, validated, sealed, read back, recorded; and once more by a
worker that looks for no text, since Orthanc does not. There: stored and anonymised by its REST API, without
encryption. All get the same files over four connections.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.bench.figures import Bench
from scripts.bench.instance import LANES, Caller, cpu_seconds, manifest, measurable
from tests.services import orthanc
from tests.services.place import Place
from tests.stack import Stack

TIMES = 3
OURS, BLIND, THEIRS = "end to end here", "the same without text detector", "Orthanc, store + anonymise"


def run(bench: Bench, place: Place, stack: Stack) -> None:
    """Needs Orthanc (Debian: orthanc, orthanc-dicomweb) and says so where there is none."""
    peer = ""
    if orthanc.installed():
        peer = THEIRS
        seconds, cost = zip(*(_orthanc(place, bench.files) for _ in range(TIMES)), strict=True)
        bench.add(THEIRS, statistics.median(seconds), cpu=statistics.median(cost))
    else:
        print("No Orthanc here (Debian: orthanc orthanc-dicomweb): nothing to compare with.", flush=True)
    for name in (OURS, BLIND):
        seconds, cost = zip(*(_registry(stack, bench.files) for _ in range(TIMES)), strict=True)
        bench.add(name, statistics.median(seconds), peer=peer, cpu=statistics.median(cost))
        if name == OURS:
            stack.stop_worker()
            stack.start_worker(before=("scripts.bench.blind",))
    stack.stop_worker()
    stack.start_worker()


def _registry(stack: Stack, files: list[bytes]) -> tuple[float, float]:
    caller, listed = Caller(stack), manifest(files)
    groups = [stack.processes[name].pid for name in ("web", "worker")]
    before = sum(map(cpu_seconds, groups)) if measurable() else 0.0
    began = time.perf_counter()
    upload = caller.start(listed)
    caller.put(upload, listed)
    caller.complete(upload)
    return time.perf_counter() - began, sum(map(cpu_seconds, groups)) - before if measurable() else 0.0


def _orthanc(place: Place, files: list[bytes]) -> tuple[float, float]:
    archive = orthanc.Orthanc(place, "http://127.0.0.1:1/", "")
    before = cpu_seconds(archive.pid) if measurable() else 0.0
    try:
        began = time.perf_counter()
        with ThreadPoolExecutor(LANES) as pool:
            (study,) = set(pool.map(archive.take, files))
        archive.anonymise(study)
        return time.perf_counter() - began, cpu_seconds(archive.pid) - before if measurable() else 0.0
    finally:
        archive.close()
