"""Keeps a busy script from holding the event loop: every few milliseconds everybody else gets a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

_SLICE = 0.003  # seconds of work between two rests
_CHECK = 32  # steps between two looks at the clock


class Pace:
    """`if pace.due(): await pace.rest()` at every step that can repeat without end."""

    def __init__(self, flush: Callable[[], Awaitable[None]]) -> None:
        self._flush = flush
        self._since = perf_counter()
        self._left = _CHECK

    def due(self) -> bool:
        self._left -= 1
        if self._left > 0:
            return False
        self._left = _CHECK
        return perf_counter() - self._since > _SLICE

    async def rest(self) -> None:
        await self._flush()
        await asyncio.sleep(0)
        self._since = perf_counter()
