"""A file system in memory whose size can be changed, so that a disk can be full and have room again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM = 4 << 30


class NotHere(Exception):
    """This machine cannot do the drill; the text says what it lacks."""


class Disk:
    """The mounted file system at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def leave(self, free: int) -> None:
        """Have so many bytes free, rounded to pages, from now on."""
        now = os.statvfs(self.path)
        self._mount("remount", (now.f_blocks - now.f_bfree) * now.f_frsize + free)

    def room(self) -> None:
        """Have room again."""
        self._mount("remount", ROOM)

    def _mount(self, how: str, size: int) -> None:
        command = ["mount", "-t", "tmpfs", "-o", f"{how},size={size},mode=0700", "kicc-drill", str(self.path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotHere(f"this machine mounts no file system of chosen size: {done.stderr.strip()}")


@contextmanager
def mounted(path: Path) -> Iterator[Disk]:
    """A disk with room. NotHere without the right to mount one."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHere("a file system of chosen size is mounted by root on Linux alone")
    disk = Disk(path)
    disk._mount("rw", ROOM)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", path], check=False)
