"""The screen of a terminal behind one small class, whatever library does the parsing.

Everything goes through here that must be the same with either engine: the limits on size, which replies may leave,
the title made safe, the modes no engine knows (?9001), and what changed on the screen. One thread owns an emulator;
nothing in it waits.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hptui.errors import TerminalError
from hptui.terminal.cells import BLANK, Line, Rgb, text_before
from hptui.terminal.engine import EngineMaker
from hptui.terminal.engine_here import EngineHere, Parser, Told
from hptui.terminal.plain import plain
from hptui.terminal.replies import harmless
from hptui.terminal.state import Cursor, Modes

if TYPE_CHECKING:
    from hptui.terminal.engine_process import EngineProcess

# Smaller than this crashes one engine (1x1) and means nothing in the other.
LEAST_COLUMNS, LEAST_ROWS = 20, 5
MOST_COLUMNS, MOST_ROWS = 1000, 500
_LONGEST_TITLE = 120
_ROWS_BEFORE_CURSOR = 8
_BLOCK, _MOST_BLOCKS = 64, 8  # lines of the history fetched at once, and how often they are kept

_ENGINES = {
    "ghostty": ("hptui.terminal.engine_ghostty", "GhosttyEngine"),
    "bittty": ("hptui.terminal.engine_bittty", "BitttyEngine"),
}

# Win32 input mode, set and reset among other modes or alone, and what ends it: RIS and DECSTR.
_WATCHED = re.compile(rb"\x1b(?:c|\[\?([0-9;]{1,64})([hl])|\[!p)")
_UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]{0,64}|!)?)?\Z")


def _ignore(_: object = None) -> None:
    return


def engine_names() -> list[str]:
    """The engines that run here, the best first."""
    return [name for name in _ENGINES if _engine_class(name) is not None]


def _engine_class(name: str) -> EngineMaker | None:
    module, attribute = _ENGINES[name]
    try:
        found: EngineMaker = getattr(importlib.import_module(module), attribute)
    except Exception:  # noqa: BLE001 - a native library that is missing or of the wrong kind fails as it likes
        return None
    return found


class Emulator:
    """One terminal.

    Lines are counted from the oldest of the history (0) to the last of the screen (`history + rows - 1`). When the
    history is full its oldest lines are dropped and all others move up; `dropped` counts them, so that
    `dropped + y` names a line for as long as it exists, at one width.
    """

    def __init__(
        self,
        columns: int,
        rows: int,
        *,
        scrollback: int = 10_000,
        engine: str | None = None,
        on_reply: Callable[[bytes], None] = _ignore,
        on_title: Callable[[str], None] = _ignore,
        on_bell: Callable[[], None] = _ignore,
        on_clipboard: Callable[[str], None] | None = None,
        process: EngineProcess | None = None,
        on_restart: Callable[[str], None] = _ignore,
    ) -> None:
        """`engine` names one ("ghostty" or "bittty"); None or "auto" takes the best there is. `on_clipboard` None
        refuses the host the clipboard. The callbacks are called from within `feed`, `on_reply` once for all answers
        to what was fed.

        With a `process` the native engine runs in that, and a crash of it loses no more than lines of the history:
        `on_restart` is told so in a sentence, from within any method. Without one a crash ends this process.

        Raises TerminalError if no engine, or not the one asked for, runs here."""
        self._owner = threading.get_ident()
        self._on_reply = on_reply
        self._on_title = on_title
        self._on_bell = on_bell
        self._on_clipboard = on_clipboard
        self._title = ""
        self._closed = False
        self._carry = b""
        self._win32_input = False
        self._synchronized_since: float | None = None
        self._modes: Modes | None = None
        self._on_restart = on_restart
        self.engine_note = ""  # what happened to the engine last, if anything did
        self._parser = self._open_parser(engine, *clamp_size(columns, rows), max(0, scrollback), process)
        # What the parser said last, and of the lines those that were looked at since.
        self._told = self._parser.told
        self._looked = False
        self._cursor: Cursor | None = None
        self._screen: list[Line] = [BLANK] * self._told.rows
        self._damage: set[int] = set()
        self._blocks: dict[int, list[Line]] = {}

    @property
    def engine_name(self) -> str:
        return self._parser.name

    @property
    def engine_version(self) -> str:
        return self._parser.version

    @property
    def columns(self) -> int:
        return self._told.columns

    @property
    def rows(self) -> int:
        return self._told.rows

    @property
    def history(self) -> int:
        """Lines above the screen; none while the alternate screen is shown."""
        return self._told.history

    @property
    def dropped(self) -> int:
        """Lines that fell off the far end of the history so far."""
        return self._told.dropped

    @property
    def cursor(self) -> Cursor:
        self._look()
        assert self._cursor is not None
        return self._cursor

    @property
    def title(self) -> str:
        """What the host calls itself, made safe and short."""
        return self._title

    @property
    def modes(self) -> Modes:
        if self._modes is None:
            self._modes = replace(
                self._told.modes,
                win32_input=self._win32_input,
                synchronized_since=self._synchronized_since,
            )
        return self._modes

    def feed(self, data: bytes) -> None:
        """Take output of the host. Sequences and characters may be cut anywhere. Once closed, nothing is taken."""
        if not data or self._closed:
            return
        if threading.get_ident() != self._owner:
            raise RuntimeError(
                "a terminal belongs to the thread that made it; two at once crash the native engine"
            )
        self._take(self._parser.feed(data, self._watch(data)))
        if not self._told.synchronized:
            self._synchronized_since = None
        elif self._synchronized_since is None:
            self._synchronized_since = time.monotonic()
        self._pass_on()

    def resize(self, columns: int, rows: int) -> tuple[int, int]:
        """Change the size, within limits, and return what it is now. Wrapped lines are wrapped anew."""
        size = clamp_size(columns, rows)
        if size != (self.columns, self.rows):
            self._take(self._parser.resize(*size))
            self._pass_on()
        return self.columns, self.rows

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        """Say what the default colours look like: hosts ask, to choose colours that can be read on them."""
        self._parser.set_colours(foreground, background)

    def line(self, y: int) -> Line:
        """Line `y`. Raises IndexError outside 0 to history + rows - 1."""
        if not 0 <= y < self.history + self.rows:
            raise IndexError(f"line {y} of {self.history + self.rows}")
        if y >= self.history:
            self._look()
            at = y - self.history  # less than it was if the engine had to be replaced
            return self._screen[at] if 0 <= at < len(self._screen) else BLANK
        number, at = divmod(y, _BLOCK)
        if number not in self._blocks and not self._closed:
            start = number * _BLOCK
            self._blocks[number] = self._parser.lines(start, min(start + _BLOCK, self.history))
        block = self._blocks.get(number, [])
        return block[at] if at < len(block) else BLANK

    def view(self, top: int, height: int) -> tuple[Line, ...]:
        """So many lines from line `top` on, blank ones where there are none."""
        self._look()
        history = self.history
        if top == history and height <= len(self._screen):
            return tuple(self._screen[:height])
        return tuple(
            self.line(y) if 0 <= y < history + self.rows else BLANK for y in range(top, top + height)
        )

    def lines(self, start: int, stop: int) -> Iterator[Line]:
        """The lines from `start` up to `stop`, as far as they exist."""
        for y in range(max(0, start), min(stop, self.history + self.rows)):
            if y % _BLOCK == 0 and len(self._blocks) >= _MOST_BLOCKS:
                self._blocks.clear()
            yield self.line(y)

    def text_before_cursor(self) -> str:
        """What stands before the cursor, of the whole line if that is wrapped over a few rows."""
        cursor, history = self.cursor, self.history
        parts = [text_before(self.line(history + cursor.y), cursor.x)]
        y = history + cursor.y - 1
        while y >= 0 and len(parts) < _ROWS_BEFORE_CURSOR and (line := self.line(y)).wrapped:
            parts.append(line.text)
            y -= 1
        return "".join(reversed(parts))

    def previous_prompt(self, y: int) -> int | None:
        """The nearest line above `y` on which a prompt begins, as far as the host marks them (OSC 133)."""
        return self._parser.prompt(min(y, self.history + self.rows) - 1, -1)

    def next_prompt(self, y: int) -> int | None:
        """The nearest line below `y` on which a prompt begins."""
        return self._parser.prompt(max(y, -1) + 1, 1)

    def take_damage(self) -> frozenset[int]:
        """The rows of the screen (0 at the top) that look different since this was last asked."""
        self._look()
        damage, self._damage = frozenset(self._damage), set()
        return damage

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The lines from `start` up to `stop` as text: wrapped lines joined, nothing blank at the end of a line."""
        parts: list[str] = []
        for line in self.lines(start, self.history + self.rows if stop is None else stop):
            parts.append(line.text if line.wrapped else line.text.rstrip(" ") + "\n")
        return "".join(parts).removesuffix("\n")

    def close(self) -> None:
        """Free what the engine holds outside Python. Only the title and the modes can be read afterwards."""
        if not self._closed:
            self._modes, self._closed = self.modes, True
            self._parser.close()

    def _take(self, told: Told) -> None:
        self._told = told
        self._modes, self._looked = None, False
        self._blocks.clear()
        if len(self._screen) != told.rows:
            self._screen = (self._screen + [BLANK] * told.rows)[: told.rows]
            self._damage = {y for y in self._damage if y < told.rows}

    def _look(self) -> None:
        """See what was not looked at since the screen was written to."""
        if self._looked or self._closed:
            return
        look = self._parser.look()
        self._looked = True
        self._cursor = look.cursor
        for y, line in look.rows.items():
            if y < len(self._screen):
                self._screen[y] = line
                self._damage.add(y)

    def _pass_on(self) -> None:
        """Tell the owner what the engine had to say, as far as it may be said."""
        told = self._told
        if answer := b"".join(self._allowed(reply) for reply in told.replies):
            self._on_reply(answer)
        title = plain(told.title).strip()[:_LONGEST_TITLE]
        if title != self._title:
            self._title = title
            self._on_title(title)
        if told.rung:
            self._on_bell()
        # A host may not take away what a person copied.
        if told.clipboard and self._on_clipboard is not None:
            self._on_clipboard(told.clipboard)

    def _allowed(self, reply: bytes) -> bytes:
        if reply == b"\x1b[?9001;0$y":
            reply = b"\x1b[?9001;%d$y" % (1 if self._win32_input else 2)
        return harmless(reply)

    def _open_parser(
        self, name: str | None, columns: int, rows: int, scrollback: int, process: EngineProcess | None
    ) -> Parser:
        clipboard = self._on_clipboard is not None
        name = None if name == "auto" else name
        if name is not None and name not in _ENGINES:
            raise TerminalError(
                f"there is no terminal engine {name!r}", hint=f"Known are {', '.join(_ENGINES)}."
            )

        def here(candidate: str, columns: int, rows: int) -> Parser | None:
            make = _engine_class(candidate)
            return EngineHere(make, columns, rows, scrollback, clipboard=clipboard) if make else None

        def in_python(columns: int, rows: int) -> Parser:
            if (parser := here("bittty", columns, rows)) is None:
                raise _not_loaded("bittty")
            return parser

        for candidate in [name] if name else list(_ENGINES):
            if candidate != "ghostty" or process is None:
                parser = here(candidate, columns, rows)
            elif importlib.util.find_spec("pyghostty") is not None:
                parser = self._open_apart(process, in_python, columns, rows, scrollback)
            else:
                parser = None
            if parser is not None:
                return parser
        raise _not_loaded(name or "bittty")

    def _open_apart(
        self,
        process: EngineProcess,
        in_python: Callable[[int, int], Parser],
        columns: int,
        rows: int,
        scrollback: int,
    ) -> Parser | None:
        """In the engine process; in Python where that crashes; None where it can't load the engine."""
        from hptui.terminal.engine_guarded import Guarded
        from hptui.terminal.engine_process import EngineDied, EngineMissing

        try:
            return Guarded(
                process,
                in_python,
                columns,
                rows,
                scrollback,
                clipboard=self._on_clipboard is not None,
                on_restart=self._restarted,
            )
        except (EngineMissing, EngineDied) as error:
            if isinstance(error, EngineMissing) and not error.crashed:
                return None
            self.engine_note = "The terminal's engine does not start here; a slower one runs in its place."
            return in_python(columns, rows)

    def _restarted(self, sentence: str) -> None:
        self._screen = []
        self._take(self._parser.told)
        self.engine_note = sentence
        self._on_restart(sentence)

    def _watch(self, data: bytes) -> list[int]:
        """Follow what no engine does, however the output is cut: ?9001, and where soft resets (DECSTR) end."""
        carried = len(self._carry)
        if carried:
            data = self._carry + data
        resets = []
        # One character is found fifty times faster than two.
        if (
            (b"!" in data and b"\x1b[!p" in data)
            or (b"?" in data and b"9001" in data)
            or (self._win32_input and b"\x1bc" in data)
        ):
            for match in _WATCHED.finditer(data):
                if match[1] is None:
                    self._win32_input = False
                    if match[0].endswith(b"p"):
                        resets.append(match.end() - carried)
                elif b"9001" in match[1].split(b";"):
                    self._win32_input = match[2] == b"h"
        unfinished = _UNFINISHED.search(data, max(0, len(data) - 80))
        self._carry = unfinished[0] if unfinished else b""
        return resets


def clamp_size(columns: int, rows: int) -> tuple[int, int]:
    """The size a terminal has where there is room for this."""
    return (
        min(max(columns, LEAST_COLUMNS), MOST_COLUMNS),
        min(max(rows, LEAST_ROWS), MOST_ROWS),
    )


def _not_loaded(name: str) -> TerminalError:
    return TerminalError(
        f"the terminal engine {name} cannot be loaded here",
        hint="Reinstall hptui; `hptui version` says which engines it finds.",
    )
