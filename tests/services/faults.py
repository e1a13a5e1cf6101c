"""A store that misbehaves: a loopback HTTP relay that fails, delays, hangs or refuses for want of space."""

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = ("refused", "cut", "answer lost", "half an answer")
WRITES = {"PUT", "POST"}
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


@dataclass
class Faults:
    """What the relay does now; all may be changed while it runs.

    share: of the calls that fail, in one of FAULTS, chosen anew for each. delay: seconds before each call is
    passed on. hang, hangs: seconds for which so many more calls are held. full: whether what would need room
    is refused, as Ceph does at its quota. gone: every call is cut. told: how often each fault was done.
    """

    share: float = 0.0
    delay: float = 0.0
    hang: float = 0.0
    hangs: int = 0
    full: bool = False
    gone: bool = False
    told: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self, method: str) -> str:
        """What happens to the next call: one of FAULTS, "full", "hang" or nothing."""
        with self._lock:
            chosen = ""
            if self.gone:
                chosen = "cut"
            elif self.full and method in WRITES:
                chosen = "full"
            elif self.hangs:
                self.hangs -= 1
                chosen = "hang"
            elif self.dice.random() < self.share:
                chosen = self.dice.choice(FAULTS)
            self.told["calls"] += 1
            if chosen:
                self.told[chosen] += 1
            return chosen

    def clear(self) -> None:
        """Behave from now on; what was told stays."""
        self.share = self.delay = self.hang = 0.0
        self.hangs, self.full, self.gone = 0, False, False


class FaultyStore:
    """Relays HTTP to the loopback port `target`; `faults` says how badly."""

    def __init__(self, target: int) -> None:
        self.faults = Faults()
        handler = type("Relay", (_Relay,), {"target": target, "faults": self.faults})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.endpoint = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target: int
    faults: Faults

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.faults.choose(self.command)
        time.sleep(self.faults.hang if fault == "hang" else self.faults.delay)
        if fault == "refused":
            self._refuse(503, "SlowDown")
        elif fault == "full":
            self._refuse(403, "QuotaExceeded")
        elif fault == "cut":
            self.close_connection = True
        else:
            self._relay(body, fault)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass

    def _relay(self, body: bytes, fault: str) -> None:
        server = http.client.HTTPConnection("127.0.0.1", self.target, timeout=60)
        try:
            server.request(self.command, self.path, body or None, dict(self.headers))
            answer = server.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            return
        finally:
            server.close()
        if fault == "answer lost":
            self.close_connection = True
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        if length is not None:
            self.send_header("Content-Length", length)
        self.end_headers()
        if fault == "half an answer":
            data, self.close_connection = data[: len(data) // 2], True
        self.wfile.write(data)

    def _refuse(self, status: int, code: str) -> None:
        data = f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True
