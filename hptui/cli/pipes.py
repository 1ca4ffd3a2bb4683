"""stdin, stdout and stderr as bytes, each read or written on a thread of its own, so that a slow pipe never holds the loop up.

The threads are daemons: a read from a terminal or a write to a full pipe cannot be interrupted, and must not keep the process.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading

PIECE = 65536
"""Bytes read at once."""


class PipeWriter:
    """Writes one file descriptor. `write` waits until the bytes are out; it raises OSError when nobody reads any more."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=f"hptui write {fd}", daemon=True).start()

    async def write(self, data: bytes) -> None:
        done = self._loop.create_future()
        self._jobs.put((data, done))
        await done

    def _work(self) -> None:
        while True:
            data, done = self._jobs.get()
            error: OSError | None = None
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._fd, view) :]
            except OSError as failure:
                error = failure
            try:
                self._loop.call_soon_threadsafe(_settle, done, error)
            except RuntimeError:  # the loop has gone, and with it whoever waited
                return


class PipeReader:
    """Reads one file descriptor, a piece at a time and only when asked."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._wanted: queue.SimpleQueue[asyncio.Future[bytes]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=f"hptui read {fd}", daemon=True).start()

    async def read(self) -> bytes:
        """The next bytes; empty at the end."""
        piece: asyncio.Future[bytes] = self._loop.create_future()
        self._wanted.put(piece)
        return await piece

    def _work(self) -> None:
        while True:
            piece = self._wanted.get()
            try:
                data = os.read(self._fd, PIECE)
            except OSError:
                data = b""
            try:
                self._loop.call_soon_threadsafe(_deliver, piece, data)
            except RuntimeError:
                return


def _settle(done: asyncio.Future[None], error: OSError | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _deliver(piece: asyncio.Future[bytes], data: bytes) -> None:
    if not piece.done():
        piece.set_result(data)
