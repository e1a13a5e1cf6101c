"""Figures: what took how long, and how that compares with another figure of the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

RUNS = 5


@dataclass(frozen=True)
class Figure:
    """Median of the runs; `peer` and `ratio` compare with another figure's rate (1 is as fast).

    cpu_ms_per_slice: processor time of the processes measured, cpu_ratio the same comparison by it; both 0
    where a figure is of this process alone, whose time and processor time are about the same.
    """

    name: str
    slices_per_second: float
    megabytes_per_second: float
    peer: str = ""
    ratio: float = 0.0
    cpu_ms_per_slice: float = 0.0
    cpu_ratio: float = 0.0


@dataclass(frozen=True)
class Size:
    """Peak resident memory (megabytes) for a small and a large series; ratio: large by small."""

    name: str
    slices: tuple[int, int]
    megabytes: tuple[float, float]
    ratio: float


class Bench:
    """Times work on the same files and keeps the figures."""

    def __init__(self, files: list[bytes]) -> None:
        self.files = files
        self.bytes = sum(map(len, files))
        self.figures: dict[str, Figure] = {}
        self.memory: list[Size] = []

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
        figure, other = self.figures[name], self.figures[peer]
        ratio = figure.slices_per_second / other.slices_per_second
        cpu_ratio = other.cpu_ms_per_slice / figure.cpu_ms_per_slice if figure.cpu_ms_per_slice else 0.0
        told = f"{name} beside {peer}"
        self.figures[told] = replace(figure, name=told, peer=peer, ratio=ratio, cpu_ratio=cpu_ratio)
        print(f"{told:40} {ratio:6.2f} ×", flush=True)

    def sizes(self, name: str, few: int, small: float, many: int, large: float) -> None:
        """Keep how much memory a series of few and one of many slices took."""
        self.memory.append(Size(name, (few, many), (small, large), large / small))
        told = f"{small:6.0f} MB for {few}, {large:6.0f} MB for {many} slices"
        print(f"{name:34} {told}  {large / small:6.2f} ×", flush=True)

    def add(self, name: str, seconds: float, *, peer: str = "", cpu: float = 0.0) -> None:
        """Keep a figure for work on all files that took `seconds`, and `cpu` seconds of the processors."""
        count = len(self.files)
        rate = count / seconds
        other = self.figures.get(peer)
        ratio = rate / other.slices_per_second if other else 0.0
        cpu_ms = 1000 * cpu / count
        cpu_ratio = other.cpu_ms_per_slice / cpu_ms if other and cpu_ms else 0.0
        self.figures[name] = Figure(name, rate, self.bytes / seconds / 1e6, peer, ratio, cpu_ms, cpu_ratio)
        told = f"{ratio:6.2f} × {peer}" if peer else ""
        told += f" ({cpu_ratio:.2f} × by processor time)" if cpu_ratio else ""
        print(f"{name:34} {rate:9.0f} slices/s {self.bytes / seconds / 1e6:9.0f} MB/s  {told}", flush=True)
