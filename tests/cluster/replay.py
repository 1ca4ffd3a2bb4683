"""A server that answers with recorded exchanges: HTTP(S) and WebSockets, cut exactly where the recording was cut.

Raw sockets and a thread a connection, so that an answer can be broken anywhere: in the middle of a chunk, without a close
frame, by a reset. Nothing is timed: what a recording sent comes at once, and where the client spoke, the server waits
for the client to speak.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

RECORDED = Path(__file__).parents[1] / "recorded"
_WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@cache
def recording(name: str) -> dict[str, dict[str, Any]]:
    """The exchanges of a recorded file, by name."""
    document = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return {exchange["name"]: exchange for exchange in document["exchanges"]}


def exchange(file: str, name: str) -> dict[str, Any]:
    return recording(file)[name]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Sequence[tuple[str, str]]
    body: bytes

    def asked(self, key: str) -> str | None:
        return dict(self.query).get(key)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def header_values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Left(Exception):
    """The client has gone."""


class Line:
    """One connection, seen from an answer: bytes out, frames in."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.keep = True

    def send(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Left from error

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                more = self._sock.recv(size - len(data))
            except OSError as error:
                raise Left from error
            if not more:
                raise Left
            data += more
        return data

    def head(
        self, status: int, reason: str, headers: Mapping[str, str | list[str]], *, chunked: bool
    ) -> None:
        lines = [f"HTTP/1.1 {status} {reason}"]
        for key, value in headers.items():
            if key.lower() not in ("transfer-encoding", "content-length"):
                lines.extend(f"{key}: {one}" for one in ([value] if isinstance(value, str) else value))
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        self.send(("\r\n".join(lines) + "\r\n" + ("\r\n" if chunked else "")).encode())

    def whole(self, status: int, reason: str, headers: Mapping[str, Any], body: bytes) -> None:
        self.head(status, reason, headers, chunked=False)
        self.send(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def chunk(self, data: bytes) -> None:
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end_chunks(self) -> None:
        self.send(b"0\r\n\r\n")

    def cut_chunk(self) -> None:
        """Half a chunk, and the connection is gone: what a killed API server leaves behind."""
        with suppress(Left):
            self.send(b'400\r\n{"type":"MODI')
        self.drop()

    def drop(self) -> None:
        self.keep = False
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def wait_gone(self) -> None:
        """Until the client leaves."""
        with suppress(Left):
            while True:
                self.receive(1)

    # WebSocket

    def frame(self, opcode: int, data: bytes) -> None:
        size = len(data)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([size])
        elif size < 65536:
            head += b"\x7e" + struct.pack("!H", size)
        else:
            head += b"\x7f" + struct.pack("!Q", size)
        self.send(head + data)

    def next_frame(self) -> tuple[int, bytes]:
        first, second = self.receive(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self.receive(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self.receive(8))
        mask = self.receive(4) if second & 0x80 else b"\0\0\0\0"
        data = self.receive(size)
        return first & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))


Answer = Callable[[Line, Request], None]


def plain(recorded: Mapping[str, Any]) -> Answer:
    """A recorded answer that is one body."""
    response = recorded["response"]
    body = response.get("body", "")
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()

    def answer(line: Line, request: Request) -> None:
        line.whole(response["status"], response["reason"], response.get("headers", {}), data)

    return answer


def status(code: int, body: str | Mapping[str, Any] = "", **headers: str) -> Answer:
    """An answer that was never recorded: for what lies between us and the server."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "text/plain" if isinstance(body, str) else "application/json"
    all_headers = {"Content-Type": kind, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return lambda line, request: line.whole(code, "Whatever", all_headers, data)


def streamed(
    recorded: Mapping[str, Any], *, first: int = 0, until: int | None = None, end: str = ""
) -> Answer:
    """A recorded watch or followed log, chunk by chunk; `end` is server, client or cut, else as it was recorded."""
    response = recorded["response"]
    chunks = recorded["chunks"][first:until]
    ended = end or recorded.get("ended_by", "server")

    def answer(line: Line, request: Request) -> None:
        line.head(response["status"], response["reason"], response.get("headers", {}), chunked=True)
        for chunk in chunks:
            data = chunk["data"]
            line.chunk(data.encode() if isinstance(data, str) else json.dumps(data).encode() + b"\n")
        if ended == "server":
            line.end_chunks()
        elif ended == "client":
            line.wait_gone()
        else:
            line.cut_chunk()

    return answer


def lines(*data: Any, end: str = "client") -> Answer:
    """A watch of these events, or a log of these texts."""
    made = {
        "response": {"status": 200, "reason": "OK", "headers": {"Content-Type": "application/json"}},
        "chunks": [{"data": one} for one in data],
        "ended_by": end,
    }
    return streamed(made)


@dataclass
class Spoken:
    """What the client said on a replayed WebSocket."""

    messages: list[bytes] = field(default_factory=list)
    pings: int = 0
    closed: threading.Event = field(default_factory=threading.Event)


def upgrade(line: Line, request: Request, protocol: str) -> None:
    key = request.header("Sec-WebSocket-Key") or ""
    accept = base64.b64encode(hashlib.sha1((key + _WEBSOCKET).encode()).digest()).decode()
    line.send(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
        ).encode()
    )


def websocket(recorded: Mapping[str, Any], spoken: Spoken | None = None) -> Answer:
    """A recorded exec, frame by frame: where the client spoke, its message is awaited."""
    if recorded["response"]["status"] != 101:
        return plain(recorded)
    heard = spoken or Spoken()
    end = recorded.get("end") or {}

    def answer(line: Line, request: Request) -> None:
        upgrade(line, request, recorded["response"]["headers"].get("Sec-WebSocket-Protocol", ""))
        line.keep = False
        for frame in recorded["frames"]:
            if frame["dir"] == "send":
                _await_message(line, heard, ping=frame["opcode"] == 9)
            elif frame["opcode"] == 8:
                line.frame(8, struct.pack("!H", frame["code"]))
            elif frame["opcode"] == 10:
                line.frame(10, base64.b64decode(frame["data_b64"]))
            else:
                line.frame(frame["opcode"], bytes([frame["channel"]]) + base64.b64decode(frame["data_b64"]))
        if end.get("without_close_frame"):
            line.drop()
        else:
            _await_close(line, heard)

    return answer


def _await_message(line: Line, heard: Spoken, *, ping: bool) -> None:
    while True:
        opcode, data = line.next_frame()
        if opcode == 8:
            raise Left
        if opcode == 9:
            heard.pings += 1
            if ping:
                return
        else:
            heard.messages.append(data)
            if not ping:
                return


def _await_close(line: Line, heard: Spoken) -> None:
    with suppress(Left):
        while True:
            opcode, data = line.next_frame()
            if opcode == 8:
                break
            if opcode == 9:
                heard.pings += 1
                line.frame(10, data)
            elif opcode == 2:
                heard.messages.append(data)
    heard.closed.set()


@dataclass
class _Route:
    method: str
    path: str
    where: Mapping[str, str | None]
    answers: list[Answer]

    def fits(self, request: Request) -> bool:
        asked = dict(request.query)
        return (
            request.method == self.method
            and request.path == self.path
            and all(asked.get(key) == value for key, value in self.where.items())
        )


class ReplayServer:
    """Listens on a loopback port; `on` says what is answered. `requests` holds what was asked, in order."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._routes: list[_Route] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._closed = False
        self._threads: list[threading.Thread] = []
        self.requests: list[Request] = []
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def on(self, method: str, path: str, *answers: Answer, **where: str | None) -> None:
        """Answers in turn; the last one stays. `where` narrows by query parameters (None: absent)."""
        self._routes.insert(0, _Route(method, path, where, list(answers)))

    def replay(self, file: str, *names: str) -> None:
        """Recorded exchanges at their own paths, in turn."""
        found = [exchange(file, name) for name in names]
        paths = {(one["request"]["method"], urlsplit(one["request"]["path"]).path) for one in found}
        assert len(paths) == 1, paths
        ((method, path),) = paths
        self.on(method, unquote(path), *(answer_of(one) for one in found))

    def asked(self, method: str, path: str) -> list[Request]:
        return [one for one in self.requests if one.method == method and one.path == path]

    def stop(self) -> None:
        """No more connections, and those there are cut: the server is down."""
        with self._guard:
            self._closed = True
            open_now = list(self._open)
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in open_now:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                if self._closed:
                    sock.close()
                    return
                self._open.add(sock)
                self.connections += 1
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        plain_sock = sock
        try:
            if self._context is not None:
                sock.settimeout(10)
                sock = self._context.wrap_socket(sock, server_side=True)
                sock.settimeout(None)
                with self._guard:
                    self._open.discard(plain_sock)
                    self._open.add(sock)
            line = Line(sock)
            while line.keep:
                request = _read_request(line)
                self.requests.append(request)
                self._answer(line, request)
        except (Left, OSError):
            pass
        finally:
            with self._guard:
                self._open.discard(sock)
                self._open.discard(plain_sock)
            sock.close()

    def _answer(self, line: Line, request: Request) -> None:
        with self._guard:
            route = next((route for route in self._routes if route.fits(request)), None)
            answer = None
            if route is not None:
                answer = route.answers.pop(0) if len(route.answers) > 1 else route.answers[0]
        if answer is None:
            answer = status(599, f"nothing is recorded for {request.method} {request.path} {request.query}")
        answer(line, request)


def answer_of(recorded: Mapping[str, Any]) -> Answer:
    if "chunks" in recorded:
        return streamed(recorded)
    if "frames" in recorded:
        return websocket(recorded)
    return plain(recorded)


def _read_request(line: Line) -> Request:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.receive(1)
    first, *rest = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(key, value.strip()) for key, _, value in (one.partition(":") for one in rest)]
    length = next((int(value) for key, value in headers if key.lower() == "content-length"), 0)
    body = line.receive(length) if length else b""
    parts = urlsplit(target)
    return Request(method, unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True), headers, body)


def serving(context: ssl.SSLContext | None = None) -> Iterator[ReplayServer]:
    server = ReplayServer(context)
    try:
        yield server
    finally:
        server.stop()
