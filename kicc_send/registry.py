"""The registry's API, seen from the hospital: calls that wait out a bad line and say what is refused.

What stands in `kicc_fetch.registry` too is there because each is installed by itself.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from deid import ENGINE
from kicc_send import CLIENT

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
TIMEOUT = httpx.Timeout(120.0, connect=15.0)
PASSING = {408, 425, 429}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Refusal(Exception):
    """The registry says no: status, stable code, sentence, and the rest of its answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body.get("message") or ""))
        self.status = status
        self.code = str(body.get("code") or "")
        self.body = body

    @property
    def about_the_token(self) -> bool:
        return self.status == 401


class Unreachable(Exception):
    """Nothing was heard of the registry for as long as one was willing to wait."""


class NotARegistry(Exception):
    """Something answers at the address, but not as a registry does."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def safe(address: str) -> bool:
    """Whether what is sent there cannot be read on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class Registry:
    """One registry, one site's token. Threads may share it. `tell(seconds)` is called before each pause."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str,
        patience: float,
        authorities: str | bool = True,
        tell: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.patience, self.tell = patience, tell
        self._heard = time.monotonic()
        self._stop = threading.Event()
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1/",
            headers={
                "Authorization": f"Token {token}",
                "Accept": "application/json",
                "Accept-Language": language,
                "User-Agent": CLIENT,
            },
            timeout=TIMEOUT,
            verify=authorities,
            follow_redirects=False,
        )

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def stop(self) -> None:
        """Let every waiting call end with Unreachable."""
        self._stop.set()

    def site_key(self) -> tuple[str, bytes]:
        """Code of the token's site and its key for UIDs."""
        said = self._call("GET", "sites/key/")
        return str(said["site"]), bytes.fromhex(said["key"])

    def subject(self, code: str) -> None:
        """Raises Refusal (404) when the site has no such subject."""
        self._call("GET", f"subjects/{code}/")

    def new_subject(self, request_id: str) -> str:
        """Code of a new subject; the same `request_id` gives the same one again."""
        return str(self._call("POST", "subjects/", json={"request_id": request_id})["code"])

    def start(self, subject: str, files: dict[str, int]) -> dict[str, Any]:
        """Start or resume the upload of these digests and sizes: id, state, missing."""
        listed = [{"sha256": sha256, "size": size} for sha256, size in files.items()]
        body = {"subject": subject, "files": listed, "stripped_by": ENGINE, "client": CLIENT}
        return self._call("POST", "uploads/", json=body)

    def put(self, upload: str, sha256: str, data: bytes) -> None:
        self._call("PUT", f"uploads/{upload}/files/{sha256}", content=data)

    def complete(self, upload: str) -> None:
        self._call("POST", f"uploads/{upload}/complete/", json={})

    def get(self, upload: str) -> dict[str, Any]:
        return self._call("GET", f"uploads/{upload}/")

    def discard(self, upload: str) -> None:
        self._call("DELETE", f"uploads/{upload}/")

    def rest(self, seconds: float) -> None:
        """Pause, or raise Unreachable when everything shall stop."""
        if self._stop.wait(seconds):
            raise Unreachable

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        wait = FIRST_WAIT
        while True:
            asked = 0.0
            try:
                response = self._http.request(method, path, **request)
            except httpx.TransportError:
                pass
            else:
                if response.status_code < 500 and response.status_code not in PASSING:
                    self._heard = time.monotonic()
                    said = _said(response)
                    if response.is_success:
                        return said
                    if said.get("code") != "cut_off":
                        raise Refusal(response.status_code, said)
                asked = _seconds(response.headers.get("Retry-After", ""))
            if time.monotonic() - self._heard > self.patience:
                raise Unreachable
            pause = max(asked, wait * random.uniform(0.7, 1.3))
            self.tell(pause)
            self.rest(pause)
            wait = min(wait * 2, LONGEST_WAIT)


def _said(response: httpx.Response) -> dict[str, Any]:
    """The answer's body. Raises NotARegistry where it is none of ours."""
    try:
        said = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or (response.is_error and "code" not in said) or response.is_redirect:
        raise NotARegistry(response.status_code)
    return said


def _seconds(text: str) -> float:
    return min(float(text), 10 * LONGEST_WAIT) if text.isascii() and text.isdigit() else 0.0
