"""A terminal that outlives its engine: what was printed last is kept, and read again by the engine that comes after.

The terminal whose output killed the engine process goes on with the engine in pure Python: the same bytes would kill a
new process too. Others that shared the process get a new one. What the host was answered already is not answered again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import Enum
from typing import NamedTuple, TypeVar

import msgspec

from hptui.terminal.cells import BLANK, Line, Rgb
from hptui.terminal.engine_here import Look, Parser, Told
from hptui.terminal.engine_process import EngineDied, EngineMissing, EngineProcess
from hptui.terminal.state import Modes, MouseEncoding, MouseTracking

T = TypeVar("T")

KEPT = 64 << 10  # bytes of the host's last output

CRASHED = "The terminal's engine crashed and was replaced; older lines are lost."
HUNG = "The terminal's engine hung and was replaced; older lines are lost."

_MODE_NUMBERS = {
    "application_cursor": b"?1",
    "application_keypad": b"?66",
    "bracketed_paste": b"?2004",
    "focus_events": b"?1004",
    "alternate_screen": b"?1049",
    "reverse_screen": b"?5",
    "alternate_scroll": b"?1007",
    "backarrow_sends_backspace": b"?67",
    "newline": b"20",
}
_MOUSE: dict[Enum, bytes] = {
    MouseTracking.X10: b"?9",
    MouseTracking.NORMAL: b"?1000",
    MouseTracking.BUTTON: b"?1002",
    MouseTracking.ANY: b"?1003",
    MouseEncoding.UTF8: b"?1005",
    MouseEncoding.SGR: b"?1006",
    MouseEncoding.URXVT: b"?1015",
    MouseEncoding.SGR_PIXELS: b"?1016",
}


class _Output(NamedTuple):
    data: bytes
    resets: tuple[int, ...]
    modes: Modes  # before it


class Guarded:
    """A `Parser` in `process`, or in one that comes after, or in this process by `fall_back`."""

    def __init__(
        self,
        process: EngineProcess,
        fall_back: Callable[[int, int], Parser],
        columns: int,
        rows: int,
        scrollback: int,
        *,
        clipboard: bool,
        on_restart: Callable[[str], None],
    ) -> None:
        """`on_restart` is told, in a sentence, that the engine was replaced, from within any call. What was told
        before doesn't hold any more then: `told` does.

        Raises EngineMissing and EngineDied."""
        self._process = process
        self._fall_back = fall_back
        self._scrollback, self._clipboard = scrollback, clipboard
        self._on_restart = on_restart
        self._last: deque[_Output] = deque()
        self._kept = 0
        self._colours: tuple[Rgb, Rgb] | None = None
        self._base = 0  # lines of engines before this one
        self._parser: Parser = process.open(columns, rows, scrollback, clipboard=clipboard)
        self.told = self._parser.told

    @property
    def name(self) -> str:
        return self._parser.name

    @property
    def version(self) -> str:
        return self._parser.version

    def feed(self, data: bytes, resets: Sequence[int] = ()) -> Told:
        self._keep(_Output(data, tuple(resets), self.told.modes))
        try:
            return self._note(self._parser.feed(data, resets))
        except EngineDied as death:
            return self._replace(death, self.told.columns, self.told.rows, unanswered=True)

    def resize(self, columns: int, rows: int) -> Told:
        try:
            return self._note(self._parser.resize(columns, rows))
        except EngineDied as death:
            return self._replace(death, columns, rows)

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        self._colours = foreground, background
        self._ask(lambda: self._parser.set_colours(foreground, background))

    def look(self) -> Look:
        return self._ask(lambda: self._parser.look())

    def lines(self, start: int, stop: int) -> list[Line]:
        def ask() -> list[Line]:
            end = self.told.history + self.told.rows  # fewer than before, after a replacement
            found = self._parser.lines(min(start, end), min(stop, end))
            return found + [BLANK] * (stop - start - len(found))

        return self._ask(ask)

    def prompt(self, y: int, step: int) -> int | None:
        return self._ask(lambda: self._parser.prompt(min(y, self.told.history + self.told.rows - 1), step))

    def close(self) -> None:
        self._parser.close()

    def _ask(self, ask: Callable[[], T]) -> T:
        for _ in range(3):  # a process that comes after may die too; then comes the engine that can't
            try:
                return ask()
            except EngineDied as death:
                self._replace(death, self.told.columns, self.told.rows)
        return ask()

    def _note(self, told: Told) -> Told:
        self.told = msgspec.structs.replace(told, dropped=told.dropped + self._base) if self._base else told
        return self.told

    def _keep(self, output: _Output) -> None:
        if (cut := len(output.data) - KEPT) > 0:
            resets = tuple(reset - cut for reset in output.resets if reset > cut)
            output = output._replace(data=output.data[cut:], resets=resets)
        self._last.append(output)
        self._kept += len(output.data)
        while self._kept > KEPT and len(self._last) > 1:
            self._kept -= len(self._last.popleft().data)

    # Replacing the engine

    def _replace(self, death: EngineDied, columns: int, rows: int, *, unanswered: bool = False) -> Told:
        """`unanswered`: what was fed last has not been answered yet."""
        before = self.told
        self._base = before.dropped + before.history + before.rows
        # Where the old engine never came to the end of the output, nobody knows the modes after it.
        wanted = None if unanswered else before.modes
        sentence = HUNG if death.hung else CRASHED
        last = None if death.asked else self._read_again_apart(columns, rows, sentence, wanted)
        if last is None:
            last = self._read_again(self._fall_back(columns, rows), sentence, wanted)
        self._on_restart(sentence)
        if not unanswered:
            return self.told
        return msgspec.structs.replace(
            self.told, replies=last.replies, rung=last.rung, clipboard=last.clipboard
        )

    def _read_again_apart(self, columns: int, rows: int, sentence: str, wanted: Modes | None) -> Told | None:
        """In a new engine process; None where there is none, or where it dies of it."""
        try:
            parser = self._process.open(columns, rows, self._scrollback, clipboard=self._clipboard)
            return self._read_again(parser, sentence, wanted)
        except (EngineMissing, EngineDied):
            return None

    def _read_again(self, parser: Parser, sentence: str, wanted: Modes | None) -> Told:
        """Bring a new engine to where the old one was; what it said to the last piece of output."""
        if self._colours is not None:
            parser.set_colours(*self._colours)
        # The sentence goes straight into the history: the host must find the screen as it believes it to be.
        up = b"\n" * -(-(len(sentence) + 2) // parser.told.columns)
        told = last = parser.feed(b"\x1b[7m %s \x1b[0m\x1b[999;1H%s\x1b[H" % (sentence.encode(), up))
        if self._last:
            told = parser.feed(_as_modes(told.modes, self._last[0].modes))
        for output in self._last:
            told = last = parser.feed(output.data, output.resets)
        if wanted is not None:
            told = parser.feed(_as_modes(told.modes, wanted))
        self._parser = parser
        self._note(msgspec.structs.replace(told, replies=(), rung=False, clipboard=None))
        return last


def _as_modes(now: Modes, wanted: Modes) -> bytes:
    """What must be fed so that a terminal with one set of modes has the other."""
    parts = []
    for field in fields(Modes):
        value = getattr(wanted, field.name)
        if value == getattr(now, field.name):
            continue
        if (number := _MODE_NUMBERS.get(field.name)) is not None:
            parts.append(_mode(number, on=value))
        elif field.name in ("mouse_tracking", "mouse_encoding"):
            old, new = _MOUSE.get(getattr(now, field.name)), _MOUSE.get(value)
            parts += [_mode(old, on=False)] if old else []
            parts += [_mode(new, on=True)] if new else []
    return b"".join(parts)


def _mode(number: bytes, *, on: bool) -> bytes:
    return b"\x1b[%s%s" % (number, b"h" if on else b"l")
