"""A copy of the project in a directory with a space, and `make run` in it, as a person has it."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.services.place import Place

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "staticfiles")


def copy(place: Place, name: str) -> Path:
    """Copy the project without its state; the environment is shared by a link."""
    target = place.root / name
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def environment(**changes: str) -> dict[str, str]:
    """This environment as a fresh shell would have it: none of the suite's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KICC_", "DJANGO_", "MAKE", "MFLAGS"))}
    return {**kept, **changes}


class Run:
    """A `make run` in `checkout` on `port`."""

    def __init__(self, place: Place, checkout: Path, port: int, **variables: str) -> None:
        self.place = place
        self.port = port
        self.log = place.root / f"run-{port}-{time.monotonic_ns()}.log"
        self.began = time.monotonic()
        given = environment(PORT=str(port), TMPDIR=str(place.root), **variables)
        self.process = place.start(["make", "run"], cwd=checkout, log=self.log, environment=given)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str, within: float = 120) -> float:
        """Seconds since the start until `text` was printed."""
        end = time.monotonic() + within
        while text not in self.said:
            assert self.process.poll() is None, f"make run ended early:\n{self.said}"
            assert time.monotonic() < end, f"no {text!r} within {within} s:\n{self.said}"
            time.sleep(0.1)
        return time.monotonic() - self.began

    def health(self) -> tuple[int, str]:
        """Status and text of /health/, (0, "") when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health/")
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def healthy(self, within: float = 20) -> tuple[int, str]:
        """The first 200 of /health/, or its last answer in that time: a busy machine answers late."""
        end = time.monotonic() + within
        while (answer := self.health())[0] != 200 and time.monotonic() < end:
            time.sleep(0.5)
        return answer

    def supervisor(self) -> int:
        """Process id of the supervisor under make."""
        return next(pid for pid, parent, _ in processes() if parent == self.process.pid)

    def family(self) -> dict[int, str]:
        """Ids and commands of everything under make."""
        found = {self.process.pid: "make"}
        table = processes()
        for _ in range(5):
            found |= {pid: command for pid, parent, command in table if parent in found}
        return found

    def interrupt(self) -> int:
        """Ctrl-C, as a terminal sends it: to make and the supervisor at once. Returns make's exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.place.end(self.process, signal.SIGTERM, within=30)


def processes() -> list[tuple[int, int, str]]:
    """Process id, parent and command line of every process that is not a zombie."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = re.findall(r"^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$", listed, re.MULTILINE)
    return [(int(pid), int(parent), args) for pid, parent, state, args in rows if "Z" not in state]


def wait_gone(pids: set[int], within: float = 15) -> set[int]:
    """Those of `pids` that still run when the time is over."""
    end = time.monotonic() + within
    while (left := pids & {pid for pid, _, _ in processes()}) and time.monotonic() < end:
        time.sleep(0.1)
    return left
