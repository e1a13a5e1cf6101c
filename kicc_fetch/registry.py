"""The registry's API, seen by who takes a release: calls that wait out a bad line.

What stands in `kicc_send.registry` too is there because each is installed by itself.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from kicc_fetch import CLIENT

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
TIMEOUT = httpx.Timeout(120.0, connect=15.0)
PASSING = {408, 425, 429}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Refusal(Exception):
    """The registry says no: status, stable code, sentence."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body.get("message") or ""))
        self.status, self.code = status, str(body.get("code") or "")


class Unreachable(Exception):
    """Nothing was heard of the registry for as long as one was willing to wait."""


class NotARegistry(Exception):
    """Something answers at the address, but not as a registry does."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def safe(address: str) -> bool:
    """Whether what comes from there cannot be read on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class Registry:
    """One registry, one person's token. `tell(seconds)` is called before each pause."""

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
        self._wait, self._heard = FIRST_WAIT, time.monotonic()
        self._http = httpx.Client(
            base_url=address.rstrip("/"),
            headers={
                "Authorization": f"Token {token}",
                "Accept-Language": language,
                "Accept-Encoding": "identity",
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

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at `path`. Raises Refusal, NotARegistry, Unreachable."""
        while True:
            try:
                with self.stream(path) as response:
                    response.read()
                    return _said(response)
            except httpx.TransportError:
                self.pause()

    @contextmanager
    def stream(self, path: str, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        """The answer as it comes, status 2xx. Raises Refusal, NotARegistry, httpx.TransportError on a cut."""
        while True:
            with self._http.stream("GET", path, headers=headers) as response:
                if response.status_code < 500 and response.status_code not in PASSING:
                    self.heard()
                    if not response.is_success:
                        response.read()
                        raise Refusal(response.status_code, _said(response))
                    yield response
                    return
            self.pause()

    def heard(self) -> None:
        """Something came; patience begins anew."""
        self._wait, self._heard = FIRST_WAIT, time.monotonic()

    def pause(self) -> None:
        """Wait before the next try. Raises Unreachable when patience is at its end."""
        if time.monotonic() - self._heard > self.patience:
            raise Unreachable
        seconds = self._wait * random.uniform(0.7, 1.3)
        self.tell(seconds)
        time.sleep(seconds)
        self._wait = min(self._wait * 2, LONGEST_WAIT)


def _said(response: httpx.Response) -> dict[str, Any]:
    """The answer's body. Raises NotARegistry where it is none of ours."""
    try:
        said = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or (response.is_error and "code" not in said) or response.is_redirect:
        raise NotARegistry(response.status_code)
    return said
