"""A terminal that can be searched: what matches is marked in its picture, and one match after the other is shown.

The history is searched in pieces with the event loop's turn between them, and what the host prints meanwhile and later
is searched as it comes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.message import Message

from hptui.terminal.emulator import Emulator
from hptui.terminal.search import Match
from hptui.ui.widgets.finding import NOTHING, Finder, Found, Marks
from hptui.ui.widgets.terminal_screen import TerminalScreen


class SearchableTerminal(TerminalScreen):
    @dataclass
    class Searched(Message):
        """How a search goes, as `found` says; it may change with the output."""

        terminal: SearchableTerminal
        found: Found

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SearchableTerminal.Searched)

    def __init__(self, emulator: Emulator, *, id: str | None = None) -> None:
        super().__init__(emulator, id=id)
        self._finder: Finder | None = None
        self._searcher: asyncio.Handle | None = None
        self._told_found = NOTHING

    def on_unmount(self) -> None:
        self._stop_searching()

    def search(self, pattern: str) -> None:
        """Mark what matches a regular expression, and show the last match that isn't below the view.

        How it goes is told by `Searched`. Raises TerminalError, and changes nothing, if it isn't a regular expression.
        """
        self._finder = Finder(self.emulator, pattern)
        self._search_on(choose=True)

    def end_search(self) -> None:
        """Mark nothing any more."""
        if self._finder is not None:
            self._finder = None
            self._stop_searching()
            self._tell_searched()
            self._look_again()

    def next_match(self) -> None:
        """Show the match below the current one; after the last comes the first."""
        self._step(1)

    def previous_match(self) -> None:
        """Show the match above the current one; after the first comes the last."""
        self._step(-1)

    @property
    def found(self) -> Found:
        """How the search stands."""
        return NOTHING if self._finder is None else self._finder.found

    def _step(self, by: int) -> None:
        if self._finder is not None:
            self._show_match(
                self._finder.step(by) if self._finder.current else self._finder.choose_above(self._bottom)
            )
            self._tell_searched()

    @property
    def _bottom(self) -> int:
        """The place of the last line in view."""
        self._update_scroll()  # output may have come that isn't painted yet
        return self.emulator.dropped + self._top + self.size.height - 1

    def _search_on(self, choose: bool = False) -> None:
        """Search the history piece by piece, with the event loop's turn between the pieces."""
        self._stop_searching()
        if self._finder is None or self._gone:
            return
        if not self._finder.scan():
            self._searcher = asyncio.get_running_loop().call_soon(self._search_on, choose)
        elif choose:
            self._show_match(self._finder.choose_above(self._bottom))
        self._tell_searched()
        self._look_again()

    def _stop_searching(self) -> None:
        if self._searcher is not None:
            self._searcher.cancel()
            self._searcher = None

    def _show_match(self, match: Match | None) -> None:
        """Bring a match into the middle of the view, if it isn't in view already."""
        if match is not None:
            line = match.start[0] - self.emulator.dropped
            if not self._top <= line < self._top + self.size.height:
                self.scroll_to(y=line - self.size.height // 2, animate=False, force=True)
        self._look_again()

    def _tell_searched(self) -> None:
        if self.found != self._told_found:
            self._told_found = self.found
            self.post_message(self.Searched(self, self.found))

    def _output_came(self) -> None:
        if self._finder is not None and self._searcher is None:
            done = self._finder.scan()
            self._tell_searched()
            if not done:
                self._searcher = asyncio.get_running_loop().call_soon(self._search_on)

    def _marks(self, places: range) -> tuple[Marks, ...]:
        return () if self._finder is None else tuple(map(self._finder.marks, places))
