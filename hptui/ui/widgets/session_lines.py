"""What is typed about a session rather than to its host: the pattern of a search, and a file's name to write the text to."""

from __future__ import annotations

import time
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from hptui.errors import TerminalError
from hptui.terminal.plain import plain
from hptui.terminal.private_file import save_text
from hptui.terminal.recording import file_name
from hptui.ui.tones import tell
from hptui.ui.widgets.line_bar import LineBar
from hptui.ui.widgets.search_bar import SearchBar
from hptui.ui.widgets.searchable_terminal import SearchableTerminal


class SessionLines(Container):
    """One line at a time, about the terminal that it was opened for."""

    DEFAULT_CSS = """
    SessionLines { layer: overlay; dock: bottom; height: 1; display: none; }
    SessionLines.-open { display: block; }
    """

    class Done(Message):
        """The line that was open is done with: its owner puts the focus elsewhere and calls `close`."""

    def __init__(self) -> None:
        super().__init__()
        self.search_bar = SearchBar()
        self.save_bar = LineBar("write to", "a new file", id="save-bar")
        self._terminal: SearchableTerminal | None = None

    def compose(self) -> ComposeResult:
        yield self.search_bar
        yield self.save_bar

    @property
    def is_open(self) -> bool:
        return self.search_bar.is_open or self.save_bar.is_open

    async def take(self, key: str, character: str | None) -> bool:
        """A key for the line that is open."""
        return await (self.search_bar if self.search_bar.is_open else self.save_bar).take(key, character)

    def holds(self, widget: Widget) -> bool:
        return widget in (self.search_bar.input, self.save_bar.input)

    def open_search(self, terminal: SearchableTerminal) -> None:
        """With the pattern of the last time, which the first key replaces."""
        self._terminal = terminal
        self.add_class("-open")
        self.search_bar.open()
        self._search(self.search_bar.input.value)

    def open_save(self, terminal: SearchableTerminal, node: str) -> None:
        self._terminal = terminal
        self.add_class("-open")
        lines = terminal.emulator.history + terminal.emulator.rows
        self.save_bar.tell(tell(f"{lines:,} lines · enter writes · esc back", "dim"))
        self.save_bar.open(f"hptui-{file_name(node)}-{time.strftime('%Y%m%d-%H%M%S')}.txt")

    def close(self) -> None:
        """Hide what is open; a search ends with its line."""
        searched = self.search_bar.is_open
        self.search_bar.close()
        self.save_bar.close()
        self.remove_class("-open")
        if searched and self._terminal is not None and self._terminal.is_attached:
            self._terminal.end_search()
        self._terminal = None

    def searched(self, terminal: SearchableTerminal) -> None:
        """The search in a terminal has come further."""
        if self.search_bar.is_open and terminal is self._terminal and terminal.found.pattern:
            self.search_bar.show_found(terminal.found)

    @on(LineBar.Closed)
    def _line_closed(self, event: LineBar.Closed) -> None:
        event.stop()
        self.post_message(self.Done())

    @on(LineBar.Typed, "SearchBar")
    def _pattern_typed(self, event: LineBar.Typed) -> None:
        event.stop()
        self._search(event.text)

    def _search(self, pattern: str) -> None:
        terminal = self._terminal
        if terminal is None:
            return
        try:
            if pattern:
                terminal.search(pattern)
            else:
                terminal.end_search()
        except TerminalError as error:
            terminal.end_search()
            self.search_bar.show_error(error)
        else:
            self.search_bar.show_found(terminal.found)

    @on(LineBar.Entered, "SearchBar")
    @on(SearchBar.Older)
    def _older(self, event: Message) -> None:
        event.stop()
        if self._terminal is not None:
            self._terminal.previous_match()

    @on(SearchBar.Newer)
    def _newer(self, event: SearchBar.Newer) -> None:
        event.stop()
        if self._terminal is not None:
            self._terminal.next_match()

    @on(LineBar.Entered, "#save-bar")
    def _save(self, event: LineBar.Entered) -> None:
        event.stop()
        if self._terminal is None or not event.text.strip():
            return
        path = Path(event.text.strip()).expanduser()
        try:
            save_text(path, self._terminal.emulator.text() + "\n")
        except TerminalError as error:
            self.notify(plain(error.message), title=error.heading, severity="error", markup=False)
            return  # the line stays, for another name
        self.notify(f"Written to {plain(str(path.absolute()))}", markup=False)
        self.post_message(self.Done())
