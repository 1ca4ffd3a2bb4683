"""Where on a screen somebody types, and what stands there later: for telling whether typed text was shown.

A place is a line of text, however many rows it is wrapped over, and how many characters of it stand before the place.
It is good at one width and on one of the two screens. Rows that are full count as wrapped: older ConPTYs don't say so.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from hptui.terminal.cells import text_before
from hptui.terminal.emulator import Emulator

_MOST_ROWS = 60  # of one line of text
_MOST_LINES = 200  # looked through for what was typed ahead


class Place(NamedTuple):
    line: int  # of its first row, counted from the first row the terminal ever had
    offset: int  # characters
    screen: tuple[int, bool]  # columns, and whether it is the alternate one


class Screen(Protocol):
    """What the keeper of typed text has to see of a terminal."""

    def before(self) -> str:
        """What stands before the cursor."""
        ...

    def place(self) -> Place:
        """The cursor's place."""
        ...

    def text_from(self, place: Place) -> str | None:
        """What stands from a place to the end of its line, None where it is gone."""
        ...

    def texts_below(self, place: Place) -> list[tuple[Place, str]]:
        """The lines of text below that of a place, down to the cursor's."""
        ...


class EmulatorScreen:
    """As an emulator has it, read when it is asked for."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def before(self) -> str:
        return self._emulator.text_before_cursor()

    def place(self) -> Place:
        emulator = self._emulator
        y = emulator.history + emulator.cursor.y
        above = 0
        while y > 0 and above < _MOST_ROWS and self._goes_on(y - 1):
            y, above = y - 1, above + 1
        rows = [emulator.line(y + row).text for row in range(above)]
        cut = text_before(emulator.line(y + above), emulator.cursor.x)
        return Place(emulator.dropped + y, sum(map(len, rows)) + len(cut), self._screen)

    def text_from(self, place: Place) -> str | None:
        y = place.line - self._emulator.dropped
        if place.screen != self._screen or not 0 <= y < self._end:
            return None
        return self._text(y)[0][place.offset :]

    def texts_below(self, place: Place) -> list[tuple[Place, str]]:
        emulator = self._emulator
        last = emulator.history + emulator.cursor.y
        y = max(place.line - emulator.dropped, last - _MOST_LINES, 0)
        found: list[tuple[Place, str]] = []
        if place.screen != self._screen:
            return found
        while y <= last:
            text, below = self._text(y)
            if y + emulator.dropped > place.line:
                found.append((Place(y + emulator.dropped, 0, self._screen), text))
            y = below
        return found

    @property
    def _screen(self) -> tuple[int, bool]:
        return self._emulator.columns, self._emulator.modes.alternate_screen

    @property
    def _end(self) -> int:
        return self._emulator.history + self._emulator.rows

    def _text(self, y: int) -> tuple[str, int]:
        """The line of text whose first row is `y`, and the row after it."""
        parts = [self._emulator.line(y).text]
        while y + 1 < self._end and len(parts) < _MOST_ROWS and self._goes_on(y):
            y += 1
            parts.append(self._emulator.line(y).text)
        return "".join(parts), y + 1

    def _goes_on(self, y: int) -> bool:
        line = self._emulator.line(y)
        return line.wrapped or line.width >= self._emulator.columns
