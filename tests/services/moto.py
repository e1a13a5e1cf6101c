"""An S3 store where Ceph cannot be had: moto's server, objects in memory, signatures unchecked."""

import signal
import subprocess
import sys
from importlib.metadata import version

from tests.services.place import Place, answers, bare_environment, free_port, wait_until


def describe() -> str:
    """Version for the header of the run."""
    return version("moto")


class Moto:
    """One server on a loopback port."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.port = free_port()
        self.access_key = "test"
        self.secret_key = "test-secret"
        self.process: subprocess.Popen[bytes]

    def boot(self) -> None:
        home = self.place.directory("moto")
        log = home / "log"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = self.place.start(command, cwd=home, log=log, environment=bare_environment(home))
        wait_until(lambda: answers(self.port), process=self.process, log=log)

    def end(self) -> None:
        self.place.end(self.process, signal.SIGTERM)
