"""A bare web server that takes a body and throws it away."""

from collections.abc import Callable, Iterable
from typing import Any

PIECE = 1 << 18


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body away and say 201."""
    body = environ["wsgi.input"]
    while body.read(PIECE):
        pass
    start_response("201 Created", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]
