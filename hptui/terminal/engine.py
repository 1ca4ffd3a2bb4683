"""What is asked of an engine: the library that parses bytes and keeps the screen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from hptui.terminal.cells import Rgb
from hptui.terminal.state import Cursor, Modes
from hptui.terminal.written import Row


@dataclass(frozen=True, slots=True)
class EngineEvents:
    """Where an engine's side effects go. Called from within `feed`."""

    reply: Callable[[bytes], None]  # what the terminal answers the host
    bell: Callable[[], None]
    clipboard: Callable[[str], None] | None  # the host sets the clipboard; None refuses


class Engine(Protocol):
    """One terminal. Every call comes from one thread."""

    name: str
    version: str

    @property
    def columns(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def history(self) -> int:
        """Lines above the screen."""
        ...

    @property
    def dropped(self) -> int:
        """Lines that fell off the far end of the history so far."""
        ...

    def feed(self, data: bytes) -> None: ...

    def soft_reset(self) -> None:
        """Do what is left to do after a soft reset (DECSTR) was fed."""
        ...

    def resize(self, columns: int, rows: int) -> None: ...

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        """What "default" looks like, for hosts that ask (OSC 10 and 11)."""
        ...

    def changes(self) -> Collection[int]:
        """The rows of the screen that look different since the last call."""
        ...

    def row(self, y: int) -> Row:
        """Line `y`, 0 being the oldest of the history; 0 <= y < history + rows."""
        ...

    def is_prompt(self, y: int) -> bool:
        """Whether the host said that a prompt begins on line `y` (OSC 133 ; A)."""
        ...

    def cursor(self) -> Cursor: ...

    def modes(self) -> Modes:
        """Without `win32_input` and `synchronized_since`, which the emulator knows."""
        ...

    @property
    def synchronized(self) -> bool:
        """The host is in the middle of a picture (?2026)."""
        ...

    def title(self) -> str:
        """As the host set it."""
        ...

    def close(self) -> None: ...


EngineMaker = Callable[[int, int, int, EngineEvents], Engine]  # columns, rows, lines of history
