"""Production settings have no defaults: what is missing stops the start, by name."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra import compose

ROOT = compose.ROOT
ASKED = sorted(set(re.findall(r'"(KICC_\w+)"', (ROOT / "registry/settings/production.py").read_text())))


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with only the settings given."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("KICC_", "DJANGO_"))}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=120, check=False
    )


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return python(environment, "-c", "import registry.settings.production")


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    values = compose.some_values(tmp_path / "keys")
    given = compose.load(values)["services"]["web"]["environment"]
    return {name: value.replace("/run/keys", values["KICC_KEYS"]) for name, value in given.items()}


def test_they_load_with_what_the_compose_file_gives(complete: dict[str, str]) -> None:
    done = start(complete)
    assert done.returncode == 0, done.stderr


def test_check_deploy_is_clean(complete: dict[str, str]) -> None:
    done = python(complete, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


CHOSEN = """
from registry.settings import production as p
print(p.SECURE_HSTS_INCLUDE_SUBDOMAINS, p.SECURE_HSTS_PRELOAD, p.EMAIL_USE_TLS)
print(repr(p.EMAIL_HOST_USER), repr(p.EMAIL_HOST_PASSWORD))
"""


def test_what_binds_others_or_needs_an_account_is_chosen(complete: dict[str, str]) -> None:
    assert python(complete, "-c", CHOSEN).stdout.split() == ["False", "False", "False", "''", "''"]
    chosen = dict.fromkeys(("KICC_HSTS_SUBDOMAINS", "KICC_HSTS_PRELOAD", "KICC_EMAIL_TLS"), "on")
    chosen |= {"KICC_EMAIL_USER": "u", "KICC_EMAIL_PASSWORD": "p"}
    assert python(complete | chosen, "-c", CHOSEN).stdout.split() == ["True", "True", "True", "'u'", "'p'"]


def test_a_proxy_that_is_no_network_stops_the_start(complete: dict[str, str]) -> None:
    for wrong in ("", "proxy", "10.0.0.1/8"):
        done = start(complete | {"KICC_TRUSTED_PROXIES": wrong})
        assert done.returncode != 0
        assert "KICC_TRUSTED_PROXIES" in done.stderr


MISSING_ONE_BY_ONE = """
import json, os, runpy, sys
said = {}
for name in sys.argv[1:]:
    value = os.environ.pop(name, None)
    os.environ["KICC_STORE"] = "directory" if name == "KICC_STORE_DIR" else "s3"
    if name == "KICC_STORE":
        del os.environ["KICC_STORE"]
    try:
        runpy.run_module("registry.settings.production")
        said[name] = "started"
    except Exception as error:
        said[name] = str(error)
    if value is not None:
        os.environ[name] = value
print(json.dumps(said))
"""


def test_each_missing_value_stops_the_start_and_is_named(complete: dict[str, str]) -> None:
    done = python(complete, "-c", MISSING_ONE_BY_ONE, *ASKED)
    said = json.loads(done.stdout)
    assert len(said) > 15
    assert not {name: text for name, text in said.items() if name not in text}


def test_a_key_file_that_others_can_read_stops_the_start(complete: dict[str, str]) -> None:
    Path(complete["KICC_MASTER_KEY_FILE"]).chmod(0o644)
    done = start(complete)
    assert done.returncode != 0
    assert "can be read by others" in done.stderr
