"""Which lines of a terminal its view shows: scrolling through the history, and keeping the place while output comes.

Follows the output at the bottom, until it is scrolled back: then it shows the same lines for as long as they exist.
"""

from __future__ import annotations

import asyncio
import time

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

from hptui.terminal.emulator import Emulator, clamp_size
from hptui.terminal.prompts import next_prompt, previous_prompt

SCROLLBAR = 1  # columns, as in DEFAULT_CSS
BAR_EVERY = 0.2  # seconds from one move of the scrollbar to the next, while output comes


class TerminalScroll(ScrollView):
    """The place of the view in `emulator`; what it looks like is a subclass's."""

    DEFAULT_CSS = """
    TerminalScroll {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, emulator: Emulator, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.emulator = emulator
        self._following = True  # the view stays at the bottom as output comes
        self._top = 0  # the line shown first
        self._dropped = 0  # as of the last paint
        self._below = 0  # as told last
        self._bar_moved = 0.0  # by time.monotonic()
        self._bar_timer: asyncio.Handle | None = None

    @classmethod
    def grid(cls, width: int, height: int) -> tuple[int, int]:
        """The columns and rows of the terminal in a view of this size, before there is one."""
        return clamp_size(width - SCROLLBAR, height)

    @property
    def view_size(self) -> Size:
        """The cells that can show the terminal: all but the scrollbar, which always has its column."""
        bar = self.styles.scrollbar_size_vertical if self.styles.overflow_y == "scroll" else 0
        return Size(max(0, self.size.width - bar), self.size.height)

    def _update_scroll(self) -> None:
        """Follow the output, or keep showing the same lines while it comes and old ones go.

        Set past the reactives: their watchers would lay out and repaint everything for each new line.
        """
        emulator = self.emulator
        dropped, self._dropped = emulator.dropped - self._dropped, emulator.dropped
        size = Size(emulator.columns, emulator.history + emulator.rows)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._move_bar()
        bottom = max(0, size.height - self.size.height)
        top = bottom if self._following else max(0, min(self._top - dropped, bottom))
        if top != round(self.scroll_y):
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
            self._move_bar()
        self._top = top
        self._note_below(bottom - top)

    def _move_bar(self) -> None:
        """Set the scrollbar, now or soon. Textual paints it together with all that stands beside it, which is too much
        for every frame of a flood."""
        if self._bar_timer is not None:
            return
        wait = self._bar_moved + BAR_EVERY - time.monotonic()
        loop = asyncio.get_running_loop()
        # Not before the rest of what is going on is done: it takes the place from there.
        self._bar_timer = (
            loop.call_later(wait, self._move_bar_now) if wait > 0 else loop.call_soon(self._move_bar_now)
        )

    def _move_bar_now(self) -> None:
        self._bar_timer = None
        if not self.is_attached:
            return
        self._bar_moved = time.monotonic()
        bar = self.vertical_scrollbar
        bar.window_virtual_size, bar.window_size = self.virtual_size.height, self.size.height
        bar.position = round(self.scroll_y)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._top = round(new_value)
        self._following = self._top >= self.max_scroll_y
        self._scrolled()
        self._note_below(max(0, self.max_scroll_y - self._top))

    def _scrolled(self) -> None:
        """Other lines are to be shown, before they are painted."""

    def _note_below(self, below: int) -> None:
        if below != self._below:
            self._below = below
            self._tell_scrolled(below)

    def _tell_scrolled(self, below: int) -> None:
        """So many lines of the terminal are below the lowest one shown now."""

    def scroll_by(self, lines: int) -> None:
        self.scroll_to(y=self._top + lines, animate=False, force=True)

    def scroll_to_bottom(self) -> None:
        """Show the screen, and follow the output from here on."""
        self._following = True
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def scroll_to_top(self) -> None:
        """Show the oldest lines."""
        self.scroll_to(y=0, animate=False, force=True)

    def previous_prompt(self) -> bool:
        """Show the nearest prompt above, if there is one."""
        self._update_scroll()  # output may have come that isn't painted yet
        return self._show_at_top(previous_prompt(self.emulator, self._top))

    def next_prompt(self) -> bool:
        """Show the nearest prompt below the first line."""
        self._update_scroll()
        return self._show_at_top(next_prompt(self.emulator, self._top))

    def _show_at_top(self, line: int | None) -> bool:
        if line is not None:
            self.scroll_to(y=line, animate=False, force=True)
        return line is not None
