"""A terminal on the screen: paints an emulator, and sends what is typed, pasted and pointed at to the host.

Three promises rule the shape of it. A key goes to `writer` within the key's own event, past no queue. The first output
after silence is painted at once, a flood at most once a frame. And output is parsed in slices with the event loop's
turn between them, so that no flood keeps a key waiting.

What the app around it must do: have no priority bindings while a terminal has the focus (Textual looks at those before
any widget: Ctrl+Q and Ctrl+P among them, as an App is born), and set `escape_to_minimize` false where a terminal can be
maximized. Everything else is kept from bindings here, except the leader key: it passes through to whatever binds it,
and is told as `TerminalView.Leader`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from hptui.terminal.cells import BLANK, Line
from hptui.terminal.emulator import Emulator, clamp_size
from hptui.terminal.keys import encode, focus, paste
from hptui.terminal.mouse import MouseAction, MouseButton, encode_mouse
from hptui.terminal.state import Cursor, CursorShape, MouseTracking
from hptui.ui.widgets.strips import StripMaker, cell_of, restyle, width_at

FRAME = 1 / 60  # seconds
SYNCHRONIZED_LIMIT = 0.150  # seconds that a host may keep the screen from being painted (?2026)
SLICE_LIMIT = 0.004  # seconds of parsing before the event loop has its turn
LARGEST_SLICE, SMALLEST_SLICE = 32 << 10, 1 << 10  # bytes
RESEND_AFTER = (0.3, 1.0, 3.0)  # seconds; a host that is still starting misses the first word of its size
WHEEL_LINES = 3
SCROLLBAR = 1  # columns, as in DEFAULT_CSS

_BUTTONS = {1: MouseButton.LEFT, 2: MouseButton.MIDDLE, 3: MouseButton.RIGHT}
_SCROLL_KEYS = {"shift+pageup", "shift+pagedown", "shift+home", "shift+end"}
# One key, by the names Textual has for it.
_SAME_KEY = {"ctrl+@": "ctrl+space", "ctrl+at": "ctrl+space"}


class TerminalView(ScrollView, can_focus=True):
    """`writer` takes the bytes for the host: keys, pastes, mouse, focus, and the terminal's own answers. It must not wait.

    Without a writer they come as `TerminalView.Typed`.
    """

    DEFAULT_CSS = """
    TerminalView {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;

        & > .terminal-view--cursor {
            text-style: reverse;
        }
        & > .terminal-view--cursor-underline {
            text-style: underline;
        }
        & > .terminal-view--cursor-bar {
            background: $primary;
            color: $foreground;
        }
        & > .terminal-view--cursor-blurred {
            background: $surface-lighten-2;
        }
    }
    """
    COMPONENT_CLASSES = {
        "terminal-view--cursor",
        "terminal-view--cursor-underline",
        "terminal-view--cursor-bar",
        "terminal-view--cursor-blurred",
    }
    ALLOW_MAXIMIZE = True

    @dataclass
    class Typed(Message):
        """Bytes for the host, where no `writer` is set."""

        terminal: TerminalView
        data: bytes

    @dataclass
    class Resized(Message):
        """The terminal's size, for the host. Told again (`again`) after a while, in case the host wasn't listening."""

        terminal: TerminalView
        columns: int
        rows: int
        again: bool = False

    @dataclass
    class TitleChanged(Message):
        terminal: TerminalView
        title: str

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalView.TitleChanged)

    @dataclass
    class Bell(Message):
        terminal: TerminalView

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalView.Bell)

    @dataclass
    class Leader(Message):
        """The leader key was pressed. The key itself bubbles on to whatever binds it."""

        terminal: TerminalView

    @dataclass
    class Scrolled(Message):
        """How many lines of the terminal are below the lowest one shown."""

        terminal: TerminalView
        below: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalView.Scrolled)

    def __init__(
        self,
        *,
        scrollback: int = 10_000,
        engine: str | None = None,
        leader: str = "ctrl+right_square_bracket",
        writer: Callable[[bytes], None] | None = None,
        on_clipboard: Callable[[str], None] | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.writer = writer
        self.leader = leader
        self.emulator = Emulator(
            80,
            24,
            scrollback=scrollback,
            engine=engine,
            on_reply=self._send,
            on_title=lambda title: self._tell(self.TitleChanged(self, title)),
            on_bell=lambda: self._tell(self.Bell(self)),
            on_clipboard=on_clipboard,
        )
        self._pending: deque[bytes] = deque()
        self._drainer: asyncio.Handle | None = None
        self._slice = LARGEST_SLICE
        self._frame: asyncio.TimerHandle | None = None
        self._painted_at = 0.0
        self._following = True  # the view stays at the bottom as output comes
        self._top = 0  # the line shown first when last painted
        self._dropped = 0  # as of the last paint
        self._shown: list[Line] = []  # what each row of the view last held
        self._cursor: Cursor | None = None
        self._maker: StripMaker | None = None
        self._resends: list[Timer] = []
        self._button: MouseButton | None = None
        self._unscrolled = 0

    # Output of the host

    def feed(self, data: bytes) -> None:
        """Take output of the host. What doesn't fit this turn of the event loop is parsed in the next ones."""
        self._pending.append(data)
        if self._drainer is None:
            self._drain()

    async def pump(self, read: Callable[[], Awaitable[Sequence[bytes]]]) -> None:
        """Show what `read` returns until it returns nothing, and ask for more only when the screen has caught up.

        Whoever is behind `read` stops reading in turn: that is the back pressure.
        """
        while chunks := await read():
            self._pending.extend(chunks)
            while self._pending:
                self._parse_slice()
                self._output_parsed()
                await asyncio.sleep(0)

    def _drain(self) -> None:
        self._drainer = None
        if not self._pending:
            return
        self._parse_slice()
        self._output_parsed()
        if self._pending:
            self._drainer = asyncio.get_running_loop().call_soon(self._drain)

    def _parse_slice(self) -> None:
        """Parse about as much as fits `SLICE_LIMIT`, by the engine's speed so far."""
        data, rest = bytearray(), b""
        while self._pending and len(data) < self._slice:
            chunk = self._pending.popleft()
            room = self._slice - len(data)
            data += chunk[:room]
            rest = chunk[room:]
        if rest:
            self._pending.appendleft(rest)
        began = time.perf_counter()
        self.emulator.feed(bytes(data))
        took = time.perf_counter() - began
        if took > SLICE_LIMIT:
            self._slice = max(SMALLEST_SLICE, self._slice // 2)
        elif took < SLICE_LIMIT / 4:
            self._slice = min(LARGEST_SLICE, self._slice * 2)

    # Painting

    def _output_parsed(self) -> None:
        """Paint now if there was silence, else with the next frame."""
        if self._frame is not None or not self.is_mounted:
            return
        wait = self._painted_at + FRAME - time.monotonic()
        if wait <= 0:
            self._paint()
        else:
            self._frame = asyncio.get_running_loop().call_later(wait, self._paint)

    def _paint(self) -> None:
        self._frame = None
        if not self.is_attached or self._closing:
            return
        now = time.monotonic()
        since = self.emulator.modes.synchronized_since
        if since is not None and (left := since + SYNCHRONIZED_LIMIT - now) > 0:
            self._frame = asyncio.get_running_loop().call_later(min(left, FRAME), self._paint)
            return
        self._painted_at = now
        regions = self._take_changes()
        if regions:
            self.refresh(*regions)
            self._flush()

    def _flush(self) -> None:
        """Hand the changes to the outer terminal now rather than at Textual's next frame."""
        screen = self.screen
        if screen is not self.app.screen or self.app._batch_count or screen._layout_required:
            return
        screen._compositor.update_widgets({self})
        screen._compositor_refresh()

    def _take_changes(self) -> list[Region]:
        """Bring the scroll position up to date, and return the rows of the view that look different."""
        emulator = self.emulator
        damage = emulator.take_damage()
        before = self._top
        self._update_scroll()
        top, height = self._top, self.size.height
        if len(self._shown) != height:
            self._shown = [BLANK] * height
            damage = frozenset(range(emulator.rows))
        first = emulator.history - top  # the row of the view where the screen begins
        if self._following and top == emulator.history + emulator.rows - height and before <= top:
            rows = {row + first for row in damage if 0 <= row + first < height}
        else:
            rows = {y for y in range(height) if self._line(top + y) != self._shown[y]}
        for y in rows:
            self._shown[y] = self._line(top + y)
        cursor = emulator.cursor
        if cursor != self._cursor or rows:
            for one in (self._cursor, cursor):
                if one is not None and 0 <= one.y + first < height:
                    rows.add(one.y + first)
            self._cursor = cursor
            self._place_outer_cursor(first)
        width = self._view_size.width
        return [Region(0, y, width, 1) for y in sorted(rows)]

    def _line(self, y: int) -> Line:
        emulator = self.emulator
        return emulator.line(y) if 0 <= y < emulator.history + emulator.rows else BLANK

    def _update_scroll(self) -> None:
        """Follow the output, or keep showing the same lines while it comes and old ones go.

        Set past the reactives: their watchers would lay out and repaint everything for each new line.
        """
        emulator = self.emulator
        dropped, self._dropped = emulator.dropped - self._dropped, emulator.dropped
        size = Size(emulator.columns, emulator.history + emulator.rows)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
            self.vertical_scrollbar.window_size = self.size.height
        bottom = max(0, size.height - self.size.height)
        top = bottom if self._following else max(0, min(self._top - dropped, bottom))
        if top != round(self.scroll_y):
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
            self.vertical_scrollbar.position = top
        self._top = top
        if (below := bottom - top) != self._unscrolled:
            self._unscrolled = below
            self.post_message(self.Scrolled(self, below))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._top = round(new_value)
        self._following = self._top >= self.max_scroll_y
        self._shown = []
        if (below := max(0, self.max_scroll_y - self._top)) != self._unscrolled:
            self._unscrolled = below
            self.post_message(self.Scrolled(self, below))

    def scroll_to_bottom(self) -> None:
        """Show the screen, and follow the output from here on."""
        self._following = True
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        if self._maker is None:
            self._maker = StripMaker(self.rich_style)
        number = self.scroll_offset.y + y
        line = self._line(number)
        strip = self._maker.strip(line, self._view_size.width)
        place = self.emulator.dropped + number
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(place)) is not None:
            strip = self._selected(strip, line, *span)
        cursor = self._cursor
        if cursor is not None and cursor.visible and cursor.y + self.emulator.history == number:
            strip = restyle(strip, cursor.x, cursor.x + width_at(line, cursor.x), self._cursor_style(cursor))
        return strip.apply_offsets(0, place)

    def _selected(self, strip: Strip, line: Line, start: int, end: int) -> Strip:
        style = self.screen.get_component_rich_style("screen--selection")
        return restyle(
            strip, cell_of(line, start), strip.cell_length if end == -1 else cell_of(line, end), style
        )

    def _cursor_style(self, cursor: Cursor) -> Style:
        if not self.has_focus:
            return self.get_component_rich_style("terminal-view--cursor-blurred", partial=True)
        if cursor.shape is CursorShape.UNDERLINE:
            return self.get_component_rich_style("terminal-view--cursor-underline", partial=True)
        if cursor.shape is CursorShape.BAR:
            return self.get_component_rich_style("terminal-view--cursor-bar", partial=True)
        return self.get_component_rich_style("terminal-view--cursor", partial=True)

    def _place_outer_cursor(self, first: int) -> None:
        """Put the outer terminal's own cursor there as well: input methods open beside it."""
        if self.has_focus and self._cursor is not None:
            region = self.scrollable_content_region
            x = min(self._cursor.x, max(0, region.width - 1))
            y = max(0, min(self._cursor.y + first, region.height - 1))
            self.app.cursor_position = region.offset + Offset(x, y)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._maker = None

    # Size

    @classmethod
    def grid(cls, width: int, height: int) -> tuple[int, int]:
        """The columns and rows of the terminal in a view of this size, before there is one."""
        return clamp_size(width - SCROLLBAR, height)

    @property
    def _view_size(self) -> Size:
        """The cells that can show the terminal: all but the scrollbar, which always has its column."""
        bar = self.styles.scrollbar_size_vertical if self.styles.overflow_y == "scroll" else 0
        return Size(max(0, self.size.width - bar), self.size.height)

    def on_resize(self, event: events.Resize) -> None:
        event.stop()
        width, height = self._view_size
        if not width or not height:
            return
        before = (self.emulator.columns, self.emulator.rows)
        size = self.emulator.resize(width, height)
        self._shown = []
        self._take_changes()
        self.refresh()
        if size != before or not self._resends:
            self._tell_size(*size)

    def _tell_size(self, columns: int, rows: int) -> None:
        for timer in self._resends:
            timer.stop()
        self.post_message(self.Resized(self, columns, rows))

        def tell_again() -> None:
            self.post_message(self.Resized(self, columns, rows, again=True))

        self._resends = [self.set_timer(delay, tell_again) for delay in RESEND_AFTER]

    # Input

    def _send(self, data: bytes) -> None:
        if not data:
            return
        if self.writer is not None:
            self.writer(data)
        else:
            self.post_message(self.Typed(self, data))

    def _tell(self, message: Message) -> None:
        if self.is_attached:
            self.post_message(message)

    def _typed(self, data: bytes) -> None:
        if data:
            if not self._following:
                self.scroll_to_bottom()
            self._send(data)

    async def _on_key(self, event: events.Key) -> None:
        key = _SAME_KEY.get(event.key, event.key)
        if key == _SAME_KEY.get(self.leader, self.leader):
            self.post_message(self.Leader(self))
            return
        event.stop()
        event.prevent_default()
        if key in _SCROLL_KEYS and not self.emulator.modes.alternate_screen:
            self._scroll_by_key(key)
            return
        self._typed(encode(key, event.character, self.emulator.modes))

    def _scroll_by_key(self, key: str) -> None:
        page = max(1, self.size.height - 1)
        to = {
            "shift+pageup": self._top - page,
            "shift+pagedown": self._top + page,
            "shift+home": 0,
            "shift+end": self.max_scroll_y,
        }[key]
        self.scroll_to(y=to, animate=False, force=True)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        """Send text as if it was pasted: bracketed where the host asks, without control characters."""
        self._typed(paste(text, self.emulator.modes))

    def on_focus(self) -> None:
        self._send(focus(True, self.emulator.modes))
        self.refresh()

    def on_blur(self) -> None:
        self._send(focus(False, self.emulator.modes))
        self.refresh()

    # Mouse

    @property
    def allow_select(self) -> bool:
        """Text is selected with the mouse, unless the host wants the mouse for itself."""
        return self.emulator.modes.mouse_tracking is MouseTracking.NONE

    def _report_mouse(self, event: events.MouseEvent, action: MouseAction, button: MouseButton) -> bool:
        """Tell the host, if it wants the mouse; True if it does."""
        modes = self.emulator.modes
        if modes.mouse_tracking is MouseTracking.NONE:
            return False
        event.stop()
        event.prevent_default()
        x, y = event.get_content_offset_capture(self)
        x, y = min(max(x, 0), self.emulator.columns - 1), min(max(y, 0), self.emulator.rows - 1)
        data = encode_mouse(action, button, x, y, modes, shift=event.shift, alt=event.meta, ctrl=event.ctrl)
        self._typed(data)
        return True

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        button = _BUTTONS.get(event.button)
        if button is not None and self._report_mouse(event, MouseAction.PRESS, button):
            self._button = button
            self.capture_mouse()

    async def _on_mouse_up(self, event: events.MouseUp) -> None:
        if self._button is not None:
            button, self._button = self._button, None
            self.release_mouse()
            self._report_mouse(event, MouseAction.RELEASE, button)

    def _on_mouse_move(self, event: events.MouseMove) -> None:
        if event.delta_x or event.delta_y:
            self._report_mouse(event, MouseAction.MOVE, self._button or MouseButton.NONE)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, MouseButton.WHEEL_UP, "up", -WHEEL_LINES)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, MouseButton.WHEEL_DOWN, "down", WHEEL_LINES)

    def _wheel(self, event: events.MouseEvent, button: MouseButton, arrow: str, lines: int) -> None:
        """The wheel is the host's if it wants it, arrows on the alternate screen, and else scrolls back."""
        event.stop()
        event.prevent_default()
        if self._report_mouse(event, MouseAction.PRESS, button):
            return
        modes = self.emulator.modes
        if modes.alternate_screen:
            if modes.alternate_scroll:
                self._send(encode(arrow, None, modes) * WHEEL_LINES)
            return
        self.scroll_to(y=self._top + lines, animate=False, force=True)

    # Selection. Its offsets count lines from the first the terminal ever had, so that they hold while lines come and go.

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: wrapped lines joined, nothing blank at the end of a line."""
        emulator = self.emulator
        first, last = emulator.dropped, emulator.dropped + emulator.history + emulator.rows - 1
        start = selection.start or Offset(0, first)
        end = selection.end
        parts: list[str] = []
        for place in range(max(start.y, first), min(last if end is None else end.y, last) + 1):
            line = self._line(place - emulator.dropped)
            text = line.text
            to = len(text) if end is None or place < end.y else end.x
            text = text[start.x if place == start.y else 0 : to]
            parts.append(text if line.wrapped else text.rstrip(" ") + "\n")
        return "".join(parts).removesuffix("\n"), "\n"
