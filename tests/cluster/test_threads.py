"""The hand-over between threads and the loop: bounded, in batches, and ended from either side at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from hptui.cluster.threads import Closed, Feed, ThreadStream, Workers, call_on_thread
from hptui.errors import ClusterError
from tests.cluster.conftest import until


class Numbers(ThreadStream[int, int]):
    """Counts up to `end`; then raises `error`, if there is one."""

    def __init__(self, end: int, *, limit: int = 100, error: Exception | None = None) -> None:
        super().__init__("numbers", limit=limit)
        self.given = 0
        self.ended = threading.Event()
        self._end = end
        self._error = error

    def run(self) -> None:
        try:
            while self.given < self._end:
                self.given += 1
                self.put(self.given)
            if self._error is not None:
                raise self._error
        finally:
            self.ended.set()

    def combine(self, items: Sequence[int]) -> Sequence[int]:
        return items


async def test_everything_comes_once_and_in_order() -> None:
    stream = Numbers(1000)
    stream.start()
    assert [number async for number in stream] == list(range(1, 1001))


async def test_an_error_comes_after_what_was_given_before_it() -> None:
    stream = Numbers(3, error=ClusterError("over"))
    stream.start()
    found: list[int] = []

    async def read() -> None:
        async for number in stream:
            found.append(number)

    with pytest.raises(ClusterError, match="over"):
        await read()
    assert found == [1, 2, 3]


async def test_a_sender_waits_while_nobody_takes() -> None:
    stream = Numbers(10**9, limit=50)
    stream.start()
    await until(lambda: stream.given > 50, "the sender to be held back")
    before = stream.given
    await asyncio.sleep(0.05)
    assert stream.given == before
    stream.close()
    assert await asyncio.to_thread(stream.ended.wait, 10)


async def test_a_cancelled_reader_ends_the_sender() -> None:
    stream = Numbers(10**9)
    stream.start()
    taking = asyncio.Event()

    async def read() -> None:
        async for _ in stream:
            taking.set()

    task = asyncio.create_task(read())
    await taking.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(stream.ended.wait, 10)


async def test_a_storm_is_taken_in_batches_and_the_first_item_at_once() -> None:
    feed: Feed[int] = Feed(10**6, interval=0.2)

    def send() -> None:
        for number in range(1000):
            feed.put(number)
        feed.finish()

    threading.Thread(target=send, daemon=True).start()
    batches = []
    while items := await feed.take():
        batches.append(items)
    assert [number for batch in batches for number in batch] == list(range(1000))
    assert len(batches) <= 10


async def test_closing_wakes_a_reader_in_the_pause_between_two_batches() -> None:
    feed: Feed[int] = Feed(10, interval=3600)
    feed.put(1)
    assert await feed.take() == [1]
    feed.put(2)
    task = asyncio.create_task(feed.take())
    await asyncio.sleep(0)
    feed.close()
    async with asyncio.timeout(10):
        assert await task == []
    with pytest.raises(Closed):
        feed.put(3)


def test_a_loop_that_is_gone_ends_the_sender() -> None:
    async def make() -> Numbers:
        return Numbers(10**9)

    stream = asyncio.run(make())
    stream.start()
    assert stream.ended.wait(10)


async def test_requests_share_a_few_threads_and_the_loop_goes_on() -> None:
    workers = Workers(limit=2)
    names: set[str] = set()

    def work() -> None:
        names.add(threading.current_thread().name)
        time.sleep(0.01)

    await asyncio.gather(*(workers.call(work) for _ in range(10)))
    assert len(names) == 2
    workers.close()
    with pytest.raises(ClusterError):
        await workers.call(work)


async def test_what_a_thread_raises_reaches_who_waits() -> None:
    def fail() -> None:
        raise ClusterError("no")

    with pytest.raises(ClusterError, match="no"):
        await call_on_thread("failing", fail)


async def test_a_cancelled_request_does_not_disturb_the_next() -> None:
    workers = Workers(limit=1)
    release = threading.Event()
    task = asyncio.create_task(workers.call(release.wait, 10))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    assert await workers.call(lambda: 7) == 7
    workers.close()
