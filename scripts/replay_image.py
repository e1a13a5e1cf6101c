"""Runs the Dockerfile's steps in clean directories, where there is no container engine.

A stage is a directory that starts as a copy of its parent's; /srv/registry in a step means that directory.
What needs an engine (users, the base image itself) is left out. At the end the image's program must be there
and Django must start from what was built.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.dockerfile import Stage, Step, ignore_patterns, ignored, read
from scripts.say import Progress, Stop, end

ROOT = Path(__file__).resolve().parent.parent
HOME = "/srv/registry"
NEEDS_ENGINE = ("useradd ", "apt-get ")
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")


def replay(place: Path) -> None:
    """Run every stage below `place`. Raises Stop at the first step that does not work."""
    directories: dict[str, Path] = {}
    environments: dict[str, dict[str, str]] = {}
    for stage in read(ROOT / "Dockerfile"):
        directory = directories[stage.name] = place / stage.name
        if stage.parent in directories:
            shutil.copytree(directories[stage.parent], directory, symlinks=True)
        else:
            directory.mkdir()
        environment = environments[stage.name] = dict(environments.get(stage.parent, {}))
        for step in stage.steps:
            run_step(step, directory, directories, environment)
    check_result(read(ROOT / "Dockerfile")[-1], directories["final"])


def run_step(step: Step, directory: Path, directories: dict[str, Path], environment: dict[str, str]) -> None:
    if step.keyword == "COPY":
        copy(step, directory, directories)
    elif step.keyword == "ENV":
        environment |= dict(pair.split("=", 1) for pair in step.text.split())
    elif step.keyword == "RUN" and not step.text.startswith(NEEDS_ENGINE):
        label = Progress(f"RUN {step.text[:90]}")
        here = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("PIP_")}
        settings = {name: value for name, value in environment.items() if name != "PATH"}
        command = step.text.replace(HOME, str(directory))
        shell = ["sh", "-euc", f'PATH="{Path(sys.executable).parent}:$PATH"; {command}']
        done = subprocess.run(
            shell, cwd=directory, env=here | settings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Stop(f"RUN {step.text}: {(done.stderr or done.stdout).strip()[-600:]}")
        label.done()


def copy(step: Step, directory: Path, directories: dict[str, Path]) -> None:
    """COPY from the project (less what .dockerignore names) or from an earlier stage."""
    *sources, target = step.text.split()
    if "from" in step.flags:
        origin, patterns = directories[step.flags["from"]], []
    else:
        origin, patterns = ROOT, ignore_patterns(ROOT / ".dockerignore")
    for source in sources:
        found = origin / source.removeprefix(HOME).lstrip("/")
        if not found.exists() or (source != "." and ignored(source, patterns)):
            raise Stop(f"COPY {step.text}: there is no {source} to copy.")
        into = directory / target.removeprefix(HOME).lstrip("/")
        if found.is_file():
            shutil.copy2(found, into / found.name if target.endswith("/") else into)
            continue

        def leave_out(parent: str, names: list[str], patterns: list[str] = patterns) -> list[str]:
            base = Path(parent).relative_to(origin)
            return [name for name in names if ignored((base / name).as_posix(), patterns)]

        shutil.copytree(found, into, symlinks=True, dirs_exist_ok=True, ignore=leave_out)


def check_result(stage: Stage, directory: Path) -> None:
    """The image starts as a plain user, its program exists, its static files and translations were built."""
    command = next(json.loads(step.text) for step in stage.steps if step.keyword == "CMD")
    user = next((step.text for step in stage.steps if step.keyword == "USER"), "root")
    needed = {
        f"the program {command[0]}": (directory / ".venv" / "bin" / command[0]).exists(),
        "static files with their manifest": (directory / "staticfiles" / "staticfiles.json").exists(),
        "translations": any(directory.glob("locale/*/LC_MESSAGES/*.mo")),
        "a user that is not root": user.split(":")[0] not in ("root", "0"),
        "no tests": not (directory / "tests").exists(),
    }
    missing = [what for what, there in needed.items() if not there]
    if missing:
        raise Stop(f"the built image lacks {', '.join(missing)}.")
    python = directory / ".venv" / "bin" / "python"
    environment = {"PATH": os.environ["PATH"], "KICC_VAR": str(directory / "var")}
    done = subprocess.run(
        [python, "manage.py", "check"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"Django does not start in the built image: {done.stderr.strip()[-600:]}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kicc-image-") as place:
        try:
            replay(Path(place))
        except Stop as error:
            end("The image", error)
    print("The image's steps work.")


if __name__ == "__main__":
    main()
