"""A bad link to a server on this machine: slow, lossy, silent, cut. It carries bytes and understands none of them.

On the test's own loop, or for a person: python -m tests.cluster.link PORT [--latency 0.5] [--rate 10000] [--loss 100]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

SEGMENT = 1400  # bytes
UNDER_WAY = 64  # segments


class _Lane:
    """One direction of the whole link: what all its connections share."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def due(self, size: int, rate: float) -> float:
        """When a segment has been sent that is handed over now."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(now, self._free_at) + (size / rate if rate else 0.0)
        return self._free_at


@dataclass(eq=False)
class _Connection:
    writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    heard: float
    swallowed: bool = False  # what is sent arrives nowhere, and nobody is told
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def reset(self) -> None:
        for writer in self.writers:
            found = writer.get_extra_info("socket")
            with suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Link:
    """An async context manager; its figures may be changed at any time.

    `latency` in seconds each way, `rate` in bytes a second each way (0: no limit), of `loss` segments one is answered by a
    reset (0: none), and a connection on which nothing was carried for `idle` seconds is reset (0: never).
    """

    def __init__(
        self, port: int, *, latency: float = 0, rate: float = 0, loss: int = 0, idle: float = 0, seed: int = 1
    ) -> None:
        self.latency, self.rate, self.loss, self.idle = latency, rate, loss, idle
        self.port = 0
        self.accepted = 0
        self.resets = 0
        self.doomed = 0  # so many segments towards the client are answered by a reset, whatever `loss` says
        self._target = port
        self._random = random.Random(seed)
        self._up, self._down = _Lane(), _Lane()
        self._connections: set[_Connection] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Link:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def open(self) -> int:
        return len(self._connections)

    def swallow(self) -> None:
        """As when this machine's address has changed: what is connected hears nothing more, not even of an end."""
        for connection in self._connections:
            connection.swallowed = True

    def cut(self) -> None:
        """Reset every connection."""
        for connection in list(self._connections):
            self.resets += 1
            connection.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.accepted += 1
        try:
            with suppress(
                OSError, asyncio.CancelledError
            ):  # the loop complains about a cancelled server's task
                await self._carry(reader, writer)
        finally:
            writer.transport.abort()
            self._serving.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        loop = asyncio.get_running_loop()
        connection = _Connection((writer, far_writer), loop.time())
        self._connections.add(connection)
        ways = [
            asyncio.create_task(self._pump(connection, reader, far_writer, self._up)),
            asyncio.create_task(self._pump(connection, far_reader, writer, self._down)),
        ]
        watchman = asyncio.create_task(self._watch_idle(connection))
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*ways, watchman):
                task.cancel()
            await asyncio.gather(*ways, watchman, return_exceptions=True)
            self._connections.discard(connection)
            far_writer.transport.abort()

    async def _watch_idle(self, connection: _Connection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            rest = connection.heard + self.idle - loop.time() if self.idle else 0.05
            if self.idle and rest <= 0:
                self.resets += 1
                connection.reset()
                return
            await asyncio.sleep(rest)

    async def _pump(
        self,
        connection: _Connection,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        lane: _Lane,
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDER_WAY)
        arriving = asyncio.create_task(self._deliver(connection, under_way, target))
        try:
            with suppress(OSError):
                while segment := await source.read(SEGMENT):
                    connection.heard = asyncio.get_running_loop().time()
                    if connection.swallowed:
                        continue
                    if self._lost(lane):
                        self.resets += 1
                        connection.reset()
                        return
                    await under_way.put((lane.due(len(segment), self.rate) + self.latency, segment))
                if connection.swallowed:
                    await asyncio.Event().wait()
            await under_way.put((0.0, b""))
            await arriving
        finally:
            arriving.cancel()

    def _lost(self, lane: _Lane) -> bool:
        if self.doomed and lane is self._down:
            self.doomed -= 1
            return True
        return self.loss > 0 and self._random.randrange(self.loss) == 0

    async def _deliver(
        self,
        connection: _Connection,
        under_way: asyncio.Queue[tuple[float, bytes]],
        target: asyncio.StreamWriter,
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while True:
                due, segment = await under_way.get()
                if not segment:
                    return
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not connection.swallowed:
                    target.write(segment)
                    await target.drain()


async def _for_a_person(options: argparse.Namespace) -> None:
    figures = {"latency": options.latency, "rate": options.rate, "loss": options.loss, "idle": options.idle}
    link = Link(options.port, **figures)
    link.port = options.listen
    async with link:
        print(f"127.0.0.1:{link.port} leads to 127.0.0.1:{options.port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--listen", type=int, default=0)
    for name in ("latency", "rate", "idle"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--loss", type=int, default=0)
    with suppress(KeyboardInterrupt):
        asyncio.run(_for_a_person(parser.parse_args()))
