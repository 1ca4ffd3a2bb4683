"""A terminal's screen and history, painted: what a live terminal and a recording that is played have in common.

The first output after silence is painted at once, a flood at most once a frame and for a fifth of the time. Output is
parsed in slices with the event loop's turn between them, so that no flood keeps a key waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection

from hptui.terminal.emulator import Emulator
from hptui.terminal.plain import plain
from hptui.ui.widgets.backlog import Backlog
from hptui.ui.widgets.selecting import selected_text, whole_line_at, word_at
from hptui.ui.widgets.strips import link_at
from hptui.ui.widgets.terminal_canvas import TerminalCanvas
from hptui.ui.widgets.terminal_picture import regions_of, rows_apart

FRAME = 1 / 60  # seconds
REST = 4  # times as long as a painting took nothing is painted after it: a flood may not be spent on painting
LONGEST_REST = 0.1  # seconds
KEY_REST = 0.04  # seconds; an update of the rest of the screen takes Textual about 30 ms
TURNS = 8  # of the event loop between two slices: a key's message goes through as many queues
SYNCHRONIZED_LIMIT = 0.150  # seconds that a host may keep the screen from being painted (?2026)


class TerminalScreen(TerminalCanvas):
    """Shows `emulator`."""

    @dataclass
    class Scrolled(Message):
        """How many lines of the terminal are below the lowest one shown."""

        terminal: TerminalScreen
        below: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TerminalScreen.Scrolled)

    def __init__(self, emulator: Emulator, *, id: str | None = None) -> None:
        super().__init__(emulator, id=id)
        self._gone = False
        self._backlog = Backlog(emulator.feed)
        self._drainer: asyncio.Handle | None = None
        self._caught_up = asyncio.Event()
        self._frame: asyncio.TimerHandle | None = None
        self._painted_at = 0.0
        self._interval = FRAME  # seconds to the next painting
        self._alternate = False  # as of the last paint
        self._pointed_at = ""  # the address of the link under the mouse

    # Output of the host

    def feed(self, data: bytes) -> None:
        """Take output of the host. What doesn't fit this turn of the event loop is parsed in the next ones."""
        if data and not self._gone:
            self._received([data])
            self._backlog.add([data])
            if self._drainer is None:
                self._drain()

    async def pump(self, read: Callable[[], Awaitable[Sequence[bytes]]]) -> None:
        """Show what `read` returns, until it returns nothing or the view is gone. Asks for more when it has caught up.

        Whoever is behind `read` stops reading in turn: that is the back pressure.
        """
        while chunks := await read():
            if self._gone:
                return
            self._received(chunks)
            self._backlog.add(chunks)
            if self._backlog and self._drainer is None:
                self._drain()
            for _ in range(TURNS):
                await asyncio.sleep(0)  # keys have their turn even where output is always at hand
            await self._caught_up.wait()

    def on_unmount(self) -> None:
        """Let go of the emulator at once: a session's history may be large."""
        self._gone = True
        self._backlog.clear()
        self._caught_up.set()
        for waiting in (self._drainer, self._frame):
            if waiting is not None:
                waiting.cancel()
        self.emulator.close()

    def _drain(self) -> None:
        self._drainer = None
        try:
            self._backlog.parse_slice()
            self._parsed()
            self._ask_for_paint()
        finally:
            if self._backlog:
                self._caught_up.clear()
                self._drain_after(TURNS)
            else:
                self._caught_up.set()

    def _drain_after(self, turns: int) -> None:
        """Go on when the event loop has come round so many times."""
        loop = asyncio.get_running_loop()
        then = (self._drain_after, turns - 1) if turns else (self._drain,)
        self._drainer = loop.call_soon(*then)

    # Painting

    def rest(self, seconds: float = KEY_REST) -> None:
        """Neither parse nor paint for a moment: what a key brings to the screen comes before the next picture of a flood."""
        self._painted_at, self._interval = time.monotonic(), max(self._interval, seconds)
        loop = asyncio.get_running_loop()
        if self._frame is not None:
            self._frame.cancel()
            self._frame = loop.call_later(self._interval, self._paint)
        if self._drainer is not None:
            self._drainer.cancel()
            self._drainer = loop.call_later(seconds, self._drain)

    def _ask_for_paint(self) -> None:
        """Paint now if there was silence, else with the next frame."""
        if self._frame is not None or not self.is_mounted:
            return
        wait = self._painted_at + self._interval - time.monotonic()
        if wait <= 0:
            self._paint()
        else:
            self._frame = asyncio.get_running_loop().call_later(wait, self._paint)

    def _paint(self) -> None:
        self._frame = None
        if not self.is_attached or self._closing or self not in self.screen._compositor.visible_widgets:
            return  # Textual lays out anew for each refresh of what isn't seen; `on_show` catches up
        now = time.monotonic()
        since = self.emulator.modes.synchronized_since
        if since is not None and (left := since + SYNCHRONIZED_LIMIT - now) > 0:
            self._frame = asyncio.get_running_loop().call_later(min(left, FRAME), self._paint)
            return
        self._painted_at = now
        if (regions := self._take_changes()) and not self._paint_straight(regions):
            self.refresh(*regions)
            self._flush()
        took = time.monotonic() - now
        self._interval = max(FRAME, took + min(LONGEST_REST, REST * took))

    def on_show(self) -> None:
        self._take_changes()
        self.refresh()

    def _flush(self) -> None:
        """Hand the changes to the outer terminal now rather than at Textual's next frame."""
        screen = self.screen
        if screen is not self.app.screen or self.app._batch_count or screen._layout_required:
            return
        screen._compositor.update_widgets({self})
        screen._compositor_refresh()
        self._repaint_required = False

    def _take_changes(self) -> list[Region]:
        """Bring the scroll position and the picture up to date; returns the rows that look different."""
        modes = self.emulator.modes
        if modes.alternate_screen != self._alternate:
            self._alternate = modes.alternate_screen
            self._following = True
            self._forget_selection()
        everything = False
        if modes.reverse_screen != self._reversed:
            self._reverse(modes.reverse_screen)
            everything = True
        self._update_scroll()
        self._output_came()
        old, new = self._picture, self._look()
        self._picture = new
        height = len(new.lines)
        if (
            everything
            or len(old.lines) != height
            or old.marks != new.marks
            or (old.place != new.place and self.text_selection is not None)
        ):
            rows: Iterable[int] = range(height)
        else:
            rows = sorted(rows_apart(old, new))
        if new.cursor != old.cursor:
            self._place_outer_cursor()
            self._follow_blinking()
        return regions_of(rows, self.view_size.width)

    def _received(self, chunks: Sequence[bytes]) -> None:
        """Output has come, and will be parsed in its turn."""

    def _parsed(self) -> None:
        """Some of it is in the terminal now."""

    def _output_came(self) -> None:
        """Before a new picture is taken."""

    def fit(self) -> tuple[int, int]:
        """Give the terminal the size of the view, and return it."""
        size = self.emulator.resize(*self.view_size)
        self._forget_selection()
        self._take_changes()
        self.refresh()
        return size

    def _tell_scrolled(self, below: int) -> None:
        self.post_message(self.Scrolled(self, below))

    # Selection

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selected_text(self.emulator, selection), "\n"

    def _forget_selection(self) -> None:
        if self.is_attached and self in self.screen.selections:
            self.screen.clear_selection()

    def _selects(self, event: events.MouseEvent) -> bool:
        """Whether the mouse selects text, rather than being the host's."""
        return True

    async def _on_click(self, event: events.Click) -> None:
        """Twice selects a word, three times a whole line: Textual would select everything."""
        event.prevent_default()
        if event.chain not in (2, 3) or not self._selects(event):
            return
        widget, at = self.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
        if widget is not self or at is None:
            return
        select = word_at if event.chain == 2 else whole_line_at
        if (selection := select(self.emulator, at)) is not None:
            self.screen.selections = {self: selection}

    # Links

    def _on_mouse_move(self, event: events.MouseMove) -> None:
        """Say where a link leads, whatever its text says. Nothing here opens one."""
        at, lines = event.get_content_offset(self), self._picture.lines
        address = link_at(lines[at.y], at.x) if at is not None and at.y < len(lines) else ""
        if address != self._pointed_at:
            self._pointed_at = address
            self.tooltip = Content(plain(address)) if address else None
