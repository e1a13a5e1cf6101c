"""Names planted wherever a request has room for one; the logs of a running web server hold none of them."""

import http.client
import os
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
    stack.environment["TMPDIR"] = str(place.directory(f"{stack.name}/temporary"))
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


def on_disk(web: Stack) -> list[str]:
    """Files in the temporary directory, and nameless ones that the web server holds open there."""
    below = Path(web.environment["TMPDIR"])
    group = web.processes["web"].pid
    found = [path.name for path in files_below(below)]
    for process in (path for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            if os.getpgid(int(process.name)) == group:
                links = [os.readlink(link) for link in (process / "fd").iterdir()]
                found += [link for link in links if link.startswith(str(below))]
        except OSError:
            continue
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/auth/token/", "/api/v1/subjects/"])
@pytest.mark.parametrize("megabytes", [5, 40])
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_large_form_with_a_file_never_touches_the_disk(
    web: Stack, path: str, megabytes: int, signed_in: bool
) -> None:
    start = f'--X\r\nContent-Disposition: form-data; name="f"; filename="scan.{NAME}"\r\n'
    body = f"{start}Content-Type: application/dicom\r\n\r\n".encode() + b"PIXELS__" * (megabytes << 17)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={'a' * 32}\r\nConnection: close\r\n"
    if signed_in:
        account = {"email": "lead@demo.kicc", "password": web.password}
        token = httpx.post(f"{web.url}/api/v1/auth/token/", json=account).json()["token"]
        head += f"Authorization: Token {token}\r\n"
    head += f"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {len(body) + 9}\r\n\r\n"
    seen: list[str] = []
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as connection:
        connection.sendall(head.encode())
        try:
            for at in range(0, len(body), 1 << 20):
                connection.sendall(body[at : at + (1 << 20)])
                seen += on_disk(web)
            connection.sendall(b"\r\n--X--\r\n")
        except OSError:
            assert path == "/api/v1/subjects/", "the answer must arrive"
            assert not signed_in
        else:
            assert seen + on_disk(web) == []
            answer = connection.recv(12)
            assert answer in {b"HTTP/1.1 415", b"HTTP/1.1 413", b"HTTP/1.1 401"}
    assert seen == []


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
