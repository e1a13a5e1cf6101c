"""The hashed locks: written from pyproject.toml (`make lock`), or checked against it (`--check`).

The check compiles once more with the lock itself as the only preference, so it says whether the lock still
answers pyproject.toml, not whether something newer was released meanwhile.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.say import Stop, end

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "pyproject.toml"
LOCKS = {
    "requirements.txt": [SOURCE, "--extra=embedded"],
    "requirements-dev.txt": [SOURCE, "--extra=embedded", "--group=dev"],
    "requirements-node.txt": [f"--group={SOURCE}:node"],
}
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
]


def compile_lock(name: str, directory: Path, *, upgrade: bool) -> str:
    """Text of the lock `name`, compiled in `directory`, whose earlier lock gives the preferred versions."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *LOCKS[name], "--quiet"]
    command += ["--custom-compile-command=make lock", "-o", str(directory / name)]
    if name == "requirements-dev.txt":
        command += ["-c", str(directory / "requirements.txt")]
    if upgrade:
        command.append("--upgrade")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"{name} cannot be compiled: {' / '.join(done.stderr.strip().splitlines()[-3:])}")
    return (directory / name).read_text()


def pins(text: str) -> dict[str, str]:
    """Versions by package with its marker, as a lock names them; hashes and comments left out."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)( ;[^\\\n]*)?", text, re.MULTILINE)
    return {f"{name}{marker.rstrip()}": version for name, version, marker in lines}


def main(arguments: list[str]) -> None:
    check, upgrade = "--check" in arguments, "--upgrade" in arguments
    try:
        with tempfile.TemporaryDirectory(prefix="kicc-lock-") as place:
            stale = []
            fresh = Path(place)
            for name in LOCKS:
                if (ROOT / name).exists():
                    shutil.copyfile(ROOT / name, fresh / name)
                text = compile_lock(name, fresh, upgrade=upgrade)
                if check and pins(text) != pins((ROOT / name).read_text()):
                    stale.append(name)
                if not check:
                    (ROOT / name).write_text(text)
            if stale:
                raise Stop(f"{', '.join(stale)} do not answer pyproject.toml any more. Run make lock.")
    except Stop as error:
        end("Locks", error)
    print("The locks are current." if check else "The locks are written.")


if __name__ == "__main__":
    main(sys.argv[1:])
