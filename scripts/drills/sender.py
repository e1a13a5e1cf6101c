"""A hospital that sends by the API and does not give up, and keeps account of what was acknowledged."""

import hashlib
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.stack import Stack

LANES = 4
PAUSE = 0.5
OPEN, FINISHED = ("open", "processing"), ("done", "attention")


@dataclass
class Bill:
    """One upload as its sender knows it.

    images are expected to be stored, strays to be refused; acknowledged holds the digests that were answered
    with 201 or 200. odd: answers that should not have been given.
    """

    subject: str
    images: dict[str, bytes]
    strays: dict[str, bytes]
    upload: str = ""
    acknowledged: set[str] = field(default_factory=set)
    odd: Counter[str] = field(default_factory=Counter)

    @property
    def files(self) -> dict[str, bytes]:
        return self.images | self.strays


class GaveUp(Exception):
    """The registry did not come back in the time that the drill allows."""


class Sender:
    """One person of one site. `hitches` counts calls that had to be made again, by what was heard."""

    def __init__(self, stack: Stack, email: str = "site@demo.kicc", *, patience: float = 120) -> None:
        self.patience = patience
        self.hitches: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.http = httpx.Client(base_url=f"{stack.url}/api/v1/", timeout=90)
        said = self.ask("POST", "auth/token/", json={"email": email, "password": stack.password})
        self.http.headers["Authorization"] = f"Token {said.json()['token']}"

    def close(self) -> None:
        self.http.close()

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer to a call, made again while the line or the registry is down. GaveUp."""
        end = time.monotonic() + self.patience
        while True:
            try:
                answer = self.http.request(method, path, **request)
            except httpx.TransportError as error:
                heard = type(error).__name__
            else:
                if answer.status_code != 503 and _code(answer) != "cut_off":
                    return answer
                heard = f"{answer.status_code} {_code(answer)}"
            with self._lock:
                self.hitches[heard] += 1
            if time.monotonic() > end:
                raise GaveUp(f"{method} {path.split('/')[0]}: {heard}")
            time.sleep(PAUSE)

    def bill(self, images: list[bytes], strays: list[bytes] | None = None) -> Bill:
        """A new subject and what shall be sent of it."""
        code = str(self.ask("POST", "subjects/", json={}).json()["code"])
        return Bill(code, by_digest(images), by_digest(strays or []))

    def send(self, bill: Bill) -> Bill:
        """Start, send what is missing until all is acknowledged, complete. Answers are kept in the bill."""
        self.start(bill)
        answer = self.ask("POST", f"uploads/{bill.upload}/complete/", json={})
        if answer.status_code != 202:
            bill.odd[f"complete: {answer.status_code} {_code(answer)}"] += 1
        return bill

    def start(self, bill: Bill) -> None:
        """As `send`, without the last word."""
        while True:
            body = {"subject": bill.subject, "files": _listed(bill.files), "client": "drill"}
            answer = self.ask("POST", "uploads/", json=body)
            if answer.status_code != 201:
                bill.odd[f"start: {answer.status_code} {_code(answer)}"] += 1
                return
            said = answer.json()
            bill.upload = said["id"]
            if forgotten := bill.acknowledged & set(said["missing"]):
                bill.odd["asked again for what was acknowledged"] += len(forgotten)
            if not said["missing"]:
                return
            with ThreadPoolExecutor(LANES) as pool:
                list(pool.map(lambda digest: self._put(bill, digest), said["missing"]))
            if not bill.acknowledged >= set(said["missing"]):
                return

    def finished(self, bill: Bill, *, within: float) -> dict[str, Any]:
        """What GET says of the upload at its end. GaveUp."""
        end = time.monotonic() + within
        while True:
            said: dict[str, Any] = self.ask("GET", f"uploads/{bill.upload}/").json()
            if said["state"] in FINISHED:
                return said
            if time.monotonic() > end:
                raise GaveUp(f"the upload is {said['state']} after {within:.0f} s: {said['progress']}")
            time.sleep(PAUSE)

    def _put(self, bill: Bill, digest: str) -> None:
        answer = self.ask("PUT", f"uploads/{bill.upload}/files/{digest}", content=bill.files[digest])
        with self._lock:
            if answer.status_code in (200, 201):
                bill.acknowledged.add(digest)
            else:
                bill.odd[f"PUT: {answer.status_code} {_code(answer)}"] += 1


def by_digest(files: list[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(data).hexdigest(): data for data in files}


def _listed(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [{"sha256": digest, "size": len(data)} for digest, data in files.items()]


def _code(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return "no JSON"
    return str(said.get("code", "")) if isinstance(said, dict) else ""
