"""What a person can do with a table that is there: sort, filter, choose columns, look closer, copy, write it out.

The table is one host's answer, or made of several. None of it asks a host anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Static

from hptui.errors import TerminalError
from hptui.probes.export import as_csv
from hptui.probes.probe import Probe
from hptui.probes.table import Row, Table, cell_text, whole
from hptui.terminal.plain import plain, visible
from hptui.terminal.private_file import save_text
from hptui.terminal.recording import file_name
from hptui.ui.answer_cells import row_text, text_steps
from hptui.ui.answer_view import AnswerView, Choices
from hptui.ui.house import House
from hptui.ui.keys import KeyGroup
from hptui.ui.screens.column_choice import ColumnsScreen
from hptui.ui.screens.export_answer import Export, ExportScreen
from hptui.ui.screens.object_view import LinesScreen, ObjectScreen
from hptui.ui.widgets.answer_table import AnswerTable
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.row_detail import RowDetail

ANSWER = KeyGroup("answer", "An answer")
TABLE = "answer-table"
MOST_TO_EDIT = 500  # rows of a text in which the keyboard selects; where there are more, lines are drawn as they come into sight


class TableKeys(KeyLine):
    """What is wanted most comes first, because there is no room for all."""

    ORDER = (
        "dismiss",
        "choose",
        "detail_scroll(1)",
        "filter",
        "differing",
        "follow",
        "deed",
        "refresh",
        "tree",
        "sort",
        "every",
        "list",
        "parameters",
        "back",
    )

    def __init__(self) -> None:
        super().__init__(typing="enter keeps the filter · esc shows all rows")

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        places = {action: place for place, action in enumerate(self.ORDER)}
        return sorted(super().keys(), key=lambda pair: places.get(pair[0].action, len(places)))


class TableActions(Screen[None]):
    """Whoever inherits from it yields what `below_bar` does, and says what is shown by `show_state`."""

    BINDINGS = [
        ANSWER.key("slash", "filter", "Filter", "Only rows that hold these words; !word for those that don't", shown="/"),
        ANSWER.key("o", "sort", "Sort", "Sort by the next column; a click on a title does it too"),
        ANSWER.key("O", "reverse", "Reverse", "Turn the order around", show=False),
        ANSWER.key("s", "sort_here", "Sort by this", "Sort by the column under the cursor; again to reverse", show=False),
        ANSWER.key("t", "tree", "Tree", "The rows as a tree by their parents, or as a list"),
        ANSWER.key("C", "columns", "Columns", "Choose which columns are shown", shown="C"),
        ANSWER.key("c", "copy_row", "Copy row", "Copy the row, with tabs between its values", show=False),
        ANSWER.key("y", "copy_cell", "Copy cell", "Copy the value under the cursor, whole", show=False),
        ANSWER.key("e", "export", "Export", "Write what is shown, or all of it, as CSV or JSON into a new file"),
        ANSWER.key("v", "text", "Text", "What is shown as text, to read and to copy from", show=False),
        ANSWER.key("J,shift+down", "detail_scroll(1)", "Scroll details", "The details further down", shown="J/K"),
        ANSWER.key("K,shift+up", "detail_scroll(-1)", "Details up", "The details further up", show=False),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        nothing = Probe("none", "", "")
        self.view: AnswerView = AnswerView(nothing, Choices())
        self.node = ""
        # Held, not queried: an answer may come while the screen is being taken down.
        self.table = AnswerTable(self.view, id=TABLE)
        self.stage = ContentSwitcher(initial=TABLE)
        self.notes = VerticalScroll(id="answer-notes", can_focus=False)
        self.detail = RowDetail(id="answer-detail")
        self.note = Static(id="answer-note")
        self.filter = Input(
            placeholder="words that a row must hold, !word for one it must not; enter keeps, escape clears",
            id="answer-filter",
            compact=True,
        )

    @property
    def house(self) -> House:
        return cast(House, self.app)

    # Told by whoever inherits

    def show_state(self) -> None:
        """What the bar and the notes say, anew."""
        raise NotImplementedError

    def as_json(self, table: Table) -> str:
        """`table`, which is what is shown or all of it, with what is to be known of it."""
        raise NotImplementedError

    # The parts

    def below_bar(self, *instead: Widget) -> ComposeResult:
        """The notes, the table or what stands `instead` of it, the details and the filter."""
        with Vertical():
            with self.notes:
                yield self.note
            with Container(id="answer"):
                with self.stage:
                    yield from instead
                    yield self.table
                yield self.detail
            yield self.filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        there = self.view.table is not None
        match action:
            case "tree":
                return self.view.has_tree
            case "detail_scroll":
                return self.detail.is_open
            case "sort" | "reverse" | "sort_here" | "columns" | "export" | "text" | "filter":
                return True if there else None
            case "copy_row" | "copy_cell":
                return True if self.table.row is not None else None
        return True

    # Which rows, in which order

    def _arranged(self) -> None:
        self.table.arranged()
        self.show_state()

    def action_sort(self) -> None:
        shown, by = self.view.shown_columns, self.view.sort_column
        at = shown.index(by) if by in shown else -1
        self._sort(shown[(at + 1) % len(shown)], descending=False)

    def action_reverse(self) -> None:
        by = self.view.sort_column
        self._sort(by if by is not None else 0, descending=not self.view.descending)

    def action_sort_here(self) -> None:
        if (column := self.table.column) is not None:
            self._sort_or_reverse(column)

    @on(AnswerTable.HeadClicked)
    def _head_clicked(self, event: AnswerTable.HeadClicked) -> None:
        event.stop()
        self._sort_or_reverse(event.column)

    def _sort_or_reverse(self, column: int) -> None:
        again = column == self.view.sort_column
        self._sort(column, descending=again and not self.view.descending)

    def _sort(self, column: int, *, descending: bool) -> None:
        if self.view.columns:
            self.view.sort_by(column, descending=descending)
            self._arranged()

    def action_tree(self) -> None:
        self.view.set_tree(not self.view.is_tree)
        self.table.laid_out()
        self.show_state()

    def action_columns(self) -> None:
        def chosen(hidden: set[str] | None) -> None:
            if hidden is not None:
                self.view.choices.hidden = hidden
                self.table.laid_out()
                self.show_state()

        self.app.push_screen(ColumnsScreen(self.view.columns, self.view.choices.hidden), chosen)

    # The filter

    def action_filter(self) -> None:
        self.filter.display = True
        self.set_focus(self.filter)  # at once; focus() would be later than a key that is already on its way

    def clear_filter(self) -> None:
        self.filter.value = ""
        self.filter.display = False
        self.table.focus()

    @on(Input.Changed, "#answer-filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.view.set_words(event.value)
        self._arranged()

    @on(Input.Submitted, "#answer-filter")
    def _filter_kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.filter.display = bool(self.filter.value)
        self.table.focus()

    def on_key(self, event: events.Key) -> None:
        """Words typed quickly after the slash are the filter's; up and down move in the table while one types."""
        if self.focused is not self.filter:
            if event.key == self.house.settings.leader:
                event.stop()
                event.prevent_default()
                self.house.action_sessions()
            return
        moves = {"up": -1, "down": 1}
        if event.key in moves:
            event.stop()
            event.prevent_default()
            self.table.action_move(moves[event.key])
        elif event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self.filter.insert_text_at_cursor(event.character)

    # A closer look

    @on(AnswerTable.Chosen)
    def _row_chosen(self, event: AnswerTable.Chosen) -> None:
        event.stop()
        self.set_detail(not self.detail.is_open)

    def set_detail(self, is_open: bool) -> None:
        self.detail.set_class(is_open, "-open")
        if is_open:
            self._show_detail(self.table.row)
        else:
            self.table.focus()
        self.refresh_bindings()

    def action_detail_scroll(self, way: int) -> None:
        """Half of what is in sight, with the keyboard left in the table."""
        self.detail.scroll_relative(y=way * max(1, self.detail.size.height // 2), animate=False)

    @on(AnswerTable.Highlighted)
    def _highlighted(self, event: AnswerTable.Highlighted) -> None:
        event.stop()
        if self.detail.is_open:
            self._show_detail(event.row)
        self.refresh_bindings()

    def _show_detail(self, row: Row | None) -> None:
        view, line = self.view, self.table.line
        changed = view.changed_cells(view.lines[line]) if line < len(view.lines) else ()
        self.detail.show(row, view.columns, tuple(changed))

    # Out of here

    def action_copy_row(self) -> None:
        if (row := self.table.row) is not None:
            view = self.view
            self._copy(row_text(row, view.columns, view.shown_columns, utc=view.choices.utc), "the row")

    def action_copy_cell(self) -> None:
        row, at = self.table.row, self.table.column
        if row is not None and at is not None:
            column = self.view.columns[at]
            text = cell_text(column.kind, row.cells[at], utc=self.view.choices.utc)
            self._copy("\n".join(map(visible, text.splitlines())), visible(column.title))

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied {what}", markup=False)

    def _shown_rows(self) -> list[Row]:
        """What is in sight, without the rows that are gone."""
        view = self.view
        return [view.rows[place] for place in view.lines if place < view.total]

    def action_text(self) -> None:
        view, rows = self.view, self._shown_rows()
        title = f"{view.probe.title} on {self.node}"
        steps = text_steps(view.columns, rows, view.shown_columns, utc=view.choices.utc)
        if len(rows) <= MOST_TO_EDIT:
            self.app.push_screen(ObjectScreen(title, "\n".join(whole(steps))))
        else:
            self.app.push_screen(LinesScreen(title, steps))

    def action_export(self) -> None:
        view = self.view
        columns = len(view.shown_columns)
        stem = f"hptui-{file_name(self.node)}-{view.probe.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        shown = f"{len(self._shown_rows()):,} rows, {columns} columns"
        every = f"{view.total:,} rows, {len(view.columns)} columns"

        def chosen(export: Export | None) -> None:
            if export is not None:
                self._export(export)

        self.app.push_screen(ExportScreen(stem, shown, every), chosen)

    @work(group="export")
    async def _export(self, export: Export) -> None:
        view, table = self.view, self.view.table
        if table is None:
            return
        if export.shown_only:
            table = _only(table, view.shown_columns, self._shown_rows())
        try:
            await asyncio.to_thread(self._write, export, table)
        except TerminalError as error:
            self.notify(plain(error.message), title=error.heading, severity="error", markup=False)
            return
        count = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
        self.notify(f"{count} written to {plain(str(export.path.absolute()))}", markup=False)

    def _write(self, export: Export, table: Table) -> None:
        text = self.as_json(table) if export.form == "json" else as_csv(table.columns, table.rows)
        save_text(export.path, text)


def _only(table: Table, shown: list[int], rows: list[Row]) -> Table:
    """These columns and rows of a table."""
    cut = [replace(row, cells=tuple(row.cells[place] for place in shown)) for row in rows]
    return Table(tuple(table.columns[place] for place in shown), tuple(cut))
