"""Compose file and image name only what exists and hold no secret; their commands come up for real."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from scripts import dockerfile
from tests.infra import compose
from tests.services.place import Place, free_port
from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.services.valkey import Valkey

ROOT = compose.ROOT
OURS = ("web", "worker", "beat", "migrate", "bucket")
JOBS = ("migrate", "bucket")


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    return compose.load(compose.some_values(tmp_path / "keys"))


def stages() -> list[dockerfile.Stage]:
    return dockerfile.read(ROOT / "Dockerfile")


def image_command() -> list[str]:
    return next(json.loads(step.text) for step in stages()[-1].steps if step.keyword == "CMD")


def settings_text(name: str) -> str:
    return (ROOT / "registry" / "settings" / name).read_text()


def test_the_parts_are_those_of_the_design(file: dict[str, Any]) -> None:
    assert set(file["services"]) == {*OURS, "postgres", "valkey", "seaweedfs", "mail"}


def test_every_variable_must_be_given_and_the_example_names_each_without_a_value() -> None:
    asked = compose.variables()
    assert all(rule.startswith(":?") and len(rule) > 5 for rule in asked.values())
    assert compose.example() == dict.fromkeys(asked, "")


def test_no_secret_is_written_down(file: dict[str, Any]) -> None:
    lines = compose.text().splitlines()
    named = [line for line in lines if re.search(r"(PASSWORD|SECRET|ACCESS_KEY|AUTH)\w*:", line)]
    assert named
    assert all("${" in line or "_FILE: /run/keys/" in line for line in named)


def test_images_are_pinned(file: dict[str, Any]) -> None:
    images = [service["image"] for name, service in file["services"].items() if name not in OURS]
    images += [stage.parent for stage in stages() if "/" in stage.parent or ":" in stage.parent]
    assert len(images) == 5
    assert all(re.fullmatch(r"[a-z/]+:v?\d+\.\d+[\w.-]*", image) for image in images)


def test_every_reference_inside_the_file_is_defined(file: dict[str, Any]) -> None:
    services = file["services"]
    for name, service in services.items():
        assert set(service.get("networks", [])) <= set(file["networks"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in file["volumes"] or Path(source).is_dir(), f"{name}: {volume}"
        for config in service.get("configs", []):
            assert config["source"] in file["configs"]
        for other, condition in service.get("depends_on", {}).items():
            well = "healthcheck" in services[other] and "disable" not in services[other]["healthcheck"]
            wanted = "service_healthy" if well else "service_completed_successfully"
            assert condition == {"condition": wanted}, f"{name} waits for {other}"


def test_everything_that_stays_up_has_a_health_check(file: dict[str, Any]) -> None:
    for name, service in file["services"].items():
        check = service["healthcheck"]
        assert check == {"disable": True} if name in JOBS else check["test"][0].startswith("CMD"), name


def test_our_containers_get_what_production_settings_ask_and_nothing_else(file: dict[str, Any]) -> None:
    asked = set(re.findall(r'env(?:\.\w+)?\(\s*"(KICC_\w+)"', settings_text("production.py")))
    optional = set(re.findall(r'env(?:\.\w+)?\(\s*"(KICC_\w+)"', settings_text("base.py")))
    for name in OURS:
        given = {key for key in file["services"][name]["environment"] if key.startswith("KICC_")}
        assert asked - {"KICC_STORE_DIR"} <= given <= asked | optional, name


def test_our_containers_have_no_rights_to_spare(file: dict[str, Any]) -> None:
    for name in OURS:
        service = file["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    inside = [name for name, service in file["services"].items() if service["networks"] == ["inside"]]
    assert {"worker", "beat", "postgres", "valkey", "seaweedfs"} <= set(inside)
    assert not any("ports" in file["services"][name] for name in inside)
    assert file["networks"]["inside"] == {"internal": True}


def test_ports_agree(file: dict[str, Any]) -> None:
    exposed = next(step.text for step in stages()[-1].steps if step.keyword == "EXPOSE")
    command = image_command()
    assert command[command.index("--bind") + 1] == f"0.0.0.0:{exposed}"
    services = file["services"]
    assert services["web"]["ports"][0].rsplit(":", 1)[1] == exposed
    environment = services["web"]["environment"]
    assert f"s3.port={environment['KICC_S3_ENDPOINT'].rsplit(':', 1)[1]}" in " ".join(
        services["seaweedfs"]["command"]
    )
    hosts = re.findall(r"(?:@|//)([a-z]+):\d+", " ".join(environment.values()))
    assert {*hosts, environment["KICC_EMAIL_HOST"]} == {"postgres", "valkey", "seaweedfs", "mail"}


def test_every_program_of_ours_exists(file: dict[str, Any]) -> None:
    commands = [service["command"] for name, service in file["services"].items() if name in OURS[1:]]
    commands += [
        service["healthcheck"]["test"][1:] for name, service in file["services"].items() if name in OURS[:3]
    ]
    for command in [*commands, image_command()]:
        program, *rest = command
        if program == "python" and rest[0] == "-m":
            assert importlib.util.find_spec(rest[1]), command
        elif program == "python":
            assert (ROOT / rest[0]).is_file()
            assert rest[1] in get_commands()
        else:
            assert importlib.util.find_spec(program), command


def test_what_the_dockerfile_copies_exists_and_is_not_ignored() -> None:
    patterns = dockerfile.ignore_patterns(ROOT / ".dockerignore")
    names = {stage.name for stage in stages()}
    for stage in stages():
        for step in (step for step in stage.steps if step.keyword == "COPY"):
            if "from" in step.flags:
                assert step.flags["from"] in names
                continue
            for source in step.text.split()[:-1]:
                assert (ROOT / source).exists()
                assert source == "." or not dockerfile.ignored(source, patterns)


@pytest.mark.parametrize("name", [".env", ".git", "var", "secrets", "tests", ".venv", "registry/__pycache__"])
def test_state_and_secrets_stay_out_of_the_image(name: str) -> None:
    assert dockerfile.ignored(name, dockerfile.ignore_patterns(ROOT / ".dockerignore"))


def test_the_image_does_not_run_as_root() -> None:
    user = next(step.text for step in stages()[-1].steps if step.keyword == "USER")
    assert int(user.split(":")[0]) > 0


class Containers:
    """The compose file's own commands and environment as processes, its host names put on loopback ports."""

    def __init__(self, place: Place, file: dict[str, Any], hosts: dict[str, str]) -> None:
        self.place = place
        self.file = file
        self.hosts = hosts
        self.port = free_port()
        self.home = place.directory(f"compose {self.port}")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("KICC_", "DJANGO_"))}
        given = {
            key: self.on_loopback(value) for key, value in self.file["services"][name]["environment"].items()
        }
        return {**kept, **given}

    def on_loopback(self, value: str) -> str:
        for host, address in self.hosts.items():
            value = value.replace(host, address)
        return value

    def command(self, command: list[str]) -> list[str]:
        program, *rest = command
        rest = [self.on_loopback(word).replace("/tmp/beat", str(self.home / "beat")) for word in rest]
        return [sys.executable, *rest] if program == "python" else [sys.executable, "-m", program, *rest]

    def job(self, name: str, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a service's command, or another in its environment, to the end."""
        words = self.command(command or self.file["services"][name]["command"])
        return subprocess.run(
            words,
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, name: str, command: list[str]) -> None:
        self.running[name] = self.place.start(
            self.command(command), cwd=ROOT, log=self.home / f"{name}.log", environment=self.environment(name)
        )

    def healthy(self, name: str, *extra: str) -> bool:
        """Whether the service's own health check says so."""
        return (
            self.job(name, [*self.file["services"][name]["healthcheck"]["test"][1:], *extra]).returncode == 0
        )

    def stop(self) -> None:
        for process in self.running.values():
            self.place.end(process, 15, within=10)


def soon(ready: Any, within: float = 60) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.3)
    return False


