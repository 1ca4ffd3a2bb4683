"""Engine 1: libghostty-vt by way of pyghostty.

What its users must know (each learnt the hard way) is kept in here: a 1x1 screen crashes it, the scrollback has a
byte limit besides the line limit and forgets in whole pages, and it has no soft reset (DECSTR).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyghostty
from pyghostty._ffi import check, ffi, lib, union_fn
from pyghostty.core import Terminal, init_sized

from hptui.terminal.cells import Rgb
from hptui.terminal.engine import EngineEvents
from hptui.terminal.ghostty_rows import RowReader, bits_agree
from hptui.terminal.ghostty_text import TextReader, row_as_written, text_agrees
from hptui.terminal.state import Cursor, CursorShape, Modes, MouseEncoding, MouseTracking
from hptui.terminal.written import NOTHING, Row

# The history is forgotten a page at a time. At a limit in bytes the library uses the oldest page again, at a limit in lines
# it gives the page back and takes a new one: then floods are parsed eight times slower. So the limit is one in bytes.
_PAGE_BYTES = 512 << 10
_CELL_BYTES = 10  # 8 for a cell; its part of the page's styles, clusters and links
_MOST_LINES = 1 << 31  # the limit in lines, which the one in bytes is always before
_HISTORY_BYTES = 64 << 20  # at most, whatever the lines hold

_SHAPES = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: CursorShape.BAR,
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: CursorShape.UNDERLINE,
}
_TRACKING = {
    9: MouseTracking.X10,
    1000: MouseTracking.NORMAL,
    1002: MouseTracking.BUTTON,
    1003: MouseTracking.ANY,
}
_ENCODING = {
    1005: MouseEncoding.UTF8,
    1015: MouseEncoding.URXVT,
    1006: MouseEncoding.SGR,
    1016: MouseEncoding.SGR_PIXELS,
}

# What DECSTR resets (DEC STD 070), short of the cursor's place, which it keeps.
_SOFT_RESET_AS = (
    b"\x1b[?25h\x1b[4l\x1b[?6l\x1b[?7h\x1b[?1l\x1b>\x1b[?69l\x1b[r"
    b'\x1b(B\x1b)B\x1b*B\x1b+B\x0f\x1b[0m\x1b[0"q\x1b[H\x1b7'
)

# cffi can't pass the library's tagged union by value; a struct laid out alike goes the same way (see pyghostty._ffi).
ffi.cdef("typedef struct { int tag; uint64_t value; uint64_t _pad; } HptuiScrollViewport;")
if ffi.sizeof("HptuiScrollViewport") != ffi.sizeof("GhosttyTerminalScrollViewport"):
    raise ImportError("pyghostty's viewport structure is not the one this was written for")
_scroll = union_fn("ghostty_terminal_scroll_viewport", "void(*)(GhosttyTerminal, HptuiScrollViewport)")
_point = union_fn(
    "ghostty_terminal_grid_ref_track",
    "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyTrackedGridRef*)",
)
_grid_ref = union_fn(
    "ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)"
)


class GhosttyEngine:
    name = "ghostty"
    version = pyghostty.__version__

    def __init__(self, columns: int, rows: int, scrollback: int, events: EngineEvents) -> None:
        self._terminal = Terminal(columns, rows, _MOST_LINES if scrollback else 0)
        self._scrollback = scrollback
        self._history_bytes = 0
        self._events = events
        self._dropped = 0
        self._title_changed = False
        self._title = ""
        self._mark: Any = None  # a tracked place in the history, and the line it was
        self._mark_line = 0
        self._where = ffi.new("GhosttyPointCoordinate*")
        self._reader = RowReader(self._terminal, bits=bits_agree())
        self._text = TextReader(self._terminal) if text_agrees() else None
        self._screen: list[Row] = []
        self._changed: set[int] = set()
        self._behind = True  # the screen is to be read anew
        self._unread = True  # it was written to since it was last read
        self._window: tuple[int, list[Row]] | None = (
            None  # lines of the history last looked at, from a line on
        )
        self._size = (columns, rows)
        self._history = 0
        self._number, self._asked_mode = ffi.new("size_t*"), ffi.new("GhosttyTerminalModeConfig*")
        self._flag = ffi.new("bool*")
        self._asked_row = (
            ffi.new("GhosttyPointS*"),
            init_sized("GhosttyGridRef"),
            ffi.new("GhosttyRow*"),
            ffi.new("int*"),
        )
        self._set_up(columns)

    def _set_up(self, columns: int) -> None:
        self._limit_history(columns)
        self._set("KITTY_IMAGE_STORAGE_LIMIT", ffi.new("uint64_t*", 0))
        self._set("TITLE_REPORT", ffi.new("bool*", False))
        # ConPTY has no history to take lines back from when the screen grows; its rows must stay ours.
        self._set("RESIZE_PULL_SCROLLBACK", ffi.new("bool*", False))
        self._terminal.on_reply(self._events.reply)
        bell = ffi.callback("GhosttyTerminalBellFn", lambda _terminal, _data: self._events.bell())
        title = ffi.callback("GhosttyTerminalTitleChangedFn", self._on_title)
        self._callbacks = [bell, title]
        size = ffi.callback("GhosttyTerminalSizeFn", self._on_size)
        self._callbacks.append(size)
        self._set("SIZE", size)
        self._set("BELL", bell)
        self._set("TITLE_CHANGED", title)
        if self._events.clipboard is not None:
            clipboard = ffi.callback("GhosttyTerminalClipboardWriteFn", self._on_clipboard)
            self._callbacks.append(clipboard)
            self._set("CLIPBOARD_WRITE", clipboard)

    def _set(self, option: str, value: Any) -> None:
        number = getattr(lib, f"GHOSTTY_TERMINAL_OPT_{option}")
        check(lib.ghostty_terminal_set(self._terminal._t[0], number, value), f"set {option}")

    def _limit_history(self, columns: int, extra: int = 0) -> None:
        """Make room for the lines of the history as they usually are, and for `extra` bytes."""
        usual = self._scrollback * columns * _CELL_BYTES + _PAGE_BYTES if self._scrollback else 0
        size = min(max(usual, self._history_bytes + extra), _HISTORY_BYTES)
        if size != self._history_bytes or not self._scrollback:
            self._history_bytes = size
            self._set("SCROLLBACK_MAX_BYTES", ffi.new("size_t*", size))

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        for option, colour in (("COLOR_FOREGROUND", foreground), ("COLOR_BACKGROUND", background)):
            self._set(option, ffi.new("GhosttyColorRgb*", colour))

    def _on_title(self, _terminal: Any, _data: Any) -> None:
        self._title_changed = True

    def _on_size(self, _terminal: Any, _data: Any, out: Any) -> bool:
        out.columns, out.rows = self._terminal.size
        out.cell_width = out.cell_height = 0
        return True

    def _on_clipboard(self, _terminal: Any, _data: Any, write: Any) -> None:
        if self._events.clipboard is None:
            return
        for index in range(write.contents_len):
            content = write.contents[index]
            kind = bytes(ffi.buffer(content.mime.ptr, content.mime.len)) if content.mime.len else b""
            if kind.startswith(b"text/plain") or not kind:
                data = bytes(ffi.buffer(content.data.ptr, content.data.len)) if content.data.len else b""
                self._events.clipboard(data.decode("utf-8", "replace"))
                break
        answer = init_sized("GhosttyClipboardWriteReply")
        answer.result = lib.GHOSTTY_CLIPBOARD_WRITE_RESULT_SUCCESS
        write.reply(write, answer)

    # Size and history

    @property
    def columns(self) -> int:
        return self._size[0]

    @property
    def rows(self) -> int:
        return self._size[1]

    @property
    def history(self) -> int:
        return self._history

    @property
    def dropped(self) -> int:
        return self._dropped

    def feed(self, data: bytes) -> None:
        self._set_mark()
        # DEL is to be ignored (ECMA-48, DEC STD 070); the library prints it.
        self._terminal.feed(data.replace(b"\x7f", b"") if b"\x7f" in data else data)
        self._written()
        self._count_dropped()

    def resize(self, columns: int, rows: int) -> None:
        self._limit_history(columns)
        self._terminal.resize(columns, rows)
        self._written()
        # In-band size reports: the library sends one when asked to begin, and none when it is resized.
        if self._mode(2048):
            self._events.reply(b"\x1b[48;%d;%d;0;0t" % (rows, columns))

    def close(self) -> None:
        self._free_mark()
        self._reader.close()
        self._terminal.close()

    def _written(self) -> None:
        self._behind = self._unread = True
        self._window = None
        # Read back rather than remembered: a host may switch to 132 columns by itself (?3h).
        size = self._terminal.size
        if size[0] != self._size[0]:
            self._limit_history(size[0])
        self._size = size
        number = self._number
        get = lib.ghostty_terminal_get
        check(get(self._terminal._t[0], lib.GHOSTTY_TERMINAL_DATA_SCROLLBACK_ROWS, number), "scrollback_rows")
        self._history = int(number[0])

    def soft_reset(self) -> None:
        x, y = self._terminal.cursor
        self._terminal.feed(_SOFT_RESET_AS + b"\x1b[%d;%dH" % (y + 1, x + 1))
        self._written()

    # How many lines were forgotten: a tracked place in the history moves towards 0 as the far end goes.

    def _set_mark(self) -> None:
        self._free_mark()
        if not (history := self.history):
            return
        self._mark_line = history - 1
        point = ffi.new("GhosttyPointS*")
        point.tag = lib.GHOSTTY_POINT_TAG_SCREEN
        point.value.x, point.value.y = 0, self._mark_line
        mark = ffi.new("GhosttyTrackedGridRef*")
        check(_point(self._terminal._t[0], point[0], mark), "grid_ref_track")
        self._mark = mark

    def _count_dropped(self) -> None:
        """Call when the history is counted anew. A place that is forgotten is said to be at 0."""
        if self._mark is None:
            return
        if not self._on_alternate_screen():
            where = self._where
            missing = lib.ghostty_tracked_grid_ref_point(self._mark[0], lib.GHOSTTY_POINT_TAG_SCREEN, where)
            if not self._history:
                self._dropped += self._mark_line + 1
            elif missing or (where.y == 0 and self._mark_line):
                # Everything that was there is gone, and more that nobody saw: count past all of it.
                self._dropped += self._mark_line + 1 + self.rows
            else:
                self._dropped += max(0, self._mark_line - where.y)
                if 0 < self._history < self._scrollback and where.y < self._mark_line:
                    self._limit_history(self.columns, self._history_bytes // 2)  # these lines are larger
        self._free_mark()

    def _free_mark(self) -> None:
        if self._mark is not None:
            lib.ghostty_tracked_grid_ref_free(self._mark[0])
            self._mark = None

    # Lines

    def changes(self) -> Collection[int]:
        self._read_screen()
        changed, self._changed = self._changed, set()
        return changed

    def row(self, y: int) -> Row:
        history = self.history
        if y >= history:
            self._read_screen()
            return self._screen[y - history] if y - history < len(self._screen) else NOTHING
        if self._window is None or not 0 <= y - self._window[0] < len(self._window[1]):
            self._window = self._read_history(y)
        start, lines = self._window
        return lines[y - start]

    def _read_screen(self) -> None:
        if not self._behind:
            return
        self._behind = self._unread = False
        columns, rows, screen = self.columns, self.rows, self._screen
        if len(screen) != rows:
            screen = self._screen = (screen + [NOTHING] * rows)[:rows]
            self._changed = set(range(rows))
        written: list[bytes] | None = None
        for raw in self._reader.changed():
            if written is None and self._text is not None:
                written = self._text.screen(columns, rows)
            y = raw.y
            row = row_as_written(self._reader, raw, written[y] if written else None, columns)
            if row != screen[y]:
                screen[y] = row
                self._changed.add(y)

    def _read_history(self, y: int) -> tuple[int, list[Row]]:
        """A screenful of lines from line `y` on. Looks back at the screen afterwards, which must be read anew."""
        if self._unread:
            # Else the library may tell only the rows that were written to, not those it now looks at.
            self._read_screen()
        self._behind = True
        self._scroll_to("ROW", y)
        try:
            written = self._text.lines(y, self.columns, self.rows) if self._text is not None else None
            return y, [
                row_as_written(self._reader, raw, written[raw.y] if written else None, self.columns)
                for raw in self._reader.changed()
            ]
        finally:
            self._scroll_to("BOTTOM", 0)

    def _scroll_to(self, how: str, value: int) -> None:
        to = ffi.new("HptuiScrollViewport*")
        to.tag, to.value = getattr(lib, f"GHOSTTY_SCROLL_VIEWPORT_{how}"), value
        _scroll(self._terminal._t[0], to[0])

    def is_prompt(self, y: int) -> bool:
        point, ref, row, kind = self._asked_row
        point.tag, point.value.x, point.value.y = lib.GHOSTTY_POINT_TAG_SCREEN, 0, y
        check(_grid_ref(self._terminal._t[0], point[0], ref), "grid_ref")
        check(lib.ghostty_grid_ref_row(ref, row), "grid_ref_row")
        check(lib.ghostty_row_get(row[0], lib.GHOSTTY_ROW_DATA_SEMANTIC_PROMPT, kind), "semantic_prompt")
        if kind[0] != lib.GHOSTTY_ROW_SEMANTIC_PROMPT:
            return False
        # Wrapped anew, a prompt marks all its rows.
        check(lib.ghostty_row_get(row[0], lib.GHOSTTY_ROW_DATA_WRAP_CONTINUATION, self._flag), "continued")
        return not self._flag[0]

    # State

    def cursor(self) -> Cursor:
        self._read_screen()
        x, y = self._terminal.cursor
        seen = self._reader.cursor()
        shape = _SHAPES.get(seen.visual_style, CursorShape.BLOCK)
        return Cursor(x, y, bool(seen.visible), shape, bool(seen.blinking))

    def _mode(self, number: int) -> bool:
        asked = self._asked_mode
        asked.mode = number
        check(lib.ghostty_terminal_get(self._terminal._t[0], lib.GHOSTTY_TERMINAL_DATA_MODE, asked), "mode")
        return bool(asked.value)

    def _on_alternate_screen(self) -> bool:
        return bool(self._terminal.get("active_screen", "int") == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE)

    @property
    def synchronized(self) -> bool:
        return self._mode(2026)

    def modes(self) -> Modes:
        mode = self._mode
        tracking = next((kind for n, kind in reversed(_TRACKING.items()) if mode(n)), MouseTracking.NONE)
        encoding = next((kind for n, kind in reversed(_ENCODING.items()) if mode(n)), MouseEncoding.LEGACY)
        return Modes(
            application_cursor=mode(1),
            application_keypad=mode(66),
            bracketed_paste=mode(2004),
            focus_events=mode(1004),
            alternate_screen=self._on_alternate_screen(),
            reverse_screen=mode(5),
            alternate_scroll=mode(1007),
            backarrow_sends_backspace=mode(67),
            newline=mode(20 | 1 << 15),
            mouse_tracking=tracking,
            mouse_encoding=encoding,
        )

    def title(self) -> str:
        if self._title_changed:
            self._title_changed = False
            text = self._terminal.get("title", "GhosttyString")
            self._title = bytes(ffi.buffer(text.ptr, text.len)).decode("utf-8", "replace") if text.len else ""
        return self._title
