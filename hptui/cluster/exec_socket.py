"""The one thread that owns an exec's WebSocket: it alone connects, reads, writes, pings and closes.

Two threads on one TLS socket lose connections. The socket is non-blocking and full duplex, so that a process which writes
while it is written to can't lock the two ends against each other. What is read goes to the loop in hand-overs of about
64 KiB, four at most under way: a flood waits in TCP, not in memory.
"""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import websocket
from websocket import ABNF

from hptui.cluster.alarm import Alarm
from hptui.cluster.answers import short
from hptui.cluster.connections import shut
from hptui.cluster.exec_protocol import OFFERED, V5, Ended, ExecDecoder
from hptui.cluster.message_limit import Pieces, limit_frames
from hptui.cluster.model import ExecEnd, ExecExit, ExecOutput, ExecStream
from hptui.cluster.pulse import Pulse
from hptui.cluster.transport import Transport
from hptui.errors import ClusterError, ExecError, InvalidError, ServerError, UnavailableError
from hptui.failures import running

log = logging.getLogger(__name__)

HAND_OVER = 64 * 1024  # bytes
CREDITS = 4
LINGER = 1.0  # seconds for the close frame after channel 3
UNDER_WAY = 128 * 1024  # bytes in the system's buffer: on a slow link a ping waits behind them
_NOT_NOW = (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError, InterruptedError)


class Listener(Protocol):
    """Told by the owner thread; the methods only pass on to the loop."""

    def opened(self, protocol: str) -> None: ...

    def failed(self, error: BaseException) -> None: ...

    def output(self, pieces: Sequence[ExecOutput]) -> None: ...

    def exited(self, how: ExecExit) -> None: ...

    def sent(self, unsent: int) -> None: ...

    def over(self) -> None: ...


