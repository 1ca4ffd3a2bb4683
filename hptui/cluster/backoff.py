"""How long to wait before the next try: 0.8 s, doubling to 30 s, with jitter, from the start again after two quiet minutes."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. The waits lie between 0.75 and 1.25 times the doubled value, so that many clients don't come at once."""

    first: float = 0.8
    longest: float = 30.0
    forgiven_after: float = 120.0


class Backoff:
    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._next = pace.first
        self._failed_at = float("-inf")

    def forgive(self) -> None:
        """Begin anew with the shortest wait."""
        self._next = self._pace.first

    def wait(self, at_least: float | None = None) -> float:
        """The seconds to wait after a failure that happened now; the server's own Retry-After counts, within reason."""
        now = time.monotonic()
        if now - self._failed_at > self._pace.forgiven_after:
            self._next = self._pace.first
        self._failed_at = now
        delay = self._next * random.uniform(0.75, 1.25)
        self._next = min(self._next * 2, self._pace.longest)
        return max(delay, min(at_least or 0.0, self._pace.longest))
