"""A whole running instance for end-to-end tests: web server, worker, beat, on real services of its own."""

import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.services.place import Place, free_port
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.services.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "registry"]


class Stack:
    """Starts an instance in a state directory with a space in its name.

    `postgres` None means SQLite; `s3` None means a directory as store. The demo accounts exist; `.password`
    is theirs. `.var`, `.valkey` and `.s3` are there to be looked into and taken away.
    """

    def __init__(self, place: Place, *, postgres: Postgres | None = None, s3: S3 | None = None) -> None:
        self.place = place
        self.name = f"stack_{secrets.token_hex(4)}"
        self.var = place.directory(f"{self.name}/state of one")
        self.logs_directory = place.directory(f"{self.name}/logs")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.s3 = s3
        self.valkey = Valkey(place, f"{self.name}/valkey")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.web_workers = 1
        self.environment = self._environment(postgres)

    def start(self) -> "Stack":
        """Start everything and return when /health/ says 200."""
        self.valkey.start()
        self.manage("migrate", "--no-input", "--verbosity", "0")
        self.manage("demo_accounts")
        self.start_web()
        self.start_worker()
        self.start_beat()
        self.wait(lambda: self.health()[0] == 200, "a healthy instance", within=90)
        return self

    def __enter__(self) -> "Stack":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def password(self) -> str:
        return (self.var / "demo-password").read_text().strip()

    def manage(self, *arguments: str, check: bool = True) -> str:
        """What `manage.py ARGUMENTS` prints; AssertionError with its errors on failure."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        with (self.logs_directory / "manage.log").open("a") as log:
            log.write(done.stderr)
        assert not check or done.returncode == 0, f"manage.py {arguments[0]}: {done.stderr[-2000:]}"
        return done.stdout

    def start_web(self) -> None:
        web = [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn", "registry.wsgi"]
        web += ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.web_workers)]
        self._start("web", web)

    def kill_web(self) -> None:
        """SIGKILL to the web server and its workers at once."""
        self._kill("web")

    def stop_web(self) -> None:
        """End the web server in order, as a restart does."""
        self.place.end(self.processes.pop("web"), signal.SIGTERM, within=40)

    def start_worker(self, name: str = "worker", *, before: Sequence[str] = ()) -> None:
        """Start a worker beside or in place of one that was killed; `before`: a module that runs it, and its
        arguments.
        """
        worker = [*CELERY, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--hostname", f"{secrets.token_hex(4)}@test"]
        self._start(name, [sys.executable, "-m", *before, *worker[2:]])

    def start_beat(self) -> None:
        schedule = self.logs_directory / "beat-schedule"
        self._start(
            "beat", [*CELERY, "beat", "--pidfile=", "--schedule", str(schedule), "--loglevel", "INFO"]
        )

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its pool at once, as a lost machine."""
        self._kill("worker")

    def stop_worker(self, name: str = "worker") -> None:
        """End the worker in order; it finishes what it has."""
        self.place.end(self.processes.pop(name), signal.SIGTERM, within=60)

    def health(self) -> tuple[int, str]:
        """Status and text of /health/; (0, "") when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", "/health/")
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def wait(self, ready: Callable[[], bool], what: str, *, within: float = 60) -> None:
        """Return when `ready()`; AssertionError with the ends of the logs when the time is over."""
        end = time.monotonic() + within
        while not ready():
            assert time.monotonic() < end, f"no {what} within {within:.0f} s\n{self._ends_of_logs()}"
            time.sleep(0.1)

    def logs(self) -> dict[str, str]:
        """Text of everything the instance wrote as log, by file name."""
        return {path.name: path.read_text(errors="replace") for path in self.logs_directory.glob("*.log")}

    def stop(self) -> None:
        """End every process; files stay until the session ends, so that a test can look at them."""
        for name in sorted(self.processes):
            self.place.end(self.processes.pop(name), signal.SIGTERM, within=8)
        self.valkey.stop()

    def _start(self, name: str, command: list[str]) -> None:
        log = self.logs_directory / f"{name}.log"
        self.processes[name] = self.place.start(
            command, cwd=ROOT, log=log, environment=self.environment, ends_with=signal.SIGKILL
        )

    def _kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        self.place.end(process, signal.SIGKILL)

    def _environment(self, postgres: Postgres | None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KICC_", "DJANGO_"))}
        chosen = {
            "DJANGO_SETTINGS_MODULE": "registry.settings.embedded",
            "KICC_VAR": str(self.var),
            "KICC_BROKER_URL": self.valkey.url,
            "KICC_LEASE_SECONDS": "3",
            "KICC_SWEEP_SECONDS": "1",
        }
        if postgres is not None:
            chosen["KICC_DATABASE_URL"] = postgres.create_database(self.name)
        if self.s3 is not None:
            chosen |= {
                "KICC_STORE": "s3",
                "KICC_S3_ENDPOINT": self.s3.endpoint,
                "KICC_S3_BUCKET": self.s3.create_bucket(self.name.replace("_", "-")),
                "KICC_S3_ACCESS_KEY": self.s3.access_key,
                "KICC_S3_SECRET_KEY": self.s3.secret_key,
                "KICC_S3_REGION": self.s3.region,
            }
        return kept | chosen

    def _ends_of_logs(self) -> str:
        return "\n".join(f"== {name}\n{text[-1500:]}" for name, text in self.logs().items())
