"""The supervisor's children: each in its own process group, told about when it dies, ended in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.say import Stop

PR_SET_PDEATHSIG = 1
KEEP_LOG_BYTES = 10 * 1024**2


@dataclass
class Child:
    """One program that is kept running.

    `label` is what the person reads, `ends_with` the signal that ends it in order, `hurry_with` the one that
    ends it at once, `orphaned_with` what it gets when the supervisor itself was killed.
    """

    label: str
    command: Sequence[str | Path]
    log: Path
    ends_with: int = signal.SIGTERM
    hurry_with: int = signal.SIGTERM
    orphaned_with: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self, *, cwd: Path, environment: dict[str, str]) -> None:
        """Start it with its output in `log`, which is set aside once it is large."""
        if self.log.exists() and self.log.stat().st_size > KEEP_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.orphaned_with),
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """The last line that says something in its log, and where the log is."""
        try:
            lines = [line.strip() for line in self.log.read_text(errors="replace")[-4000:].splitlines()]
        except OSError:
            lines = []
        said = next((line for line in reversed(lines) if line), "it said nothing")
        return f"{said[:300]} (log: {self.log})"

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def clear_group(self) -> None:
        """Take away whatever the program left behind in its process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """A preexec function that has the kernel send `number` when the supervisor dies; None where it cannot."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask


class Family:
    """Children in the order they were started; they end in the opposite order."""

    restarts = 3
    within = 60.0

    def __init__(self, cwd: Path, environment: dict[str, str]) -> None:
        self.cwd = cwd
        self.environment = environment
        self.children: list[Child] = []

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start(cwd=self.cwd, environment=self.environment)

    def demand_alive(self) -> None:
        """Raise Stop with the reason when a child is no longer there."""
        for child in self.children:
            if not child.running:
                code = child.process.returncode if child.process else "?"
                raise Stop(f"the {child.label} did not start (exit {code}): {child.last_words()}")

    def revive(self, tell: Callable[[str], None]) -> None:
        """Start again what died; raise Stop when the same child died too often."""
        for child in self.children:
            if child.running or child.process is None:
                continue
            code = child.process.returncode
            child.clear_group()
            now = time.monotonic()
            child.deaths = [at for at in child.deaths if now - at < self.within] + [now]
            how = signal.Signals(-code).name if code < 0 else f"exit {code}"
            if len(child.deaths) > self.restarts:
                raise Stop(f"the {child.label} keeps ending ({how}): {child.last_words()}")
            count = f"{len(child.deaths)} of {self.restarts}"
            tell(f"The {child.label} ended ({how}); starting it again ({count}).")
            child.start(cwd=self.cwd, environment=self.environment)

    def end(self, *, patience: float = 8.0) -> None:
        """End the first child last, the others together before it: in order, then at once, then by force."""
        for group in (self.children[:0:-1], self.children[:1]):
            for child in group:
                child.signal(child.ends_with)
            if self._still_running(group, patience):
                for child in group:
                    child.signal(child.hurry_with)
                self._still_running(group, 3.0)
            for child in group:
                child.clear_group()

    @staticmethod
    def _still_running(children: Sequence[Child], seconds: float) -> bool:
        """Whether one of them still runs when the time is over."""
        end = time.monotonic() + seconds
        while any(child.running for child in children):
            if time.monotonic() > end:
                return True
            time.sleep(0.05)
        return False
