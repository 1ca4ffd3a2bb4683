"""Running a command's coroutine so that a signal ends it by cancelling it: whatever it made, it can still remove.

SIGINT, SIGTERM and SIGHUP would end the process on the spot, and a pod would be left behind. The first one cancels; a second
says what is still being done; the third is obeyed at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from hptui.cli.output import let_go_of_stdout, tell

BROKEN_PIPE = 141
"""128 and the number of SIGPIPE, which Python turns into an error."""

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


def run_cancellable(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """The exit code of `main`; 128 and the signal's number when a signal ended it, SIGPIPE's when nobody reads any more."""
    try:
        with asyncio.Runner() as runner:
            return runner.run(_Cancellable().run(main))
    except BrokenPipeError:
        let_go_of_stdout()
        return BROKEN_PIPE


class _Cancellable:
    def __init__(self) -> None:
        self._received: list[int] = []
        self._task: asyncio.Task[int] | None = None

    async def run(self, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
        self._task = asyncio.create_task(main(), name="hptui command")
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            self._handle(loop, number)
        try:
            return await self._task
        except asyncio.CancelledError:
            if not self._received:
                raise
            return 128 + self._received[0]

    def _handle(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        try:
            loop.add_signal_handler(number, self._receive, number)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda n, _frame: loop.call_soon_threadsafe(self._receive, n) and None)

    def _receive(self, number: int) -> None:
        self._received.append(number)
        if self._task is None or self._task.done():
            return
        if len(self._received) == 1:
            self._task.cancel()
        elif len(self._received) == 2:
            tell("hptui: still cleaning up; once more leaves things as they are")
        else:
            os._exit(128 + number)
