"""How a shell ended, under its last screen, where keys mean something to hptui again."""

from __future__ import annotations

import time

from textual import events
from textual.content import Content
from textual.widgets import Static


class Ending(Static, can_focus=True):
    """Takes the focus, but not the keys of a line that was being typed when the shell ended."""

    DEFAULT_CSS = """
    Ending { height: auto; max-height: 8; padding: 0 1; background: $panel; display: none; }
    """

    GRACE = 1.0  # seconds in which keys still belong to the line that was being typed

    def __init__(self, leader: str) -> None:
        super().__init__()
        self._leader = leader
        self._deaf_until = 0.0

    def show(self, text: Content, *, expected: bool) -> None:
        """`expected` is False when the shell ended under the person's hands."""
        if not expected and not self.display:
            self._deaf_until = time.monotonic() + self.GRACE
        self.update(text)
        self.display = True

    def on_key(self, event: events.Key) -> None:
        if event.key == self._leader:
            self._deaf_until = 0.0  # meant for hptui, as is the key after it
        if time.monotonic() < self._deaf_until:
            event.stop()
            event.prevent_default()
