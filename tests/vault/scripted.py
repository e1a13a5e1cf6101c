"""A loopback server that gives the answers it was told, one after the other, and keeps the requests."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress


def answer(status: int, body: bytes = b"", *, length: int | None = None, headers: str = "") -> bytes:
    """An HTTP answer; `length` promises another number of bytes than come."""
    size = len(body) if length is None else length
    return (
        f"HTTP/1.1 {status} -\r\nContent-Length: {size}\r\nConnection: close\r\n{headers}\r\n".encode() + body
    )


def refusal(status: int, code: str) -> bytes:
    """An S3 error document."""
    text = f"<Error><Code>{code}</Code><Message>m</Message><Resource>r</Resource></Error>"
    return answer(status, text.encode(), headers="Content-Type: application/xml\r\n")


class Scripted:
    """port; requests: the first line of each; the last answer is repeated."""

    def __init__(self, answers: Iterable[bytes]) -> None:
        self.answers = list(answers)
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            self.requests.append(stream.readline().decode().strip())
            length = 0
            while (line := stream.readline().strip()) != b"":
                key, _, value = line.decode().partition(": ")
                if key.lower() == "content-length":
                    length = int(value)
                if key.lower() == "expect":
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            stream.read(length)
            connection.sendall(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


@contextmanager
def scripted(*answers: bytes) -> Iterator[Scripted]:
    server = Scripted(answers)
    try:
        yield server
    finally:
        server.close()
