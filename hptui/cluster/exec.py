"""A command in a container: the loop's side of the channel whose socket exec_socket.py owns."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from hptui.cluster.exec_protocol import (
    exec_query,
    half_close_message,
    resize_message,
    stdin_messages,
)
from hptui.cluster.exec_socket import ExecSocket
from hptui.cluster.model import ExecEnd, ExecExit, ExecOutput
from hptui.cluster.pods import pod_path
from hptui.cluster.threads import tell
from hptui.cluster.transport import Transport

LOW_WATER = 64 * 1024  # bytes: `drain` waits for less than this to be unsent


class Channel:
    """An ExecChannel. All methods belong to the loop; see the port for what they promise."""

    def __init__(
        self,
        transport: Transport,
        namespace: str,
        pod: str,
        command: Sequence[str],
        *,
        container: str,
        tty: bool,
        stdin: bool,
        size: tuple[int, int] | None,
        ping: float,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._tty = tty
        self._protocol = ""
        self._opened: asyncio.Future[None] = loop.create_future()
        self._exit: asyncio.Future[ExecExit] = loop.create_future()
        self._batches: deque[Sequence[ExecOutput]] = deque()
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._over = False
        self._closed = False
        self.on_over: Callable[[Channel], None] | None = None
        query = exec_query(command, container=container, tty=tty, stdin=stdin)
        path = f"{pod_path(namespace, pod)}/exec?{query}"
        self._socket = ExecSocket(transport, path, _Relay(loop, self), ping=ping)
        if size is not None:
            self.resize(*size)

    async def open(self) -> None:
        """Connect; raises the refusal. A cancelled caller leaves nothing behind."""
        self._socket.start()
        try:
            await self._opened
        except BaseException:
            self.close()
            raise

    @property
    def tty(self) -> bool:
        return self._tty

    @property
    def protocol(self) -> str:
        return self._protocol

    async def read(self) -> Sequence[ExecOutput]:
        while not self._batches and not self._over and not self._closed:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._batches:
            return ()
        batch = self._batches.popleft()
        self._socket.take_back()
        return batch

    def write(self, data: bytes) -> None:
        if self._ended or not data:
            return
        self._drained.clear()
        self._socket.send(stdin_messages(data))

    @property
    def unsent(self) -> int:
        return 0 if self._ended else self._socket.unsent

    async def drain(self) -> None:
        while not self._ended and self._socket.unsent >= LOW_WATER:
            self._drained.clear()
            await self._drained.wait()

    def close_stdin(self) -> None:
        message = half_close_message(self._protocol)
        if message is not None and not self._ended:
            self._socket.send([message])

    def resize(self, columns: int, rows: int) -> None:
        if self._tty and not self._ended:
            self._socket.send([resize_message(columns, rows)])

    def discard_queued(self) -> int:
        size = sum(len(piece.data) for batch in self._batches for piece in batch)
        if self._batches:
            self._socket.take_back(len(self._batches))
            self._batches.clear()
        return size

    def probe(self) -> None:
        """Find out whether the link still lives: after a sleep, a ping that is not answered in time makes it LOST."""
        self._socket.probe()

    async def wait(self) -> ExecExit:
        return await asyncio.shield(self._exit)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._settle(ExecExit(ExecEnd.CLOSED, None, "", certain=False))
        self._batches.clear()
        self._arrived.set()
        self._drained.set()
        if not self._opened.done():
            self._opened.cancel()
        self._socket.close()

    @property
    def _ended(self) -> bool:
        return self._closed or self._over or self._exit.done()

    def _settle(self, how: ExecExit) -> None:
        if not self._exit.done():
            self._exit.set_result(how)

    # Told by the owner thread, through the relay

    def _on_opened(self, protocol: str) -> None:
        self._protocol = protocol
        if not self._opened.done():
            self._opened.set_result(None)

    def _on_failed(self, error: BaseException) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)

    def _on_output(self, pieces: Sequence[ExecOutput]) -> None:
        if self._closed:
            return
        self._batches.append(pieces)
        self._arrived.set()

    def _on_exited(self, how: ExecExit) -> None:
        self._settle(how)
        self._drained.set()

    def _on_sent(self, unsent: int) -> None:
        if unsent < LOW_WATER:
            self._drained.set()

    def _on_over(self, _: None) -> None:
        self._over = True
        self._settle(ExecExit(ExecEnd.LOST, None, "The channel ended unexpectedly.", certain=False))
        self._arrived.set()
        self._drained.set()
        if self.on_over is not None:
            self.on_over(self)


class _Relay:
    """Carries what the owner thread tells over to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, channel: Channel) -> None:
        self._loop = loop
        self._channel = channel

    def _tell(self, callback: Callable[[Any], None], value: Any) -> None:
        tell(self._loop, callback, value)

    def opened(self, protocol: str) -> None:
        self._tell(self._channel._on_opened, protocol)

    def failed(self, error: BaseException) -> None:
        self._tell(self._channel._on_failed, error)

    def output(self, pieces: Sequence[ExecOutput]) -> None:
        self._tell(self._channel._on_output, pieces)

    def exited(self, how: ExecExit) -> None:
        self._tell(self._channel._on_exited, how)

    def sent(self, unsent: int) -> None:
        if unsent < LOW_WATER:
            self._tell(self._channel._on_sent, unsent)

    def over(self) -> None:
        self._tell(self._channel._on_over, None)
