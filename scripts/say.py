"""What the scripts tell the person in front of them: steps, progress, one clear sentence when they stop."""

import sys
import time
from typing import NoReturn


class Stop(Exception):
    """The work cannot go on; the text is the one sentence that the person reads."""


def end(what: str, error: Stop) -> NoReturn:
    """Print why `what` stopped and leave with exit code 1."""
    if Progress.line_open:
        print(flush=True)
    print(f"{what} stopped: {error}", file=sys.stderr, flush=True)
    sys.exit(1)


class Progress:
    """One step that may take long: a line that counts on a terminal, a line now and then elsewhere.

    `update(share)` takes the share done (0 to 1) and shows the seconds that are probably left.
    """

    quiet_seconds = 10.0
    line_open = False

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = self.told = time.monotonic()
        self.on_terminal = sys.stdout.isatty()
        lead = "\n" if Progress.line_open else ""
        print(f"{lead}{label} …", end="" if self.on_terminal else "\n", flush=True)
        Progress.line_open = self.on_terminal

    def update(self, share: float) -> None:
        now = time.monotonic()
        if now - self.told < (0.5 if self.on_terminal else self.quiet_seconds):
            return
        self.told = now
        self._show(f"{share:.0%}{remaining(now - self.started, share)}", last=False)

    def done(self, text: str = "done") -> None:
        seconds = time.monotonic() - self.started
        self._show(text + (f" ({seconds:.0f} s)" if seconds >= 2 else ""), last=True)

    def _show(self, text: str, *, last: bool) -> None:
        if self.on_terminal:
            print(f"\r\033[K{self.label} … {text}", end="\n" if last else "", flush=True)
            Progress.line_open = not last
        else:
            print(f"      {text}", flush=True)


def remaining(elapsed: float, share: float) -> str:
    """`, about 40 s left` once enough is done to tell, else nothing."""
    if share < 0.05 or elapsed < 2:
        return ""
    seconds = elapsed * (1 - share) / share
    if seconds >= 90:
        return f", about {seconds / 60:.0f} min left"
    return f", about {max(1, round(seconds / 5) * 5)} s left"
