"""Names planted wherever a request has room for one; the logs of a running web server hold none of them."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.services.place import Place
from tests.stack import Stack

NAME = "HONGGILDONG"
SENT = {
    "version": f"GET /{NAME} HTTP/9\r\n\r\n",
    "method": f"{NAME}\x01 / HTTP/1.1\r\n\r\n",
    "well-formed method": f"{NAME} / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "host": f"GET / HTTP/1.1\r\nHost: {NAME}.example\r\n\r\n",
    "header name": f"GET / HTTP/1.1\r\n{NAME} X: x\r\n\r\n",
    "header value": f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Patient: {NAME}\x00\r\n\r\n",
    "length": f"PUT /api/v1/uploads/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {NAME}\r\n\r\n",
    "coding": f"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: {NAME}\r\n\r\n",
    "long line": f"GET /{NAME * 1000} HTTP/1.1\r\n\r\n",
    "csrf": f"POST /{NAME}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
    "csrf of a page": f"POST /theme/?q={NAME} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
    "boundary": (
        "POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=" + "a" * 32 + "\r\n"
        f"Content-Type: multipart/form-data; boundary={NAME}~\r\nContent-Length: 2\r\n\r\nab"
    ),
}


@pytest.fixture(scope="module")
def web(place: Place) -> Iterator[Stack]:
    """Only the web server, with its database and without queue and worker."""
    stack = Stack(place)
    stack.manage("migrate", "--no-input", "--verbosity", "0")
    stack.manage("demo_accounts")
    stack.start_web()
    try:
        stack.wait(lambda: answers(stack), "answering web server")
        yield stack
    finally:
        stack.stop()


def answers(stack: Stack) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def send_raw(stack: Stack, text: str) -> bytes:
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        return connection.recv(12)


def files_below(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


@pytest.mark.timeout(240)
def test_no_log_repeats_what_a_request_said(web: Stack) -> None:
    for part, text in SENT.items():
        assert send_raw(web, text).startswith(b"HTTP/1."), part
    with httpx.Client(base_url=web.url, timeout=20) as client:
        body = {"email": "lead@demo.kicc", "password": web.password}
        token = client.post("/api/v1/auth/token/", json=body).json()["token"]
        for headers in ({}, {"Authorization": f"Token {token}"}, {"Authorization": f"Token {NAME}"}):
            for path in (f"/subjects/{NAME}/", f"/api/v1/{NAME}/", f"/api/v1/subjects/{NAME}", f"/{NAME}"):
                for method in ("GET", "POST", "PUT", NAME):
                    client.request(method, path, headers=headers, params={"q": NAME})
            client.post("/api/v1/subjects/", content=b'["' + NAME.encode(), headers=headers)
            client.post("/accounts/login/", files={"f": (f"{NAME}.dcm", b"x")}, headers=headers)
        client.headers["User-Agent"] = f"Browser of {NAME}"
        client.get("/accounts/login/", params={"next": f"/{NAME}"})
        for _ in range(9):
            form = {"username": f"{NAME}@x.kr", "password": NAME}
            form["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
            client.post("/accounts/login/", params={"next": f"/{NAME}"}, data=form)
            client.post(
                "/api/v1/auth/token/", params={"q": NAME}, json={"email": f"{NAME}@x.kr", "password": NAME}
            )
    logs = web.logs()
    told = [f"{name}: {line}" for name, text in logs.items() for line in text.splitlines()]
    assert [line for line in told if NAME.lower() in line.lower()] == []
    assert any("route=unmatched status=404" in line for line in told)
    assert any("Invalid request: Invalid" in line for line in told), told[-5:]
    kept = [path.name for path in files_below(web.var) if NAME.lower().encode() in path.read_bytes().lower()]
    assert kept == [], "the database keeps what was typed at the door"
