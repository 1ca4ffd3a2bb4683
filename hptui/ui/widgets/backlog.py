"""Output that waits to be parsed, taken in slices that leave the event loop its turn."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

SLICE_LIMIT = 0.004  # seconds of parsing before the event loop has its turn
LARGEST_SLICE, SMALLEST_SLICE = 128 << 10, 1 << 10  # bytes


class Backlog:
    """What came and was not parsed yet. How much is parsed in one go follows from how long `parse` took so far."""

    def __init__(self, parse: Callable[[bytes], None]) -> None:
        self._parse = parse
        self._chunks: deque[bytes] = deque()
        self._slice = LARGEST_SLICE

    def __len__(self) -> int:
        """Bytes."""
        return sum(map(len, self._chunks))

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def add(self, chunks: Iterable[bytes]) -> None:
        self._chunks.extend(chunk for chunk in chunks if chunk)

    def clear(self) -> None:
        self._chunks.clear()

    def parse_slice(self) -> None:
        """Parse about as much as fits `SLICE_LIMIT`."""
        data = bytearray()
        while self._chunks and len(data) < self._slice:
            chunk = self._chunks.popleft()
            room = self._slice - len(data)
            data += chunk[:room]
            if len(chunk) > room:
                self._chunks.appendleft(chunk[room:])
        began = time.perf_counter()
        self._parse(bytes(data))
        took = time.perf_counter() - began
        if took > SLICE_LIMIT:
            self._slice = max(SMALLEST_SLICE, self._slice // 2)
        elif took < SLICE_LIMIT / 4:
            self._slice = min(LARGEST_SLICE, self._slice * 2)
