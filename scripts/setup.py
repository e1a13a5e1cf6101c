"""`make setup`: an environment in .venv from the locks, the front end, the translations.

Runs on the system's Python with the standard library only. What a step made is stamped with the hash of
what it was made from, so a second run does nothing and needs no network.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import engine, frontend
from scripts.packages import install_packages
from scripts.say import Progress, Stop, end

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
FREE_MB = {"runtime": 1200, "dev": 2000}
PACKAGES_TAKE = {"runtime": "about half a minute", "dev": "about a minute"}


def main(arguments: list[str]) -> None:
    kind = arguments[0] if arguments else "runtime"
    if kind not in LOCKS:
        end("Setup", Stop(f"'{kind}' is not a kind of environment, use runtime or dev."))
    try:
        with one_at_a_time():
            setup(kind)
    except Stop as error:
        end("Setup", error)
    except KeyboardInterrupt:
        print("\nSetup stopped: interrupted. Run it again, it goes on where it was.", file=sys.stderr)
        sys.exit(130)


def setup(kind: str) -> None:
    """Bring everything that is missing; say nothing when nothing is."""
    if not packages_current(kind):
        check_machine(kind)
        step = Progress("[1/3] Python environment in .venv")
        ensure_venv()
        step.done()
        step = Progress(f"[2/3] Python packages ({PACKAGES_TAKE[kind]})")
        STAMP.unlink(missing_ok=True)
        install_packages(venv_python(), LOCKS[kind], step)
        STAMP.write_text(json.dumps(stamp(kind)))
        step.done()
    if not frontend.current(ROOT):
        step = Progress("[3/3] Front end (a few seconds)")
        frontend.build(ROOT, venv_python())
        step.done()
    if not engine.current(ROOT, venv_python()):
        engine.build(ROOT, venv_python())
    run_quietly([venv_python(), "-m", "scripts.messages"], "The translations could not be compiled")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two setups of one clone wait for each other; the lock is on the directory, so no file is left."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def check_machine(kind: str) -> None:
    """Stop with what to install when the machine lacks something that the next steps need."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise Stop(
                f"Python's {module} module is missing. Install it "
                f"(Debian: apt-get install python{version}-venv)."
            )
    if not os.access(ROOT, os.W_OK):
        raise Stop(f"{ROOT} cannot be written by this user. Clone the project to a place of your own.")
    free = shutil.disk_usage(ROOT).free // 1024**2
    if free < FREE_MB[kind] and not VENV.exists():
        raise Stop(f"the disk has {free} MB left and about {FREE_MB[kind]} MB are needed. Make room first.")


def venv_python() -> Path:
    return VENV / "bin" / "python"


def ensure_venv() -> None:
    """A working .venv of this Python's version; one that no longer runs is made anew."""
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    probe = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    if venv_python().exists():
        found = subprocess.run([venv_python(), "-c", probe], capture_output=True, text=True, check=False)
        if found.stdout.strip() == wanted:
            return
    if VENV.is_symlink():
        raise Stop(f".venv is a link to an environment that is not Python {wanted}. Remove the link.")
    shutil.rmtree(VENV, ignore_errors=True)
    run_quietly([sys.executable, "-m", "venv", VENV], "The environment could not be made")


def packages_current(kind: str) -> bool:
    """Whether .venv holds what the lock of `kind` says; the dev lock contains the runtime lock."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    wanted = stamp(kind)
    has_dev = found.get("dev") == stamp("dev")["dev"]
    right = has_dev if kind == "dev" else found.get("runtime") == wanted["runtime"]
    return right and found.get("python") == wanted["python"] and venv_python().exists()


def stamp(kind: str) -> dict[str, str | None]:
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "runtime": digest(LOCKS["runtime"]),
        "dev": digest(LOCKS["dev"]) if kind == "dev" else None,
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run_quietly(command: list[str | Path], failure: str) -> None:
    """Run from the project's root; on failure stop with the last lines it said."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Stop(f"{failure}: {' / '.join(said[-3:]) or 'it said nothing'}")


if __name__ == "__main__":
    main(sys.argv[1:])
