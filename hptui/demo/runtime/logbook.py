"""What a container's first process printed: lines with times, bounded, to be read again and followed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Tap = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Line:
    at: int  # nanoseconds since 1970
    text: bytes  # with its line break, when it had one


class Logbook:
    """One container instance's log. The oldest lines go when it holds more than `limit` bytes, as with log rotation."""

    def __init__(self, limit: int = 10 << 20) -> None:
        self.lines: deque[Line] = deque()
        self.first = 0  # number of the oldest line that is still here
        self.ended = False
        self.taps: set[Tap] = set()
        self.bell = asyncio.Event()
        self._partial = b""
        self._size = 0
        self._limit = limit

    @property
    def end(self) -> int:
        """The number that the next line will get."""
        return self.first + len(self.lines)

    def write(self, data: bytes) -> None:
        """Whole lines count when their break has come; the time is that of the break."""
        *whole, self._partial = (self._partial + data).split(b"\n")
        for text in whole:
            self._append(text + b"\n")
        if whole:
            self._ring()

    def close(self) -> None:
        """The process has ended."""
        if self.ended:
            return
        if self._partial:
            self._append(self._partial)
            self._partial = b""
        self.ended = True
        self._ring()

    def _append(self, text: bytes) -> None:
        self.lines.append(Line(time.time_ns(), text))
        self._size += len(text)
        while self._size > self._limit:
            self._size -= len(self.lines.popleft().text)
            self.first += 1

    def _ring(self) -> None:
        self.bell.set()
        self.bell = asyncio.Event()

    def since(self, number: int) -> list[Line]:
        """The lines from a number on."""
        skip = max(0, number - self.first)
        return [line for index, line in enumerate(self.lines) if index >= skip] if skip else list(self.lines)
