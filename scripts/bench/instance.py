"""A running instance to be measured: what it costs its processes, and a sender that does little itself."""

import hashlib
import http.client
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.stack import Stack

LANES = 4
POLL_SECONDS = 0.5
CLOCK = os.sysconf("SC_CLK_TCK")
FINISHED = ("done", "attention")


class Caller:
    """Calls the API as the demo's first radiologist, with a connection a lane."""

    def __init__(self, stack: Stack, port: int | None = None) -> None:
        self.port = port or stack.port
        self._token = ""
        self._pool = ThreadPoolExecutor(LANES)
        account = {"email": "site@demo.kicc", "password": stack.password}
        self._token = self.ask(stack.port, "POST", "auth/token/", account)["token"]
        self.api = stack.port

    def ask(self, port: int, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer to one call of the API; RuntimeError when it is refused."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Token {self._token}"
        try:
            connection.request(method, f"/api/v1/{path}", json.dumps(body or {}), headers)
            answer = connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said}")
        return said

    def start(self, files: dict[str, bytes]) -> str:
        """A new upload of a new subject."""
        code = self.ask(self.api, "POST", "subjects/")["code"]
        listed = [{"sha256": digest, "size": len(data)} for digest, data in files.items()]
        return str(self.ask(self.api, "POST", "uploads/", {"subject": code, "files": listed})["id"])

    def put(self, upload: str, files: dict[str, bytes]) -> float:
        """Seconds that it took to send all files, LANES at a time."""
        items = list(files.items())
        began = time.perf_counter()
        list(self._pool.map(lambda lane: self._lane(upload, items[lane::LANES]), range(LANES)))
        return time.perf_counter() - began

    def complete(self, upload: str, *, within: float = 900) -> None:
        """Complete it and return when every file has its verdict; RuntimeError when it takes longer."""
        self.ask(self.api, "POST", f"uploads/{upload}/complete/")
        end = time.monotonic() + within
        while self.ask(self.api, "GET", f"uploads/{upload}/")["state"] not in FINISHED:
            if time.monotonic() > end:
                raise RuntimeError(f"the upload is not finished after {within:.0f} s")
            time.sleep(POLL_SECONDS)

    def _lane(self, upload: str, items: list[tuple[str, bytes]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Token {self._token}", "Content-Type": "application/octet-stream"}
        try:
            for digest, data in items:
                connection.request("PUT", f"/api/v1/uploads/{upload}/files/{digest}", data, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 201:
                    raise RuntimeError(f"PUT: {answer.status}")
        finally:
            connection.close()


def manifest(files: list[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(data).hexdigest(): data for data in files}


def measurable() -> bool:
    """Whether this machine tells what a process costs."""
    return sys.platform == "linux"


def processes(group: int) -> list[Path]:
    """Directories under /proc of the living processes of a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append(path)
    return found


def cpu_seconds(group: int) -> float:
    """Processor time, user and system, that the group's living processes have used, their dead included."""
    total = 0
    for path in processes(group):
        fields = (path / "stat").read_text().rpartition(")")[2].split()
        total += sum(int(value) for value in fields[11:15])
    return total / CLOCK


def peak_megabytes(group: int) -> float:
    """The largest peak of resident memory among the group's living processes."""
    peaks = [0]
    for path in processes(group):
        for line in (path / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peaks.append(int(line.split()[1]))
    return max(peaks) / 1024


def forget_peaks(group: int) -> None:
    """Let the peaks begin anew."""
    for path in processes(group):
        (path / "clear_refs").write_text("5")
