"""Ends what a test session started, however the session ends.

    python -I -S guard.py DIRECTORY

reads lines "PID SIGNAL" on its standard input. When that closes (the session ended, or was killed with -9),
every process group named gets its signal, then SIGKILL, and DIRECTORY is removed.
"""

import os
import shutil
import signal
import sys
import time


def signal_group(group: int, number: int) -> bool:
    """Whether the process group was still there to be told."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main(directory: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        pid, number = line.split()
        if number == "0":
            groups.pop(int(pid), None)
        else:
            groups[int(pid)] = int(number)
    for pid, number in groups.items():
        signal_group(pid, number)
    end = time.monotonic() + 5
    while time.monotonic() < end and any(signal_group(pid, 0) for pid in groups):
        time.sleep(0.05)
    for pid in groups:
        signal_group(pid, signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
