"""A way to a server that can be lost: bytes vanish in it, and nobody is told."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Relay:
    """Passes connections on to `port` of this machine. While `lost`, nothing comes through and nothing is refused."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lost = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._start(self._accept)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def lose(self) -> None:
        self._lost.set()

    def restore(self) -> None:
        """For new connections; those that lost something stay dead."""
        self._lost.clear()

    def close(self) -> None:
        for sock in [self._listener, *self._sockets]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _start(self, target: object, *args: object) -> None:
        threading.Thread(target=target, args=args, daemon=True).start()  # type: ignore[arg-type]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                if not self._lost.is_set():
                    server = socket.create_connection(("127.0.0.1", self._port))
                    self._sockets.append(server)
                    self._start(self._copy, client, server)
                    self._start(self._copy, server, client)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        dead = False
        with suppress(OSError):
            while data := source.recv(65536):
                dead = dead or self._lost.is_set()
                if not dead:
                    target.sendall(data)
        if not dead and not self._lost.is_set():
            for sock in (source, target):
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
