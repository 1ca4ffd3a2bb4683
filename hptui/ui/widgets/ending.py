"""How a shell ended, under its last screen, where keys mean something to hptui again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf

from textual import events
from textual.content import Content
from textual.widgets import Static


class Ending(Static, can_focus=True):
    """Takes the focus, but not the keys of a line that was being typed when the shell ended."""

    DEFAULT_CSS = """
    Ending { height: auto; max-height: 8; padding: 0 1; background: $panel; display: none; }
    """

    GRACE = 1.0  # seconds in which keys still belong to the line that was being typed
    SETTLED = 0.5  # seconds after a key in which a new shell gets nothing
    COMMAND = "r"
    """The one key that means something while a line may still be typed; any other letter belongs to that line."""

    def __init__(self, leader: str) -> None:
        super().__init__()
        self.minds_typing = False  # whether a line may still be typed for a shell that is gone
        self.expects_command = False  # the next key is the screen's, as after the leader key
        self._leader = leader
        self._deaf_until = 0.0
        self._typed_at = -inf
        self._keys = 0  # dropped since the link was lost
        self._pastes = 0

    def show(self, text: Content, *, expected: bool) -> None:
        """`expected` is False when the shell ended under the person's hands."""
        if not expected and not self.display:
            self._deaf_until = time.monotonic() + self.GRACE
        self.update(text)
        self.display = True

    def hide(self) -> None:
        self.display = False
        self.minds_typing = False

    @property
    def is_deaf(self) -> bool:
        """Whether what is typed now still belongs to a line for the shell that is gone."""
        return time.monotonic() < self._deaf_until

    async def quiet(self, waiting: Callable[[], None]) -> None:
        """Wait until nobody types for the shell that is gone; `waiting` is called when that takes a moment.

        A key that was a command here may have been the first letter of a word.
        """
        self._deaf_until = max(self._deaf_until if self._keys else 0.0, self._typed_at + self.SETTLED)
        if self.is_deaf:
            waiting()
            await asyncio.sleep(self._deaf_until - time.monotonic())
            await self.quiet(waiting)  # they may have gone on

    def forget_typing(self) -> str:
        """What was dropped, in words; "" when nothing was."""
        keys, pastes, self._keys, self._pastes = self._keys, self._pastes, 0, 0
        parts = [(keys, "key"), (pastes, "paste")]
        return " and ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in parts if count)

    def on_key(self, event: events.Key) -> None:
        if event.key == self._leader:
            self._deaf_until = (
                0.0  # meant for hptui, as is the key after it, which may be here before the screen knows
            )
            self.expects_command = True
        if self.expects_command:
            return
        now = time.monotonic()
        self._typed_at = now
        typed = event.is_printable or event.key in ("enter", "backspace", "tab")
        stray = self.minds_typing and event.is_printable and event.character != self.COMMAND
        if self.is_deaf or stray:
            if typed:
                self._keys += 1
                self._deaf_until = now + self.GRACE  # as long as the typing goes on
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self.minds_typing:
            self._pastes += 1
