"""Noticing that this machine has slept, or that the program stood still: what was connected then may be dead now.

While a laptop sleeps, timers stand still with it on most systems, so no time limit notices anything; but the wall clock has
jumped. A stopped program is told by a timer that comes late.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

EVERY = 2.5  # seconds
MISSED = 5.0  # seconds that are missing: then it was a sleep, and not a busy moment


def wall_clock() -> float:
    return time.time()


class WakeWatch:
    """Calls `woken` on the loop, with the seconds that are missing, soon after the machine or the program goes on."""

    def __init__(self, woken: Callable[[float], None]) -> None:
        self._woken = woken
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._begin()

    def _begin(self) -> None:
        self._wall, self._steady = wall_clock(), time.monotonic()
        self._timer = self._loop.call_later(EVERY, self._look)

    def _look(self) -> None:
        missing = max(wall_clock() - self._wall, time.monotonic() - self._steady) - EVERY
        self._begin()
        if missing >= MISSED:
            self._woken(missing)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
