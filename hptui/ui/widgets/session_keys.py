"""The footer of a session: keys where they mean something to hptui, one sentence where they are the host's."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from hptui.ui.program import Program
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.terminal_view import TerminalView


class SessionKeys(KeyLine):
    """While a terminal has the focus the bindings of screen and app mean nothing: only the leader key does."""

    def __init__(self, leader: str) -> None:
        super().__init__()
        self._leader = leader
        self._only: frozenset[str] | None = None
        self._notice = ""

    def say(self, notice: str, only: frozenset[str] | None) -> None:
        """`notice` is about the session in front, in place of the usual sentence; `only` are the actions that have a key where
        other keys would be taken for typing."""
        if (notice, only) != (self._notice, self._only):
            self._notice, self._only = notice, only
            self.refresh()

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        typing = isinstance(self.screen.focused, TerminalView)
        if self.screen.selections:
            self._note = f"{self._leader} c copies the selection"
        elif typing and isinstance(self.app, Program) and self.app.tells:
            self._note = f"{self._leader} esc dismisses what is told in the corner"
        elif typing and self._notice:
            self._note = self._notice
        elif self._only is not None:
            self._note = f"{self._leader} for commands"
            found = super().keys()
            return [pair for pair in found if pair[0].action in self._only | {self.FIRST}]
        elif typing:
            self._note = f"{self._leader} for commands · every other key goes to the host"
        else:
            self._note = ""
        return [] if typing else super().keys()
