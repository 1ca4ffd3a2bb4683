"""A bar between two panels that the mouse drags."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Splitter(Widget):
    """One cell wide (or high, when the panels are stacked); tells by how many cells it was dragged."""

    DEFAULT_CSS = """
    Splitter { width: 1; height: 1fr; background: $panel; color: $foreground 40%; }
    Splitter:hover { background: $primary; }
    """

    ALLOW_SELECT = False

    @dataclass
    class Dragged(Message):
        x: int
        y: int

    def render(self) -> RenderResult:
        return Content("│\n" * self.size.height) if self.size.width == 1 else Content("─" * self.size.width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.capture_mouse()
        event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self and (event.delta_x or event.delta_y):
            self.post_message(self.Dragged(event.screen_x - self.region.x, event.screen_y - self.region.y))
            event.stop()
