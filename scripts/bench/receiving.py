"""Files put to the running web server, beside the same server with a handler that throws them away."""

import signal
import statistics
import subprocess
import sys

from scripts.bench.figures import RUNS, Bench
from scripts.bench.instance import Caller, cpu_seconds, manifest, measurable
from tests.services.place import Place, answers, free_port, wait_until
from tests.stack import ROOT, Stack

BARE, EMPTY, RECEIVED = "PUT to a bare server", "PUT to an empty handler", "PUT to the registry"
APPLICATIONS = {BARE: "scripts.bench.bare:application", EMPTY: "registry.wsgi"}


def run(bench: Bench, place: Place, stack: Stack) -> None:
    """All take the same bytes in turn, over the same number of connections; the client's part is in all."""
    files = manifest(bench.files)
    ports = {name: free_port() for name in APPLICATIONS}
    servers = {name: _server(place, stack, APPLICATIONS[name], port) for name, port in ports.items()}
    callers = {name: Caller(stack, port) for name, port in ports.items()} | {RECEIVED: Caller(stack)}
    groups = {name: server.pid for name, server in servers.items()}
    groups[RECEIVED] = stack.processes["web"].pid
    took: dict[str, list[float]] = {name: [] for name in callers}
    cost: dict[str, list[float]] = {name: [] for name in callers}
    for number in range(RUNS + 1):
        for name, caller in callers.items():
            upload = caller.start(files)
            before = cpu_seconds(groups[name]) if measurable() else 0.0
            seconds = caller.put(upload, files)
            if number:
                took[name].append(seconds)
                cost[name].append(cpu_seconds(groups[name]) - before if measurable() else 0.0)
    for server in servers.values():
        place.end(server, signal.SIGTERM)
    for name, peer in ((BARE, ""), (EMPTY, BARE), (RECEIVED, EMPTY)):
        bench.add(name, statistics.median(took[name]), cpu=statistics.median(cost[name]), peer=peer)
    bench.compare(RECEIVED, BARE)


def _server(place: Place, stack: Stack, application: str, port: int) -> "subprocess.Popen[bytes]":
    log = stack.logs_directory / f"{application.partition(':')[0]}.log"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn", application]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(stack.web_workers)]
    environment = {**stack.environment, "DJANGO_SETTINGS_MODULE": "scripts.bench.settings"}
    process: subprocess.Popen[bytes] = place.start(command, cwd=ROOT, log=log, environment=environment)
    wait_until(lambda: answers(port), process=process, log=log)
    return process
