"""docker-compose.yml as Compose reads it: variables put in, anchors merged."""

import os
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")


def text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


def variables() -> dict[str, str]:
    """What the file asks of the environment: name → what follows it, as `:?message`."""
    return dict(VARIABLE.findall(text()))


def load(values: dict[str, str]) -> dict[str, Any]:
    """The file with `values` put in; KeyError when one is missing."""
    loaded: dict[str, Any] = yaml.safe_load(VARIABLE.sub(lambda match: values[match.group(1)], text()))
    return loaded


def example() -> dict[str, str]:
    """Names and values of .env.example."""
    lines = (line for line in (ROOT / ".env.example").read_text().splitlines() if line and line[0] != "#")
    return dict(line.split("=", 1) for line in lines)


def some_values(keys: Path) -> dict[str, str]:
    """A value for every variable; the four key files are made in `keys`."""
    keys.mkdir(exist_ok=True)
    for name in ("secret", "master", "uid", "receipt"):
        path = keys / name
        path.touch(mode=0o600)
        path.write_text(os.urandom(32).hex() + "\n")
    return {
        **{name: f"{name.lower().replace('_', '')}1" for name in variables()},
        "KICC_KEYS": str(keys),
        "KICC_LISTEN": "127.0.0.1:8000",
        "KICC_ALLOWED_HOSTS": "registry.example",
        "KICC_CSRF_TRUSTED_ORIGINS": "https://registry.example",
        "KICC_TRUSTED_PROXIES": "10.0.0.0/8",
        "KICC_EMAIL_FROM": "registry@registry.example",
    }
