"""Engine 2: bittty, pure Python, where libghostty-vt has no build. Right, but ten to thirty times slower on text.

It lacks some of the wariness a terminal for other people's output needs, and a little of what the first engine does;
both are made up for here: strings without an end, errors in its parser, hosts that resize the terminal, printers,
macros and status lines nobody has, an alternate screen that comes up dirty, and a prompt lost when the screen shrinks.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import bittty
from bittty.caps import TerminalCaps
from bittty.devices.board import Board
from bittty.devices.modes import MouseEncoding as BoardEncoding
from bittty.devices.modes import MouseProtocol
from bittty.mode_profiles import DEC_ANSI, DEC_RIGHT_TO_LEFT
from bittty.options import EDITING
from bittty.present import Bell, ClipboardChanged, PromptMark, RowsScrolledOff, ScrollbackCleared
from bittty.style import Color, Style

from hptui.terminal.bittty_history import History
from hptui.terminal.bittty_prompts import Prompts
from hptui.terminal.cells import BLANK, CellStyle, Colour, Line, Rgb, Run, Underline, line_of
from hptui.terminal.engine import EngineEvents
from hptui.terminal.state import Cursor, CursorShape, Modes, MouseEncoding, MouseTracking

_log = logging.getLogger(__name__)

_LONGEST_SEQUENCE = 64 << 10  # characters
_CANCEL = "\x18"

# What the first engine answers, so that a host sees one terminal; and none of the hardware that a pane hasn't got.
_MODEL = replace(
    bittty.BITTTY,
    name="hptui",
    da1_response="\x1b[?62;22c",
    da2_response="\x1b[>1;0;0c",
    options=frozenset(),
    control_capabilities=EDITING,
    mode_capabilities=bittty.BITTTY.mode_capabilities - {DEC_ANSI, DEC_RIGHT_TO_LEFT},
    macro_space=None,
    upss=None,
    keyboard_types=None,
    power_on_modes=bittty.BITTTY.power_on_modes | {1007},
)
# Operations that would act on something outside the screen.
_REFUSED = ("LINUX_SETTERM", "C0_ENQ", "OSC_NOTIFY", "OSC_FONT", "OSC_POINTER_SHAPE", "XTGETTCAP", "DECRQCRA")

_TRACKING = {
    MouseProtocol.X10: MouseTracking.X10,
    MouseProtocol.NORMAL: MouseTracking.NORMAL,
    MouseProtocol.BUTTON: MouseTracking.BUTTON,
    MouseProtocol.ANY: MouseTracking.ANY,
}
_ENCODING = {
    BoardEncoding.UTF8: MouseEncoding.UTF8,
    BoardEncoding.SGR: MouseEncoding.SGR,
    BoardEncoding.SGR_PIXELS: MouseEncoding.SGR_PIXELS,
    BoardEncoding.URXVT: MouseEncoding.URXVT,
}
_SHAPES = {"underline": CursorShape.UNDERLINE, "bar": CursorShape.BAR}
_UNDERLINES = {
    None: Underline.SINGLE,
    "double": Underline.DOUBLE,
    "curly": Underline.CURLY,
    "dotted": Underline.DOTTED,
    "dashed": Underline.DASHED,
}


class _Host:
    """The cable to the host, as bittty sees it: only what the terminal answers goes through."""

    closed = False

    def __init__(self, events: EngineEvents) -> None:
        self._events = events

    def write(self, data: str) -> int:
        self._events.reply(data.encode("utf-8", "replace"))
        return len(data)

    def write_bytes(self, data: bytes) -> int:
        self._events.reply(bytes(data))
        return len(data)

    async def read_bytes_async(self, size: int) -> bytes:
        return b""

    def flush(self) -> None: ...

    def configure_line(self, line: object) -> None: ...

    def resize(self, rows: int, cols: int) -> None: ...

    def close(self) -> None: ...


class BitttyEngine:
    name = "bittty"
    version = bittty.__version__

    keeps_scrollback = True  # asks the board for the rows that scroll off

    def __init__(self, columns: int, rows: int, scrollback: int, events: EngineEvents) -> None:
        self._events = events
        self._history = History(scrollback)
        self._prompts = Prompts()
        self._board = Board(width=columns, height=rows, model=_MODEL)
        self._board.pty = _Host(events)
        self._board.set_caps(TerminalCaps(grapheme_mode="permanently-set"))
        self._board.title.title = ""
        for name in _REFUSED:
            self._board.registry.pop(name, None)
        self._board.console._resize_from_host = lambda width, height: None
        self._switch_screen = self._board.blitter.switch_screen
        self._board.blitter.switch_screen = self._switch_to_clean_screen
        self._move_as_the_standard_does()
        self._end_lines_that_are_erased()
        self._board.attach_display(self)
        self._screen: list[Line] = [BLANK] * rows
        self._changed: set[int] = set(range(rows))
        self._seen: tuple[Any, int] = (None, -1)  # the page last read, and its generation then

    # Size and history

    @property
    def columns(self) -> int:
        return int(self._board.width)

    @property
    def rows(self) -> int:
        return int(self._board.height)

    @property
    def history(self) -> int:
        return 0 if self._board.blitter.in_alt_screen else len(self._history)

    @property
    def dropped(self) -> int:
        return self._history.dropped

    def feed(self, data: bytes) -> None:
        try:
            self._board.feed_host_data(data)
            self._end_long_sequence()
        except Exception as error:  # noqa: BLE001 - whatever output breaks the parser, the terminal must go on
            # Neither the bytes nor a traceback: an error may quote what the host has printed.
            _log.debug("the terminal engine failed on %d bytes: %s", len(data), type(error).__name__)
            self._restart_parser()

    def soft_reset(self) -> None:
        self.feed(b"\x1b[?1l\x1b>")

    def resize(self, columns: int, rows: int) -> None:
        before = self.columns
        self._make_room(rows)
        if columns != before and not self._board.blitter.in_alt_screen:
            places = self._prompts.by_line(self._wrapped, self._cursor_place, self.dropped)
        else:
            places = None
        self._board.resize_from_frontend(columns, rows)
        if columns != before:
            self._history.rewrap(columns)
            self._board.cursor.tab_stops |= {x for x in range(8, columns, 8) if x >= before}
        if places is not None:
            self._prompts.place(places, self._wrapped, self._cursor_place, self.dropped)

    def close(self) -> None:
        self._board.detach_display()

    def present(self, event: object) -> None:
        """What the board tells whoever shows it."""
        if isinstance(event, RowsScrolledOff):
            for row in event.lines:
                self._history.append(_line(row.cells, row.wrapped))
        elif isinstance(event, PromptMark):
            if event.mark.startswith("A") and not self._board.blitter.in_alt_screen:
                self._prompts.add(self._history.dropped + len(self._history) + event.row)
        elif isinstance(event, Bell):
            self._events.bell()
        elif isinstance(event, ScrollbackCleared):
            self._history.clear()
        elif isinstance(event, ClipboardChanged) and self._events.clipboard is not None:
            self._events.clipboard(event.text)

    def _switch_to_clean_screen(self, alternate: bool) -> None:
        entering = alternate and not self._board.blitter.in_alt_screen
        self._switch_screen(alternate)
        if entering:
            self._board.blitter.clear_screen(2)

    def _move_as_the_standard_does(self) -> None:
        """DEC STD 070: DECOM, set or reset, and DECALN bring the cursor home; moves up and down stop at the margin;
        where the cursor is said to be counts from the origin."""
        board = self._board
        cursor, blitter = board.cursor, board.blitter
        modes, align = board.modes._modes, board.registry["DECALN"]

        def home(_device: object, _value: object) -> None:
            cursor.move_to(0, 0)

        def align_and_home(operation: object) -> None:
            blitter.set_scroll_region(0, board.height - 1)
            blitter.reset_left_right_margins()
            align(operation)
            cursor.set_position(0, 0)

        def move_up(count: int) -> None:
            cursor.cancel_pending_wrap()
            cursor.y = max(blitter.scroll_top if cursor.y >= blitter.scroll_top else 0, cursor.y - count)

        def move_down(count: int) -> None:
            cursor.cancel_pending_wrap()
            bottom = blitter.scroll_bottom if cursor.y <= blitter.scroll_bottom else blitter.rows - 1
            cursor.y = min(bottom, cursor.y + count)

        def tell_position(_operation: object) -> None:
            top = blitter.scroll_top if board.modes.origin_mode else 0
            self._events.reply(b"\x1b[%d;%dR" % (cursor.y - top + 1, cursor.display_x + 1))

        modes[True, 6] = replace(modes[True, 6], apply_fn=home)
        board.registry["DECALN"] = align_and_home
        board.registry["CPR"] = tell_position
        cursor.move_up, cursor.move_down = move_up, move_down
        clear_tab_stop = cursor.clear_tab_stop
        cursor.clear_tab_stop = lambda kind: clear_tab_stop(kind) if kind in (0, 3) else None

    def _end_lines_that_are_erased(self) -> None:
        """A row erased to its end no longer goes on in the next: else it would be joined when copied or rewrapped."""
        blitter, cursor = self._board.blitter, self._board.cursor
        clear_line, clear_screen = blitter.clear_line, blitter.clear_screen

        def end_row(mode: int) -> None:
            if mode == 0:
                blitter.current_page.set_line_wrapped(cursor.y, False)

        def erase_in_line(mode: int = 0) -> None:
            clear_line(mode)
            end_row(mode)

        def erase_in_screen(mode: int = 0) -> None:
            clear_screen(mode)
            end_row(mode)
            if mode == 2 and not blitter.in_alt_screen:
                self._prompts.forget_from(self._history.dropped + len(self._history))

        blitter.clear_line, blitter.clear_screen = erase_in_line, erase_in_screen

    def _end_long_sequence(self) -> None:
        """A string that never ends would be kept for ever."""
        parser = self._board.parser
        if len(parser.buffer) - parser.pos > _LONGEST_SEQUENCE:
            parser.feed(_CANCEL)

    def _restart_parser(self) -> None:
        parser = self._board.parser
        parser.buffer, parser.pos, parser.mode = "", 0, None

    def _make_room(self, rows: int) -> None:
        """Before the screen shrinks, scroll up what would otherwise be cut off with the cursor on it."""
        board = self._board
        blitter, cursor = board.blitter, board.cursor
        if blitter.in_alt_screen:
            saved = cursor.saved[False]
            if (excess := saved.y - rows + 1) > 0:
                page = blitter.primary_page
                for y in range(excess):
                    row = page.line(y)
                    self._history.append(_line(row.cells, row.wrapped))
                page.scroll_region_up(0, page.height - 1, excess)
                cursor.saved[False] = replace(saved, y=saved.y - excess)
        elif (excess := cursor.y - rows + 1) > 0:
            blitter.set_scroll_region(0, board.height - 1)
            blitter.reset_left_right_margins()
            blitter.scroll(excess)
            cursor.set_position(None, cursor.y - excess)

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        palette = self._board.palette
        defaults = replace(palette._defaults, foreground=foreground, background=background)
        palette._defaults, palette.foreground, palette.background = defaults, foreground, background

    # Lines

    def changes(self) -> Collection[int]:
        self._read_screen()
        changed, self._changed = self._changed, set()
        return changed

    def row(self, y: int) -> Line:
        history = self.history
        if y < history:
            return self._history[y]
        self._read_screen()
        return self._screen[y - history]

    def is_prompt(self, y: int) -> bool:
        return not self._board.blitter.in_alt_screen and self.dropped + y in self._prompts

    def _wrapped(self, place: int) -> bool:
        return self.row(place - self.dropped).wrapped

    @property
    def _cursor_place(self) -> int:
        return self.dropped + self.history + int(self._board.cursor.y)

    def _read_screen(self) -> None:
        page = self._board.display.page
        seen, generation = self._seen
        dirty = page.dirty_rows(generation) if page is seen else range(page.height)
        self._seen = (page, page.observe())
        if len(self._screen) != page.height:
            self._screen = (self._screen + [BLANK] * page.height)[: page.height]
            self._changed = set(range(page.height))
        # That a row goes on in the next one doesn't make it dirty.
        ends = (y for y in range(page.height) if page.wrapped_lines[y] != self._screen[y].wrapped)
        for y in {*dirty, *ends}:
            line = _line(page.grid[y], page.wrapped_lines[y])
            if line != self._screen[y]:
                self._screen[y] = line
                self._changed.add(y)

    # State

    def cursor(self) -> Cursor:
        board = self._board
        shape = _SHAPES.get(board.cursor.shape, CursorShape.BLOCK)
        modes = board.modes
        return Cursor(
            board.cursor.display_x, board.cursor.y, modes.cursor_visible, shape, modes.cursor_blinking
        )

    @property
    def synchronized(self) -> bool:
        return bool(self._board.modes.synchronized_output)

    def modes(self) -> Modes:
        modes, mouse = self._board.modes, self._board.mouse
        return Modes(
            application_cursor=modes.cursor_application_mode,
            application_keypad=not modes.numeric_keypad,
            bracketed_paste=modes.bracketed_paste,
            focus_events=modes.focus_reporting,
            alternate_screen=self._board.blitter.in_alt_screen,
            reverse_screen=modes.reverse_screen,
            alternate_scroll=modes.alternate_scroll_mode,
            backarrow_sends_backspace=modes.backarrow_key_sends_bs,
            newline=modes.linefeed_newline_mode,
            mouse_tracking=_TRACKING.get(mouse.protocol, MouseTracking.NONE),
            mouse_encoding=_ENCODING.get(mouse.encoding, MouseEncoding.LEGACY),
        )

    def title(self) -> str:
        return str(self._board.title.title)


def _line(cells: Sequence[tuple[Style, str]], wrapped: bool) -> Line:
    """A row of cells, in which the second cell of a wide character holds an empty text."""
    runs = []
    for style, group in groupby(cells, key=itemgetter(0)):
        texts = [text for _, text in group]
        runs.append(Run("".join(texts), len(texts), _cell_style(style)))
    return line_of(runs, wrapped)


@lru_cache(maxsize=4096)
def _cell_style(style: Style) -> CellStyle:
    return CellStyle(
        fg=_colour(style.fg),
        bg=_colour(style.bg),
        underline_colour=_colour(style.underline_color),
        bold=bool(style.bold),
        faint=bool(style.dim),
        italic=bool(style.italic),
        underline=_UNDERLINES.get(style.underline_style, Underline.SINGLE)
        if style.underline
        else Underline.NONE,
        blink=bool(style.blink),
        inverse=bool(style.reverse),
        invisible=bool(style.conceal),
        strike=bool(style.strike),
        overline=bool(style.overline),
        link=style.hyperlink or "",
    )


def _colour(colour: Color | None) -> Colour:
    if colour is None or colour.mode == "default" or colour.value is None:
        return None
    if isinstance(colour.value, int):
        return colour.value
    red, green, blue = colour.value
    return (red, green, blue)
