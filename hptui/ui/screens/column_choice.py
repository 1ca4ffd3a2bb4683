"""Which columns of an answer are shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList
from textual.widgets.selection_list import Selection

from hptui.probes.probe import Column
from hptui.terminal.plain import visible
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import tell
from hptui.ui.widgets.key_line import KeyLine

COLUMNS = KeyGroup("columns", "The columns of an answer")


class ColumnsScreen(ModalScreen[set[str] | None]):
    """Answers the keys of those that are hidden; at least one is shown."""

    BINDINGS = [
        COLUMNS.key("enter", "close", "Done", "Show the table with these columns"),
        COLUMNS.key("a", "all", "All", "Show every column"),
        COLUMNS.key("escape", "cancel", "Back", "Leave the columns as they were", shown="esc"),
    ]  # fmt: skip

    def __init__(self, columns: Sequence[Column], hidden: set[str]) -> None:
        super().__init__()
        self._columns = columns
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        with Vertical(id="columns"):
            yield ColumnList(
                *(
                    Selection(tell(visible(each.title)), place, each.key not in self._hidden)
                    for place, each in enumerate(self._columns)
                ),
                compact=True,
            )
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#columns").border_title = "Columns"
        self.query_one(ColumnList).focus()

    def action_all(self) -> None:
        self.query_one(ColumnList).select_all()

    def action_close(self) -> None:
        shown = self.query_one(ColumnList).selected
        if not shown:
            self.notify("At least one column is shown.", severity="warning")
            return
        self.dismiss({each.key for place, each in enumerate(self._columns) if place not in shown})

    def action_cancel(self) -> None:
        self.dismiss(None)


class ColumnList(SelectionList[int], inherit_bindings=False):
    """Enter is done, space turns one on or off."""

    BINDINGS = [
        COLUMNS.key("space", "select", "Show or hide", "Show this column, or hide it"),
        COLUMNS.key("up,k", "cursor_up", "Up", "The column above", show=False),
        COLUMNS.key("down,j", "cursor_down", "Down", "The column below", show=False),
        COLUMNS.key("home", "first", "First", "The first column", show=False),
        COLUMNS.key("end", "last", "Last", "The last column", show=False),
    ]  # fmt: skip
