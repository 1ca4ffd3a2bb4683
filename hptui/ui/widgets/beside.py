"""A terminal with a side panel: beside it where there is room, else below it, or folded away.

How large the terminal will be is known from the window, before anything is laid out: a host shouldn't hear of sizes in between.
"""

from __future__ import annotations

from textual import on
from textual.containers import Container
from textual.geometry import Size
from textual.reactive import reactive

from hptui.ui.widgets.side_panel import SidePanel
from hptui.ui.widgets.splitter import Splitter
from hptui.ui.widgets.terminal_view import TerminalView

LEAST_SIDE, LEAST_TERMINAL = 20, 30  # columns
SPLITTER = 1  # columns
LEAST_BESIDE = 60  # columns that are left when a side panel stands beside the least terminal
BARS = 2  # rows: the session bar and the keys


class TerminalBeside(Container):
    """Whoever inherits from it composes the terminal first, then `splitter` and `side`."""

    DEFAULT_CSS = """
    TerminalBeside { layout: horizontal; height: 1fr; }
    """

    side_width: reactive[int] = reactive(44)
    side_open: reactive[bool | None] = reactive(None)  # None: as the width of the window allows

    def __init__(self, side: SidePanel, side_width: int) -> None:
        super().__init__()
        self.side = side
        self.splitter = Splitter()
        self.zoomed = False
        self._window = Size(80, 24)
        self.set_reactive(TerminalBeside.side_width, side_width)

    def grid(self) -> tuple[int, int]:
        """Columns and rows that the terminal will have: known from the window, before anything is laid out."""
        width, height = self._window
        height -= BARS
        if self.side_shown and self._beside:
            width -= self.side_width + SPLITTER
        elif self.side_shown:
            height -= self._side_height
        return TerminalView.grid(width, height)

    def watch_side_width(self) -> None:
        self._arrange()

    def watch_side_open(self) -> None:
        self._arrange()

    def window_resized(self, size: Size) -> None:
        """Arrange for a new size before it is laid out: the host shouldn't hear of sizes in between."""
        self._window = size
        self._arrange()

    def set_zoomed(self, zoomed: bool) -> None:
        self.zoomed = zoomed
        self._arrange()

    async def replace_side(self, side: SidePanel) -> None:
        """Another panel in the place of this one, on the same page."""
        page = self.side.page
        await self.side.remove()
        self.side = side
        await self.mount(side)
        side.show_tab(page)
        self._arrange()

    def widen(self, columns: int) -> None:
        most = max(LEAST_SIDE, self._window.width - LEAST_TERMINAL - SPLITTER)
        self.side_width = max(LEAST_SIDE, min(most, self.side_width + columns))

    @on(Splitter.Dragged)
    def _dragged(self, event: Splitter.Dragged) -> None:
        event.stop()
        self.widen(-event.x)

    @property
    def side_shown(self) -> bool:
        wanted = self.side_open if self.side_open is not None else self._window.width >= 110
        return wanted and not self.zoomed

    @property
    def _beside(self) -> bool:
        """Whether the side panel stands beside the terminal, not below it."""
        return self._window.width >= LEAST_TERMINAL + SPLITTER + LEAST_BESIDE

    @property
    def _side_height(self) -> int:
        """Rows of a side panel below the terminal."""
        return max(7, self._window.height * 2 // 5)

    def _arrange(self) -> None:
        """Beside the terminal where there is room, else below it."""
        if not self.children:
            return
        side, splitter = self.side, self.splitter
        side.display = self.side_shown
        beside = self._beside
        splitter.display = self.side_shown and beside
        self.styles.layout = "horizontal" if beside else "vertical"
        side.styles.width = self.side_width if beside else "1fr"
        side.styles.height = "1fr" if beside else self._side_height
