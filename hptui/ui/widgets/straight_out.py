"""Painting past Textual's compositor.

For each update, however small, the compositor asks every widget that stands beside it for all its lines and puts them together
anew: about 10 ms on a session's screen. A terminal's rows, and what a key brings up, go straight to the outer terminal instead.
The compositor keeps no picture of the screen, so there is nothing that gets out of step with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from textual._compositor import CompositorUpdate
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class _Rows(CompositorUpdate):
    def __init__(self, at: Offset, rows: Iterable[tuple[int, Strip]]) -> None:
        self._at = at
        self._rows = rows

    def render_segments(self, console: Console) -> str:
        x, top = self._at
        return "".join(f"\x1b[{top + y + 1};{x + 1}H{strip.render(console)}" for y, strip in self._rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for _, strip in self._rows:
            yield from strip


def show_straight(screen: Screen[Any], at: Offset, strips: Sequence[Strip]) -> None:
    """Paint this now, where the screen is in front; Textual is to paint the same in its own time."""
    app = screen.app
    if screen is app.screen and not app.is_inline:
        app._display(screen, _Rows(at, list(enumerate(strips))))


class StraightOut:
    """The way out for the rows of `widget`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._layout: object = None  # as of which the others hold
        self._at = Offset()
        self._open: range = range(0)
        self._covered: set[int] = set()

    def is_clear(self, width: int) -> bool:
        """Whether rows of this width would be painted as they are: nothing but what hides whole rows is in front."""
        widget = self._widget
        screen, app = widget.screen, widget.app
        if (
            screen is not app.screen
            or app.is_headless
            or app.is_inline
            or app._batch_count
            or screen._layout_required
        ):
            return False
        layout = screen._compositor.visible_widgets
        if layout is not self._layout:
            self._layout = layout
            self._look_at(layout, width)
        return bool(self._open)

    def _look_at(self, layout: dict[Widget, tuple[Region, Region]], width: int) -> None:
        self._open, self._covered = range(0), set()
        region, clip = layout.get(self._widget, (Region(), Region()))
        if not region or not clip.contains_region(region):
            return
        area = Region(region.x, region.y, width, region.height)
        covered: set[int] = set()
        for other, (place, cut) in layout.items():
            if other is self._widget:
                break
            hidden = place.intersection(cut).intersection(area)
            if not hidden:
                continue
            if hidden.width < width:
                return
            covered.update(y - area.y for y in hidden.line_range)
        self._at, self._open, self._covered = region.offset, range(region.height), covered

    def paint(self, regions: Iterable[Region]) -> None:
        """Paint all of the rows of these regions. Only after `is_clear`."""
        rows = []
        for region in regions:
            strips = self._widget.render_lines(Region(0, region.y, region.width, region.height))
            rows += [
                (y, strip)
                for y, strip in zip(region.line_range, strips, strict=True)
                if y in self._open and y not in self._covered
            ]
        if rows:
            self._widget.app._display(self._widget.screen, _Rows(self._at, rows))
