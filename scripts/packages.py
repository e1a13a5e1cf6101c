"""Installing a hashed lock with pip, and telling how far it is."""

import os
import re
import subprocess
import threading
from pathlib import Path

from scripts.say import Progress, Stop

OFFLINE = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Network is unreachable"
    r"|Connection refused|NewConnectionError|ConnectTimeout|ReadTimeout",
)
DOWNLOADING = 0.6
SEEN = ("Collecting ", "Requirement already satisfied: ")


def install_packages(python: Path, lock: Path, progress: Progress) -> None:
    """Install exactly what `lock` names into the environment of `python`; every hash must match.

    Raises Stop with the cause when pip does not succeed; running it again goes on.
    """
    names = {canonical(line.split("==")[0]) for line in lock.read_text().splitlines() if "==" in line[:80]}
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--only-binary=:all:", "-r", str(lock)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    said: list[str] = []
    installing = threading.Event()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        watched = (python, names, process, installing, progress)
        threading.Thread(target=_watch_installing, args=watched, daemon=True).start()
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line)
                if line.startswith("Installing collected packages"):
                    installing.set()
                seen = sum(line.startswith(SEEN) for line in said)
                progress.update(DOWNLOADING * min(1.0, seen / len(names)))
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise Stop(reason("".join(said)))


def canonical(name: str) -> str:
    """A distribution's name as its metadata directory spells it."""
    return re.sub(r"[-_.]+", "_", name.split("[")[0]).strip().lower()


def _watch_installing(
    python: Path, names: set[str], process: subprocess.Popen[str], go: threading.Event, progress: Progress
) -> None:
    site = next((python.parent.parent / "lib").glob("python3.*/site-packages"), None)
    while site and process.poll() is None:
        if go.wait(0.5):
            there = {canonical(p.name.split("-")[0]) for p in site.glob("*.dist-info")}
            progress.update(DOWNLOADING + (1 - DOWNLOADING) * len(there & names) / len(names))
            threading.Event().wait(0.5)


def reason(output: str) -> str:
    """One sentence for what pip printed."""
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    if "No space left on device" in output:
        return "the disk is full. Make room and run the same command again."
    if "DO NOT MATCH THE HASHES" in output:
        return "a package is not the one that the lock names (hash mismatch); nothing was installed."
    if OFFLINE.search(output):
        return "the package index cannot be reached. Check the network and run the same command again."
    return "pip failed: " + (" / ".join(errors[-2:]) or output.strip()[-300:] or "it said nothing")
