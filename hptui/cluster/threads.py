"""Threads of our own: a few for short requests, one for each stream, and the hand-over to the loop.

asyncio's default executor has six threads on a two-core machine and is joined at exit: three endless reads would starve
and then hang it. These threads are daemons, nobody waits for them, and what they hand over is bounded: a `Feed`
holds its sender back until the loop has taken what lies there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Generic, ParamSpec, TypeVar

from hptui.errors import ClusterError

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
U = TypeVar("U")

WORKERS = 6
FRAME = 0.05  # seconds between two batches to the screen


class Closed(Exception):
    """The reader of a feed has gone, or the cluster was closed: the thread that sees this ends."""


class Workers:
    """A small pool of daemon threads for requests that end by themselves."""

    def __init__(self, limit: int = WORKERS) -> None:
        self._limit = limit
        self._jobs: deque[Callable[[], None]] = deque()
        self._ready = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._closed = False

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a blocking function on a pool thread. A cancelled caller stops waiting; the function runs to its end."""
        job, future = _job(asyncio.get_running_loop(), lambda: function(*args, **kwargs))
        with self._ready:
            if self._closed:
                raise ClusterError("This cluster has been closed.")
            self._jobs.append(job)
            if self._idle < len(self._jobs) and self._threads < self._limit:
                self._threads += 1
                threading.Thread(
                    target=self._work, name=f"hptui-request-{self._threads}", daemon=True
                ).start()
            self._ready.notify()
        return await future

    def close(self) -> None:
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def _work(self) -> None:
        while True:
            with self._ready:
                self._idle += 1
                while not self._jobs and not self._closed:
                    self._ready.wait()
                self._idle -= 1
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            job()
            del job  # an idle thread must not keep the last answer alive