@pytest.mark.timeout(300)
def test_the_commands_come_up_on_real_parts_and_their_health_checks_can_fail(
    place: Place, file: dict[str, Any], postgres: Postgres, valkey: Valkey, s3: S3, tmp_path: Path
) -> None:
    values = {
        **compose.some_values(tmp_path / "keys"), "KICC_S3_ACCESS_KEY": s3.access_key,
        "KICC_S3_SECRET_KEY": s3.secret_key,
    }  # fmt: skip
    file = compose.load(values)
    database = postgres.create_database("compose").rsplit("/", 1)[1]
    given = file["services"]["web"]["environment"]
    port = free_port()
    hosts = {
        "@postgres:5432/kicc": f"@127.0.0.1:{postgres.port}/{database}",
        f"redis://:{values['KICC_QUEUE_PASSWORD']}@valkey:6379": valkey.url.rsplit("/", 1)[0],
        given["KICC_S3_ENDPOINT"]: s3.endpoint,
        "/run/keys": values["KICC_KEYS"],
        "0.0.0.0:8000": f"127.0.0.1:{port}",
    }
    for service in OURS:
        file["services"][service]["environment"]["KICC_S3_BUCKET"] = "compose"
    containers = Containers(place, file, hosts)
    try:
        assert not containers.healthy("web", str(port))
        for job in JOBS:
            for _ in range(2):
                done = containers.job(job)
                assert done.returncode == 0, done.stderr[-1500:]
        assert not containers.healthy("beat")
        containers.start("web", image_command())
        containers.start("beat", file["services"]["beat"]["command"])
        assert soon(lambda: containers.healthy("beat"))
        assert not containers.healthy("web", str(port)), "no worker yet: health must say so"
        host = socket.gethostname()
        worker = [word.replace("%h", host) for word in file["services"]["worker"]["command"]]
        containers.start("worker", worker)
        assert soon(lambda: containers.healthy("worker"))
        assert soon(lambda: containers.healthy("web", str(port))), (containers.home / "web.log").read_text()[
            -1500:
        ]
    finally:
        containers.stop()
