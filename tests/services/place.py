"""The session's own directory and processes: unprivileged, watched by a guard, removed at the end."""

import contextlib
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
UNPRIVILEGED = "nobody"


class Place:
    """A temporary directory whose processes and files never outlive the session."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="kicc-test-"))
        self.root.chmod(0o711)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD), str(self.root)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def directory(self, name: str, *, unprivileged: bool = False) -> Path:
        """A new directory of that name; `unprivileged` gives it to the user that services run as."""
        path = self.root / name
        path.mkdir(mode=0o755, parents=True)
        if unprivileged and os.geteuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(path, user.pw_uid, user.pw_gid)
        return path

    def start(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        ends_with: int = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start a process in its own group, its output in `log`; the guard knows it from then on."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **(lowered() if unprivileged else {}),
            )
        self._processes.append(process)
        self._tell(process.pid, ends_with)
        return process

    def end(self, process: subprocess.Popen[bytes], number: int, *, within: float = 15) -> None:
        """Send the signal to the process, wait, and take the rest of its group away."""
        if process.poll() is None:
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell(process.pid, 0)

    def close(self) -> None:
        """End what is left and remove the directory."""
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        while self._guard.poll() is None:
            for process in self._processes:
                process.poll()
            time.sleep(0.02)

    def _tell(self, pid: int, number: int) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{pid} {int(number)}\n")
        self._guard.stdin.flush()


def run(command: Sequence[str | Path], *, cwd: Path, unprivileged: bool, timeout: float = 60) -> str:
    """Run to its end and return what it said; RuntimeError with its last words when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=bare_environment(cwd),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **(lowered() if unprivileged else {}),
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed ({done.returncode}): {done.stderr[-600:]}")
    return done.stdout


def lowered() -> dict[str, object]:
    """Popen arguments that give up root; nothing for a plain user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def bare_environment(home: Path) -> dict[str, str]:
    """What a service gets: programs and a home, no credentials or settings of the caller."""
    return {"PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin", "HOME": str(home), "LC_ALL": "C.UTF-8"}


def reachable_by_others(path: Path) -> bool:
    """Whether every directory down to `path` lets other users through."""
    return all(parent.stat().st_mode & 0o001 for parent in [*path.resolve().parents, path])


def free_port() -> int:
    """A free loopback port below the range from which outgoing connections take theirs."""
    while True:
        port = random.SystemRandom().randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(
    ready: Callable[[], bool], *, process: subprocess.Popen[bytes], log: Path, within: float = 60
) -> None:
    """Return when `ready()`; RuntimeError with the log's end when the process ends or the time is over."""
    end = time.monotonic() + within
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            state = "ended" if process.poll() is not None else f"gave no answer in {within:.0f} s"
            raise RuntimeError(f"{process.args[0]} {state}: {log.read_text(errors='replace')[-800:]}")  # type: ignore[index]
        time.sleep(0.03)


def answers(port: int) -> bool:
    """Whether something listens on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True
