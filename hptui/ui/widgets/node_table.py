"""The table of Windows nodes: rows by node name, live, sorted and filtered without the cursor ever leaving its node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey, RowDoesNotExist

from hptui.terminal.plain import plain
from hptui.ui.fleet_state import COLUMNS, Cell, Column, FleetState
from hptui.ui.keys import KeyGroup
from hptui.ui.tones import cell

NARROW = 100
LEAST_NAME, MOST_NAME = 14, 48  # columns

TABLE = KeyGroup("table", "Nodes")


class NodeTable(DataTable[Text]):
    """Shows a FleetState. The rows' order is the sort column's, ties by name; the cursor follows its node."""

    DEFAULT_CSS = """
    NodeTable { height: 1fr; }
    """

    BINDINGS = [
        TABLE.key("j", "cursor_down", "Down", "The next node", show=False),
        TABLE.key("k", "cursor_up", "Up", "The node before", show=False),
        TABLE.key("home,g", "scroll_top", "First", "The first node", show=False),
        TABLE.key("end,G", "scroll_bottom", "Last", "The last node", show=False),
        TABLE.key(
            "enter", "select_cursor", "Open", "Open a session on this node: choose account, image, time"
        ),
    ]

    @dataclass
    class NodeHighlighted(Message):
        node: str | None

    @dataclass
    class NodeChosen(Message):
        node: str

    @dataclass
    class Sorted(Message):
        column: str
        reverse: bool

    filter_words: reactive[str] = reactive("", init=False)

    def __init__(self, state: FleetState, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False, cell_padding=1)
        self.state = state
        self.sort_column = "name"
        self.sort_reverse = False
        self._orders: dict[str, dict[str, Cell]] = {}
        self._widths: dict[str, int] = {}  # the table's own are only known once it has been idle
        self._wide: bool | None = None
        self._wanted: str | None = None  # the node that the cursor goes to when it is there

    def begin(self, state: FleetState) -> None:
        """Show this state, from the beginning; the cursor goes back to its node when that comes."""
        self._wanted = self.node or self._wanted
        self.state = state
        self.rebuild()

    @property
    def node(self) -> str | None:
        """The name of the node under the cursor."""
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def on_resize(self, event: events.Resize) -> None:
        wide = event.size.width >= NARROW
        if wide != self._wide:
            self._wide = wide
            self.rebuild()
        else:
            self._fit_names()

    def _fit_names(self) -> None:
        """Give the names what the other columns leave, so that no node has to be scrolled into sight."""
        if "name" not in self.columns:
            return
        column = self.columns[ColumnKey("name")]
        others = sum(width for key, width in self._widths.items() if key != "name")
        padding = 2 * self.cell_padding * len(self._widths)
        room = self.size.width - others - padding - self.styles.scrollbar_size_vertical
        width = max(LEAST_NAME, min(self._widths["name"], room, MOST_NAME))
        if column.width != width or column.auto_width:
            column.auto_width = False
            column.width = width
            self._require_update_dimensions = True
            self.refresh(layout=True)

    def watch_filter_words(self) -> None:
        self.rebuild()

    def rebuild(self) -> None:
        """All columns and rows anew; the cursor stays on its node where that is still shown."""
        node = self.node
        self.clear(columns=True)
        self._orders.clear()
        self._widths.clear()
        for column in COLUMNS:
            if self._wide or not column.wide_only:
                mark = ("▼" if self.sort_reverse else "▲") if column.key == self.sort_column else ""
                title = cell(f"{column.title}{mark}", right=column.right)
                self.add_column(title, key=column.key)
                self._widths[column.key] = title.cell_len
        self._add(self.state.matching(self.filter_words))
        self._fit_names()
        self._sort(node)
        self.post_message(self.NodeHighlighted(self.node))

    def update_nodes(self, changed: Iterable[str], removed: Iterable[str] = ()) -> None:
        """Redraw these rows only; new ones are added, filtered ones left out."""
        if self._wide is None:
            return
        node = self.node
        shown = set(self.state.matching(self.filter_words)) if self.filter_words else self.state.nodes.keys()
        moved = False
        for name in removed:
            moved |= self._drop(name)
        fresh = []
        for name in changed:
            if name not in shown:
                moved |= self._drop(name)
            elif name in self._orders:
                moved |= self._refresh_row(name)
            else:
                fresh.append(name)
        if fresh:
            self._add(fresh)
            moved = True
        if self._wanted in self._orders:
            node, self._wanted = self._wanted, None
        if moved:
            self._sort(node)
        self._fit_names()
        if self.node != node or node in set(changed):
            self.post_message(self.NodeHighlighted(self.node))

    def sort_by(self, column: str, reverse: bool) -> None:
        self.sort_column, self.sort_reverse = column, reverse
        self.rebuild()
        self.post_message(self.Sorted(column, reverse))

    def names_in_view(self) -> list[str]:
        """The nodes that can be seen now."""
        first = max(0, self.scroll_offset.y)
        last = min(self.row_count, first + self.size.height)
        rows = [self.ordered_rows[index].key.value for index in range(first, last)]
        return [name for name in rows if name is not None]

    def next_sort(self) -> None:
        keys = [column.key for column in COLUMNS if self._wide or not column.wide_only]
        at = keys.index(self.sort_column) if self.sort_column in keys else -1
        self.sort_by(keys[(at + 1) % len(keys)], reverse=False)

    def _add(self, names: Iterable[str]) -> None:
        for name in names:
            row = self.state.row(name)
            self._orders[name] = row
            self.add_row(*self._cells(row), key=name)

    def _cells(self, row: dict[str, Cell]) -> list[Text]:
        return [
            self._cell(row[column.key], column) for column in COLUMNS if self._wide or not column.wide_only
        ]

    def _cell(self, value: Cell, column: Column) -> Text:
        text = value.text if self._wide or value.short is None else value.short
        made = cell(plain(text), value.tone, right=column.right)
        self._widths[column.key] = max(self._widths[column.key], made.cell_len)
        return made

    def _drop(self, name: str) -> bool:
        if self._orders.pop(name, None) is None:
            return False
        self.remove_row(name)
        return True

    def _refresh_row(self, name: str) -> bool:
        """True when the row's place in the order may have changed."""
        old, new = self._orders[name], self.state.row(name)
        self._orders[name] = new
        for column in COLUMNS:
            if (self._wide or not column.wide_only) and old[column.key] != new[column.key]:
                longer = len(new[column.key].text) > len(old[column.key].text)
                self.update_cell(name, column.key, self._cell(new[column.key], column), update_width=longer)
        return old[self.sort_column].order != new[self.sort_column].order

    def _sort(self, keep: str | None) -> None:
        if not self.row_count:
            return
        offset = self.cursor_row - self.scroll_offset.y
        self.sort("name", key=self._sort_key(), reverse=self.sort_reverse)
        if keep is not None:
            try:
                row = self.get_row_index(keep)
            except RowDoesNotExist:
                return
            if row != self.cursor_row:
                self.move_cursor(row=row, scroll=False)
                # The screen stays calm: the node keeps its line where that is possible.
                self.scroll_to(y=max(0, row - offset), animate=False)

    def _sort_key(self) -> Callable[[Any], Any]:
        column, orders = self.sort_column, self._orders

        def key(name: Text) -> tuple[Any, str]:
            order = orders.get(name.plain)
            return (order[column].order if order else "", name.plain)

        return key

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self.post_message(self.NodeHighlighted(self.node))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if event.row_key.value is not None:
            self.post_message(self.NodeChosen(event.row_key.value))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        column = event.column_key.value
        if column is not None:
            self.sort_by(column, reverse=column == self.sort_column and not self.sort_reverse)
