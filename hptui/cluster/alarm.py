"""Ending a blocked read at a given time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Alarm:
    """Cuts a streamed answer when its time is over; `rang` tells that from a connection that broke by itself.

    `ends` is a time of time.monotonic(), or None for never.
    """

    def __init__(self, ends: float | None) -> None:
        self._ends = ends
        self._timer: threading.Timer | None = None
        self.rang = False

    def set(self, cut: Callable[[], Any]) -> None:
        """`cut` ends the read that now follows."""
        if self._ends is None:
            return
        self._timer = threading.Timer(max(0.0, self._ends - time.monotonic()), self._ring, (cut,))
        self._timer.daemon = True
        self._timer.start()

    def _ring(self, cut: Callable[[], Any]) -> None:
        self.rang = True
        with suppress(OSError, ValueError, RuntimeError):
            cut()

    def __enter__(self) -> Alarm:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
