"""An API server that says whatever a test wants: bytes, cut where the test cuts them, and then the end of the connection."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

from hptui.cluster.kubeconfig import Target
from hptui.cluster.transport import Limits, Transport

_WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Server:
    """One connection at a time. `answer` is sent to the next request, after the upgrade where it asks for one."""

    def __init__(self) -> None:
        self.answer: Sequence[bytes] = ()
        self.protocol = b"v5.channel.k8s.io"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def transport(self) -> Transport:
        target = Target("c", "default", "u", "file", {"server": self.address}, {})
        limits = Limits(connect=5, read=5)
        return Transport(target, limits=limits, plugin_limit=1, reload=lambda: target)

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listening.accept()
                with sock, suppress(OSError):
                    self._talk(sock)

    def _talk(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = sock.recv(65536)
            if not piece:
                return
            head += piece
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
        if key is not None:
            accept = base64.b64encode(hashlib.sha1(key[1] + _WEBSOCKET, usedforsecurity=False).digest())
            sock.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: "
                + accept
                + b"\r\nSec-WebSocket-Protocol: "
                + self.protocol
                + b"\r\n\r\n"
            )
        for piece in self.answer:
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5)
        while sock.recv(65536):  # until the client has read everything and leaves
            pass
