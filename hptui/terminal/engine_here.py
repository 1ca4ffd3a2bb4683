"""An engine that runs in this process, asked in few and large questions: `Parser` is what the emulator knows of engines.

An engine may run in another process, where every question costs a trip. So what is needed after each piece of output
comes as the answer to it (`Told`), the screen as the rows of it that changed (`Look`), and lines in bulk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from hptui.terminal.cells import Line, Rgb
from hptui.terminal.engine import Engine, EngineEvents, EngineMaker
from hptui.terminal.state import Cursor, Modes
from hptui.terminal.written import Row, line_of_row

LARGEST_COPY = 1_000_000  # characters that a host may put on the clipboard at once


class Told(msgspec.Struct, frozen=True, array_like=True):
    """How a terminal stands after it was fed or resized, and what it had to say meanwhile."""

    columns: int
    rows: int
    history: int  # lines above the screen
    dropped: int  # lines that fell off the far end of the history so far
    modes: Modes
    synchronized: bool  # the host is in the middle of a picture (?2026)
    title: str
    replies: tuple[bytes, ...] = ()
    rung: bool = False
    clipboard: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    cursor: Cursor
    rows: Mapping[int, Line]  # of the screen; those that look different since the last look


class Parser(Protocol):
    """One terminal, wherever its engine runs."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def told(self) -> Told:
        """As it was told last."""
        ...

    def feed(self, data: bytes, resets: Sequence[int] = ()) -> Told:
        """Take output. `resets` are the places in it at which a soft reset (DECSTR) has just ended."""
        ...

    def resize(self, columns: int, rows: int) -> Told: ...

    def set_colours(self, foreground: Rgb, background: Rgb) -> None: ...

    def look(self) -> Look: ...

    def lines(self, start: int, stop: int) -> list[Line]:
        """Lines of screen and history, 0 being the oldest; 0 <= start <= stop <= history + rows."""
        ...

    def prompt(self, y: int, step: int) -> int | None:
        """The nearest line on which a prompt begins (OSC 133 ; A), from line `y` on, upwards (-1) or downwards (1)."""
        ...

    def close(self) -> None: ...


class EngineHere:
    """A terminal whose engine runs in this process."""

    def __init__(
        self, make: EngineMaker, columns: int, rows: int, scrollback: int, *, clipboard: bool
    ) -> None:
        # Passed on afterwards: an error in a callback must not go through the native library, nor a flood of bells
        # through the program.
        self._replies: list[bytes] = []
        self._rung = False
        self._clipboard: str | None = None
        events = EngineEvents(
            reply=self._replies.append, bell=self._ring, clipboard=self._copy if clipboard else None
        )
        self._engine: Engine = make(columns, rows, scrollback, events)
        self.name, self.version = self._engine.name, self._engine.version
        self.told = self._say()

    def feed(self, data: bytes, resets: Sequence[int] = ()) -> Told:
        done = 0
        for reset in resets:
            self._engine.feed(data[done:reset])
            self._engine.soft_reset()
            done = reset
        self._engine.feed(data[done:] if done else data)
        return self._say()

    def resize(self, columns: int, rows: int) -> Told:
        self._engine.resize(columns, rows)
        return self._say()

    def _say(self) -> Told:
        engine = self._engine
        said = tuple(self._replies), self._rung, self._clipboard
        self._replies.clear()
        self._rung, self._clipboard = False, None
        self.told = Told(
            engine.columns,
            engine.rows,
            engine.history,
            engine.dropped,
            engine.modes(),
            engine.synchronized,
            engine.title(),
            *said,
        )
        return self.told

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        self._engine.set_colours(foreground, background)

    def look(self) -> Look:
        cursor, rows = self.seen()
        return Look(cursor, {y: line_of_row(row) for y, row in rows.items()})

    def seen(self) -> tuple[Cursor, Mapping[int, Row]]:
        """The same as `look`, with rows as the engine has them."""
        engine = self._engine
        history = engine.history
        rows = {y: engine.row(history + y) for y in engine.changes()}
        return engine.cursor(), rows

    def lines(self, start: int, stop: int) -> list[Line]:
        return [line_of_row(row) for row in self.rows(start, stop)]

    def rows(self, start: int, stop: int) -> list[Row]:
        return [self._engine.row(y) for y in range(start, stop)]

    def prompt(self, y: int, step: int) -> int | None:
        end = self._engine.history + self._engine.rows if step > 0 else -1
        return next((line for line in range(y, end, step) if self._engine.is_prompt(line)), None)

    def close(self) -> None:
        self._engine.close()

    def _ring(self) -> None:
        self._rung = True

    def _copy(self, text: str) -> None:
        if len(text) <= LARGEST_COPY:
            self._clipboard = text
