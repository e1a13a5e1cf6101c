"""Reading the Dockerfile as far as this project uses it: stages of instructions, ignore patterns."""

import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path

from scripts.say import Stop


@dataclass(frozen=True)
class Step:
    """One instruction: its keyword, its flags (`--from=…`) and the rest of the line."""

    keyword: str
    flags: dict[str, str]
    text: str


@dataclass
class Stage:
    name: str
    parent: str
    steps: list[Step] = field(default_factory=list)


def read(path: Path) -> list[Stage]:
    """The stages in order. Raises Stop at what is not understood."""
    stages: list[Stage] = []
    text = re.sub(r"\\\n", " ", path.read_text())
    for line in (line.strip() for line in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        keyword, _, rest = line.partition(" ")
        if keyword == "FROM":
            parent, _, name = rest.partition(" AS ")
            stages.append(Stage(name.strip() or "final", parent.strip()))
            continue
        if not stages:
            raise Stop(f"{path.name}: {keyword} before the first FROM.")
        flags = dict(re.findall(r"--(\w[\w-]*)=(\S+)", rest)) if keyword in ("COPY", "HEALTHCHECK") else {}
        for flag, value in flags.items():
            rest = rest.replace(f"--{flag}={value}", "").strip()
        stages[-1].steps.append(Step(keyword, flags, rest))
    return stages


def ignored(name: str, patterns: list[str]) -> bool:
    """Whether a .dockerignore pattern leaves out `name` or a directory above it."""
    parts = name.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for pattern in patterns:
        if pattern.startswith("**/"):
            if any(fnmatch.fnmatchcase(part, pattern[3:]) for part in parts):
                return True
        elif any(
            fnmatch.fnmatchcase(path, pattern) and path.count("/") == pattern.count("/") for path in above
        ):
            return True
    return False


def ignore_patterns(path: Path) -> list[str]:
    lines = (line.strip().rstrip("/") for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]
