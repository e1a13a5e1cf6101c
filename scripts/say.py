"""What the scripts tell the person in front of them: steps, progress, one clear sentence when they stop."""

import sys
import time
from typing import NoReturn


class Stop(Exception):
    """The work cannot go on; the text is the one sentence that the person reads."""


def end(what: str, error: Stop) -> NoReturn:
    """Print why `what` stopped and leave with exit code 1."""
    print(f"{what} stopped: {error}", file=sys.stderr, flush=True)
    sys.exit(1)


class Progress:
    """One step that may take long: a line that counts on a terminal, a line now and then elsewhere.

    `update(share)` takes the share done (0 to 1) and shows the seconds that are probably left.
    """

    quiet_seconds = 15.0

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = self.told = time.monotonic()
        self.on_terminal = sys.stdout.isatty()
        print(f"{label} …", end="" if self.on_terminal else "\n", flush=True)

    def update(self, share: float) -> None:
        now = time.monotonic()
        if now - self.told < (0.5 if self.on_terminal else self.quiet_seconds):
            return
        self.told = now
        text = f"{self.label} … {share:.0%}{remaining(now - self.started, share)}"
        print(f"\r\033[K{text}" if self.on_terminal else f"      {text}", end=self._end, flush=True)

    def done(self, text: str = "done") -> None:
        seconds = time.monotonic() - self.started
        line = f"{self.label} … {text}" + (f" ({seconds:.0f} s)" if seconds >= 2 else "")
        if self.on_terminal:
            print(f"\r\033[K{line}", flush=True)
        elif seconds >= 2 or text != "done":
            print(f"      {line}", flush=True)

    @property
    def _end(self) -> str:
        return "" if self.on_terminal else "\n"


def remaining(elapsed: float, share: float) -> str:
    """`, about 40 s left` once enough is done to tell, else nothing."""
    if share < 0.05 or elapsed < 2:
        return ""
    seconds = elapsed * (1 - share) / share
    if seconds >= 90:
        return f", about {seconds / 60:.0f} min left"
    return f", about {max(1, round(seconds / 5) * 5)} s left"
