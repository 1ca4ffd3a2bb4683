"""A simulated cluster on a thread of its own, for callers without an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from hptui.demo.cluster import SimulatedCluster

T = TypeVar("T")
_LIMIT = 30.0  # seconds


class ThreadedCluster:
    """`with ThreadedCluster(…) as threaded:` takes what SimulatedCluster takes.

    `cluster` is to be looked at through `call` only, which runs a function on the cluster's own loop and waits for it; its
    `kubeconfig`, `server` and `token` are safe to read from anywhere.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="simulated cluster", daemon=True)
        self.cluster: SimulatedCluster

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(_LIMIT):
            raise TimeoutError("the simulated cluster did not start")
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Idempotent."""
        loop, ended = self._loop, self._ended
        if loop is not None and ended is not None and self._thread.is_alive():
            loop.call_soon_threadsafe(ended.set)
        self._thread.join(_LIMIT)
        if self._error is not None:
            raise self._error

    def call(self, function: Callable[[], T]) -> T:
        """Run `function` on the cluster's loop."""
        assert self._loop is not None

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_LIMIT)

    def __enter__(self) -> ThreadedCluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 handed to the thread that waits
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        async with SimulatedCluster(**self._options) as cluster:
            self.cluster = cluster
            self._ready.set()
            await self._ended.wait()