async def call_on_thread(name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking function that may take long on a daemon thread of its own."""
    job, future = _job(asyncio.get_running_loop(), lambda: function(*args, **kwargs))
    threading.Thread(target=job, name=name, daemon=True).start()
    return await future


def _job(
    loop: asyncio.AbstractEventLoop, function: Callable[[], R]
) -> tuple[Callable[[], None], asyncio.Future[R]]:
    future: asyncio.Future[R] = loop.create_future()

    def succeed(result: R) -> None:
        if not future.done():
            future.set_result(result)

    def fail(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    def run() -> None:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever awaits the future
            tell(loop, fail, error)
        else:
            tell(loop, succeed, result)

    return run, future


def tell(loop: asyncio.AbstractEventLoop, callback: Callable[[T], None], value: T) -> bool:
    """Call back on the loop from any thread; False when the loop has been closed meanwhile."""
    try:
        loop.call_soon_threadsafe(callback, value)
    except RuntimeError:
        return False
    return True


class Feed(Generic[T]):
    """A bounded hand-over from one thread to one task.

    The thread puts items with a weight and waits while `limit` is under way; the task takes all there is, at most once
    per `interval` seconds, so that a storm reaches the screen in batches. The first item after a silence is taken at once.
    """

    def __init__(self, limit: int, interval: float = FRAME) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._interval = interval
        self._guard = threading.Condition()
        self._items: list[T] = []
        self._weight = 0
        self._told = False
        self._closed = False
        self._error: BaseException | None = None
        self._finished = False
        self._wake = asyncio.Event()
        self._taken_at = float("-inf")
        self._pausing: asyncio.Future[None] | None = None

    # The thread's side

    def put(self, item: T, weight: int = 1) -> None:
        """Hand over one item; waits while too much is under way. Raises Closed once the reader has gone."""
        with self._guard:
            while self._weight >= self._limit and not self._closed:
                self._guard.wait()
            if self._closed:
                raise Closed
            self._items.append(item)
            self._weight += weight
            self._signal()

    def finish(self, error: BaseException | None = None) -> None:
        """Nothing more will come; an error is raised to the reader after the last item."""
        with self._guard:
            self._finished = True
            self._error = error
            self._signal()

    def _signal(self) -> None:
        if not self._told:
            self._told = True
            if not tell(self._loop, lambda _: self._wake.set(), None):
                self._closed = True

    # The loop's side

    async def take(self) -> list[T]:
        """All that has come, in order; empty once, at the end. Raises the thread's error."""
        while True:
            await self._wake.wait()
            rest = self._taken_at + self._interval - self._loop.time()
            if rest > 0 and not self._closed:
                await self._pause(rest)
            with self._guard:
                self._wake.clear()
                self._told = False
                items, self._items = self._items, []
                self._weight = 0
                over = self._finished or self._closed
                error = None if self._closed else self._error
                self._guard.notify_all()
            if over:
                self._wake.set()
            if self._closed:
                return []
            if items:
                self._taken_at = self._loop.time()
                return items
            if error is not None:
                raise error
            if over:
                return []

    async def _pause(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = self._loop.create_future()
        timer = self._loop.call_later(seconds, _release, waiter)
        self._pausing = waiter
        try:
            await waiter
        finally:
            timer.cancel()

    def close(self) -> None:
        """From the loop: end at once, on both sides."""
        with self._guard:
            self._closed = True
            self._guard.notify_all()
        self._wake.set()
        if self._pausing is not None:
            _release(self._pausing)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class ThreadStream(Generic[T, U]):
    """A stream of updates whose source runs on a daemon thread: the base of all watches and log follows.

    A subclass implements `run` (on the thread: put items, raise our errors, return at the end), `combine` (on the loop: make
    updates of the items of one batch) and, where something can block for long, registers it with `blocking`.
    """

    def __init__(self, name: str, *, limit: int) -> None:
        self._name = name
        self._feed: Feed[T] = Feed(limit)
        self._stop = threading.Event()
        self._nudge = threading.Event()
        self._woken = False
        self._cancel: Callable[[], None] | None = None
        self._cancel_guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self.on_closed: Callable[[ThreadStream[T, U]], None] | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._main, name=self._name, daemon=True)
        self._thread.start()

    def run(self) -> None:
        raise NotImplementedError

    def combine(self, items: Sequence[T]) -> Sequence[U]:
        raise NotImplementedError

    # On the thread

    def put(self, item: T, weight: int = 1) -> None:
        self._feed.put(item, weight)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def pause(self, seconds: float) -> None:
        """Wait on the thread, until somebody wakes it; raises Closed when the stream is closed meanwhile."""
        self._nudge.clear()
        if not self.stopped and not self._woken:
            self._nudge.wait(seconds)
        if self.stopped:
            raise Closed

    def was_woken(self) -> bool:
        """Whether the read or the pause that has just ended was ended by `wake`; tells it once."""
        woken, self._woken = self._woken, False
        return woken

    def blocking(self, cancel: Callable[[], None] | None) -> None:
        """Tell what ends the read that now follows; looks at the stop flag, which may have come first."""
        with self._cancel_guard:
            self._cancel = cancel
        if self.stopped:
            raise Closed

    def _main(self) -> None:
        try:
            self.run()
        except Closed:
            self._feed.finish()
        except BaseException as error:
            if not self.stopped:
                log.info("%s ends: %s", self._name, error, exc_info=not isinstance(error, ClusterError))
            self._feed.finish(None if self.stopped else error)
        else:
            self._feed.finish()

    # On the loop

    def close(self) -> None:
        if self._stop.is_set():
            return
        self._stop.set()
        self._nudge.set()
        self._feed.close()
        self._end_read()
        if self.on_closed is not None:
            self.on_closed(self)

    def wake(self) -> None:
        """Ask again now: a read that waits is ended, a pause is cut short."""
        self._woken = True
        self._nudge.set()
        self._end_read()

    def _end_read(self) -> None:
        with self._cancel_guard:
            cancel = self._cancel
        if cancel is not None:
            with suppress(OSError, ValueError, RuntimeError):
                cancel()

    async def __aiter__(self) -> AsyncIterator[U]:
        try:
            while items := await self._feed.take():
                for update in self.combine(items):
                    yield update
                    if self._stop.is_set():
                        return
        finally:
            self.close()
