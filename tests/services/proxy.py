"""Loopback TCP relays: one that can be switched off, how a test takes a store away; one that records."""

import contextlib
import select
import socket
import threading


class Proxy:
    """Relays `port` to `target` while it is on; off, it refuses and cuts what is open."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._off = threading.Event()
        self._threads: list[threading.Thread] = []
        self._off.set()
        self.start()

    def start(self) -> None:
        """Relay, on the same port as before."""
        if not self._off.is_set():
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._off = threading.Event()
        self._thread(self._accept, listener, self._off)

    def stop(self) -> None:
        """Cut every connection and refuse new ones."""
        self._off.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _thread(self, *call: object) -> None:
        thread = threading.Thread(target=call[0], args=call[1:], daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, off: threading.Event) -> None:
        with listener:
            while not off.is_set():
                if select.select([listener], [], [], 0.1)[0]:
                    self._thread(self._relay, listener.accept()[0], off)

    def _relay(self, client: socket.socket, off: threading.Event) -> None:
        with (
            client,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.target)) as server,
        ):
            other = {client: server, server: client}
            while not off.is_set():
                for source in select.select([client, server], [], [], 0.1)[0]:
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    other[source].sendall(data)


class Recorder:
    """A loopback relay that keeps every byte that goes to the server."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.sent = bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._relay, args=self.listener.accept()[:1], daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with (
            client,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.target)) as server,
        ):
            other = {client: server, server: client}
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    if source is client:
                        self.sent += data
                    other[source].sendall(data)
