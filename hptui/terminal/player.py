"""What playing a recording takes besides a screen: a terminal that is fed from it, and a clock that can be stopped.

Nothing here waits: whoever plays asks for the next slice, and gives the event loop its turn in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hptui.terminal.emulator import Emulator
from hptui.terminal.playback import Event

SLICE_LIMIT = 0.004  # seconds of feeding before the event loop has its turn
LARGEST_SLICE, SMALLEST_SLICE = 256 << 10, 1 << 10  # characters
SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)


class Projector:
    """Feeds a terminal of its own with the events of a recording, from the first on and never back."""

    def __init__(self, events: Sequence[Event], emulator: Emulator) -> None:
        self.emulator = emulator
        self.index = 0  # how many events have happened
        self._events = events
        self._done = 0  # characters of the event at `index` that the terminal has already
        self._slice = LARGEST_SLICE // 8

    def step(self, target: int) -> bool:
        """Feed for one slice, as far as the first `target` events go; returns whether they have all happened."""
        target = min(target, len(self._events))
        until = time.perf_counter() + SLICE_LIMIT
        while self.index < target and time.perf_counter() < until:
            event = self._events[self.index]
            if event.code == "r":
                columns, _, rows = event.data.partition("x")
                self.emulator.resize(int(columns), int(rows))
                self.index += 1
            else:
                self._feed(target)
        return self.index >= target

    def _feed(self, target: int) -> None:
        """One piece of the output that comes next, up to a change of size, from as many events as it takes."""
        parts: list[str] = []
        room = self._slice
        while room > 0 and self.index < target and (event := self._events[self.index]).code != "r":
            part = event.data[self._done : self._done + room] if event.code == "o" else ""
            parts.append(part)
            room -= len(part) + 1
            self._done += len(part)
            if event.code != "o":
                self._done = len(event.data)
            if self._done >= len(event.data):
                self.index, self._done = self.index + 1, 0
        began = time.perf_counter()
        self.emulator.feed("".join(parts).encode("utf-8", "replace"))
        took = time.perf_counter() - began
        if took > SLICE_LIMIT:
            self._slice = max(SMALLEST_SLICE, self._slice // 2)
        elif took < SLICE_LIMIT / 4:
            self._slice = min(LARGEST_SLICE, self._slice * 2)


class PlayClock:
    """The time in a recording: it runs while it is played, at a speed, and can be set."""

    def __init__(self, clock: Callable[[], float], speed: float = 1.0) -> None:
        self._clock = clock
        self._position = 0.0  # when it was set last ...
        self._since = clock()  # ... by the clock of the world
        self._speed = speed
        self._playing = False

    @property
    def position(self) -> float:
        """Seconds from the beginning; it may lie past the end."""
        if not self._playing:
            return self._position
        return self._position + (self._clock() - self._since) * self._speed

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float:
        """Seconds of the recording in a second."""
        return self._speed

    def set(self, position: float) -> None:
        self._position, self._since = max(0.0, position), self._clock()

    def play(self) -> None:
        self.set(self.position)
        self._playing = True

    def pause(self) -> None:
        self.set(self.position)
        self._playing = False

    def change_speed(self, by: int) -> None:
        """The next faster (1) or slower (-1) speed there is."""
        self.set(self.position)
        if by > 0:
            self._speed = next((speed for speed in SPEEDS if speed > self._speed), self._speed)
        else:
            self._speed = next((speed for speed in reversed(SPEEDS) if speed < self._speed), self._speed)
