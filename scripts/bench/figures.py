"""Figures: what took how long, and how that compares with another figure of the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

RUNS = 5


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

    def measure(self, name: str, work: Callable[[], object], *, peer: str = "") -> None:
        """Time `work`, which handles all files once; the first run is not counted."""
        self.rounds({name: work}, {name: peer} if peer else {})

    def rounds(self, works: dict[str, Callable[[], object]], peers: dict[str, str]) -> None:
        """Time several works in turn, round after round: a busy moment of the machine hits them alike."""
        took: dict[str, list[float]] = {name: [] for name in works}
        for number in range(RUNS + 1):
            for name, work in works.items():
                began = time.perf_counter()
                work()
                if number:
                    took[name].append(time.perf_counter() - began)
        for name, seconds in took.items():
            self.add(name, statistics.median(seconds), peer=peers.get(name, ""))

    def compare(self, name: str, peer: str) -> None:
        """Keep how many times as fast as `peer` a figure is."""
        figure = self.figures[name]
        ratio = figure.slices_per_second / self.figures[peer].slices_per_second
        told = f"{name} beside {peer}"
        self.figures[told] = replace(figure, name=told, peer=peer, ratio=ratio)
        print(f"{told:40} {ratio:6.2f} ×", flush=True)

    def add(self, name: str, seconds: float, *, peer: str = "") -> None:
        """Keep a figure for work on all files that took `seconds`."""
        rate = len(self.files) / seconds
        ratio = rate / self.figures[peer].slices_per_second if peer else 0.0
        self.figures[name] = Figure(name, rate, self.bytes / seconds / 1e6, peer, ratio)
        told = f"{ratio:6.2f} × {peer}" if peer else ""
        print(f"{name:34} {rate:9.0f} slices/s {self.bytes / seconds / 1e6:9.0f} MB/s  {told}", flush=True)
