"""When a cursor that blinks is to be seen.

It blinks only where the host asks for it and a person has the focus there, and never where animations are off
(TEXTUAL_ANIMATIONS=none): the timer of a session that nobody looks at must not wake the program.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

HALF = 0.5  # seconds that it is shown, and that it is hidden


class CursorBlink:
    """The blinking of `widget`'s cursor; `changed` is called when it is to be shown or hidden."""

    def __init__(self, widget: Widget, changed: Callable[[], None]) -> None:
        self._widget = widget
        self._changed = changed
        self._timer: Timer | None = None
        self.shown = True

    @property
    def running(self) -> bool:
        return self._timer is not None

    def follow(self, blinking: bool) -> None:
        """Blink or stand still, from a shown cursor on: where the host has just moved it, it is seen."""
        if not (blinking and self._widget.has_focus and self._widget.app.animation_level != "none"):
            self.stop()
        elif self._timer is None:
            self._timer = self._widget.set_interval(HALF, self._turn)
        else:
            self._timer.reset()
            self._show()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._show()

    def _show(self) -> None:
        if not self.shown:
            self._turn()

    def _turn(self) -> None:
        self.shown = not self.shown
        self._changed()