class ExecSocket:
    """Starts at `start`. `send`, `take_back`, `probe` and `close` may be called from any thread and never block."""

    def __init__(self, transport: Transport, path: str, listener: Listener, *, ping: float) -> None:
        self._transport = transport
        self._path = path
        self._pod = path.partition("?")[0].removesuffix("/exec")  # for the log: the query is the command
        self._listener = listener
        self._ping = ping
        self._guard = threading.Lock()
        self._outbox: deque[bytes] = deque()  # messages: channel byte and data
        self._control: deque[bytes] = deque()  # whole frames, sent first
        self._sending: memoryview | None = None
        self._sending_size = 0  # bytes of the message that is being sent
        self._unsent = 0
        self._credits = CREDITS
        self._closing = False
        self._fresh_socket: Any = None
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._pieces = Pieces()
        self._more = False
        self._over = False
        self._why = ""
        self._decoder = ExecDecoder(V5)
        self._stdin_unheard = False
        self._pulse = Pulse(ping, time.monotonic())
        self._probed = False
        self._full = False  # the network takes no more for now
        self._linger_until: float | None = None

    # From any thread

    def start(self) -> None:
        threading.Thread(target=self._main, name="hptui-exec", daemon=True).start()

    def send(self, messages: Sequence[bytes]) -> None:
        with self._guard:
            self._outbox.extend(messages)
            self._unsent += sum(map(len, messages))
        self._wake()

    @property
    def unsent(self) -> int:
        return self._unsent

    def take_back(self, hand_overs: int = 1) -> None:
        """So many hand-overs have been read: the thread may read on."""
        with self._guard:
            self._credits += hand_overs
        self._wake()

    def probe(self) -> None:
        """Find out now whether the other side is there; without an answer in time the exec is lost."""
        self._probed = True
        self._wake()

    def close(self) -> None:
        self._closing = True
        with self._guard:
            fresh = self._fresh_socket
        if fresh is not None:
            shut(fresh)
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError, ValueError):
            self._wake_write.send(b"!")

    # The owner thread

    def _main(self) -> None:
        try:
            try:
                ws = self._connect()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever awaits the exec
                log.info("The exec in %s was not opened: %s", self._pod, type(error).__name__)
                self._listener.failed(error)
                return
            try:
                log.info("The exec in %s is open (%s)", self._pod, ws.subprotocol)
                self._decoder = ExecDecoder(ws.subprotocol or "")
                self._listener.opened(ws.subprotocol or "")
                self._pump(ws)
            finally:
                ws.shutdown()
        finally:
            self._listener.over()
            with self._guard:
                self._wake_read.close()
                self._wake_write.close()

    def _connect(self) -> Any:
        for last in (False, True):
            seen = self._transport.credentials.renewals
            headers = self._transport.headers(self._transport.held())
            sock = self._transport.connect_socket()
            with self._guard:
                self._fresh_socket = sock
            if self._closing:
                sock.close()
                raise ExecError("The exec was closed before it had started.")
            ws: Any = websocket.WebSocket(enable_multithread=False, skip_utf8_validation=True)
            limit_frames(ws.frame_buffer)
            try:
                with (
                    self._transport.mapped(),
                    Alarm(time.monotonic() + self._transport.patience) as alarm,
                ):
                    alarm.set(partial(shut, sock))
                    sock.settimeout(self._transport.limits.connect)
                    try:
                        ws.connect(
                            self._transport.url(self._path).replace("http", "ws", 1),
                            socket=sock,
                            header=[f"{key}: {value}" for key, value in headers.items()],
                            subprotocols=list(OFFERED),
                            suppress_origin=True,
                            redirect_limit=0,
                            timeout=self._transport.limits.connect,
                        )
                    except websocket.WebSocketBadStatusException as error:
                        if error.status_code != 401 or last:
                            raise self._refused(error) from error
                    else:
                        self._transport.credentials.worked()
                        ws.settimeout(0)
                        return ws
            except BaseException:
                sock.close()
                raise
            finally:
                with self._guard:
                    self._fresh_socket = None
            self._transport.renew(seen)
        raise AssertionError("unreachable")

    def _refused(self, error: websocket.WebSocketBadStatusException) -> ClusterError:
        """A refusal before the upgrade: JSON, bare text, or a 403 with nothing, which is not a missing right."""
        status, body = error.status_code, error.resp_body or b""
        if status == 403 and not body:
            return ExecError(
                f"{self._transport.where} speaks none of the exec subprotocols that hptui offers ({', '.join(OFFERED)}).",
                hint=running.NO_SUBPROTOCOL.hint,
                status=status,
            )
        found = self._transport.refused(status, error.resp_headers or {}, body, self._path)
        if "Upgrade request required" in found.message or status in (200, 426):
            return ExecError(
                f"{self._transport.where} did not see a WebSocket: {found.message}",
                hint=running.NO_WEBSOCKET.hint,
                status=status,
            )
        if isinstance(found, ServerError | UnavailableError):
            hint = None if found.hint == found.default_hint else found.hint
            return ExecError(found.message, hint=hint, status=status, reason=found.reason)
        if isinstance(found, InvalidError) and status == 431:
            return InvalidError(
                found.message,
                title=running.COMMAND_TOO_LONG.title,
                hint=running.COMMAND_TOO_LONG.hint,
                status=status,
            )
        return found

    def _pump(self, ws: Any) -> None:
        self._pulse = Pulse(self._ping, time.monotonic())
        with suppress(OSError):
            ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDER_WAY)
        self._more = True  # the first frames may lie decrypted already, behind the upgrade
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            selector.register(ws.sock, selectors.EVENT_READ)
            while not self._over:
                self._flush(ws)
                ready = selector.select(self._select_on(selector, ws))
                if any(key.fileobj is self._wake_read for key, _ in ready):
                    with suppress(*_NOT_NOW):
                        self._wake_read.recv(4096)
                if self._closing:
                    self._say_close(ws)
                    return
                if self._credits > 0 and (self._more or any(key.fileobj is ws.sock for key, _ in ready)):
                    self._receive(ws)
                self._keep_alive()
        exited = self._decoder.exit or self._decoder.broken(self._why)
        # Without its message: what a node says of a command may quote that.
        log.info(
            "The exec in %s has ended: %s, exit code %s %s", self._pod, exited.end, exited.code, self._why
        )
        if self._decoder.exit is None:
            self._listener.exited(exited)
        if ws.sock is not None:
            self._say_close(ws)

    def _select_on(self, selector: selectors.BaseSelector, ws: Any) -> float | None:
        """Wait only for what can be done now; returns the seconds to wait at most."""
        wanted = 0
        if self._credits > 0:
            wanted |= selectors.EVENT_READ
        if self._sending is not None:
            wanted |= selectors.EVENT_WRITE
        registered = ws.sock in selector.get_map()
        if wanted and registered:
            selector.modify(ws.sock, wanted)
        elif wanted:
            selector.register(ws.sock, wanted)
        elif registered:
            selector.unregister(ws.sock)
        if self._more and self._credits > 0:
            return 0
        now = time.monotonic()
        waits = [self._linger_until - now] if self._linger_until is not None else []
        if (pulse := self._pulse.wait(now)) is not None:
            waits.append(pulse)
        return max(0.0, min(waits)) if waits else None

    def _receive(self, ws: Any) -> None:
        """Read until nothing more is there or a hand-over is full."""
        runs: list[tuple[ExecStream, list[bytes]]] = []  # what one stream said without the other between
        size = 0
        self._more = True
        while size < HAND_OVER and not self._over:
            try:
                frame = ws.recv_frame()
                piece = self._understand(frame)
            except _NOT_NOW:
                self._more = False
                break
            except (websocket.WebSocketException, OSError) as error:
                self._over = True
                if not isinstance(error, websocket.WebSocketConnectionClosedException):
                    self._why = f"({short(error)})"
                break
            self._pulse.heard(time.monotonic())
            self._stdin_unheard = False
            if piece is not None:
                size += len(piece.data)
                if not runs or runs[-1][0] is not piece.stream:
                    runs.append((piece.stream, []))
                runs[-1][1].append(piece.data)
            if self._decoder.exit is not None and self._linger_until is None:
                break
        if runs:
            with self._guard:
                self._credits -= 1
            self._listener.output([ExecOutput(stream, b"".join(parts)) for stream, parts in runs])
        if self._decoder.exit is not None and self._linger_until is None:
            self._linger_until = time.monotonic() + LINGER
            self._listener.exited(self._decoder.exit)

    def _understand(self, frame: Any) -> ExecOutput | None:
        if frame.opcode == ABNF.OPCODE_PING:
            self._control.append(ABNF.create_frame(frame.data, ABNF.OPCODE_PONG).format())
        elif frame.opcode == ABNF.OPCODE_CLOSE:
            self._over = True
        elif frame.opcode in (ABNF.OPCODE_BINARY, ABNF.OPCODE_TEXT, ABNF.OPCODE_CONT):
            if not frame.fin:
                self._pieces.add(frame.data)
                return None
            meaning = self._decoder.decode(self._pieces.whole(frame.data))
            return None if isinstance(meaning, Ended) else meaning
        return None

    def _flush(self, ws: Any) -> None:
        """Send what can be sent without waiting; the rest stays, in order."""
        while True:
            if self._sending is None and not self._load():
                return
            assert self._sending is not None
            try:
                done = ws.sock.send(self._sending)
            except _NOT_NOW:
                self._full = True
                return
            except OSError as error:
                # The reading side tells what was said before the end, so it is read to its end.
                self._why = self._why or f"({short(error)})"
                self._sending = None
                self._control.clear()
                with self._guard:
                    self._outbox.clear()
                    self._unsent = self._sending_size = 0
                self._listener.sent(0)
                return
            if self._full:  # somebody has taken what lay in the way: a slow link is no dead one
                self._full = False
                self._pulse.heard(time.monotonic())
            self._sending = self._sending[done:]
            if not self._sending:
                self._sending = None
                if self._sending_size:
                    with self._guard:
                        self._unsent -= self._sending_size
                        self._sending_size = 0
                    self._listener.sent(self._unsent)

    def _load(self) -> bool:
        """Make the next frame ready for sending; False when there is none."""
        if self._control:
            self._sending = memoryview(self._control.popleft())
            return True
        with self._guard:
            if not self._outbox:
                return False
            message = self._outbox.popleft()
            self._sending_size = len(message)
        if message[0] == 0:
            self._stdin_unheard = True
            self._pulse.written(time.monotonic())
        self._sending = memoryview(ABNF.create_frame(message, ABNF.OPCODE_BINARY).format())
        return True

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if self._linger_until is not None and now >= self._linger_until:
            self._over = True
        if self._credits <= 0:
            self._pulse.heard(now)  # nothing is read while the screen is behind, pongs neither
        if self._probed:
            self._probed = False
            self._pulse.ask()
        if self._pulse.look(now):
            self._control.append(ABNF.create_frame(b"", ABNF.OPCODE_PING).format())
        # On v4 a process that doesn't read its stdin blocks the pongs as well: that is no dead link.
        silent = self._pulse.dead_for(now)
        if silent is not None and self._stdin_unheard and self._decoder.protocol != V5:
            self._pulse.heard(now)
        elif silent is not None:
            self._over = True
            self._why = f"(nothing was heard for {silent:.0f} seconds)"
            self._transport.distrust_connections()  # what made this one silent has hardly spared the idle ones

    def _say_close(self, ws: Any) -> None:
        with suppress(OSError):
            if self._sending is None:
                ws.sock.send(ABNF.create_frame(b"\x03\xe8", ABNF.OPCODE_CLOSE).format())
        if self._decoder.exit is None and self._closing:
            self._listener.exited(ExecExit(ExecEnd.CLOSED, None, "", certain=False))
