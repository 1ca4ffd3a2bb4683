"""The table of every probe's answer: lines drawn when they come into sight, so that its size doesn't matter.

The head and the first column stay where they are when the rest is scrolled. The cursor is a cell; it follows its row wherever
sorting, filtering or a new answer puts it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hptui.probes.table import Row
from hptui.probes.values import Value
from hptui.ui.answer_cells import GAP, Place, lay_out, whole_width
from hptui.ui.answer_view import AnswerView
from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.answer_lines import CUT, LineMaker, Styles

ROWS = KeyGroup("answer-table", "The rows of an answer")
HEAD = 1  # lines


class AnswerTable(ScrollView, can_focus=True):
    """Shows an AnswerView. Whoever changes the view calls `arranged`, or `laid_out` where columns have changed."""

    DEFAULT_CSS = """
    AnswerTable {
        height: 1fr;
        background: transparent;
        color: $foreground;

        & > .answer-table--header { text-style: bold; color: $foreground 80%; }
        & > .answer-table--sorted { text-style: bold; color: $text-accent; }
        & > .answer-table--cursor { background: $foreground 12%; }
        & > .answer-table--cell { background: $foreground 30%; }
        & > .answer-table--added { color: $text-success; }
        & > .answer-table--changed { color: $text-warning; }
        & > .answer-table--dim { color: $foreground 50%; }
        & > .answer-table--sign { color: $text-accent; }
    }
    AnswerTable:focus > .answer-table--cell { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    COMPONENT_CLASSES = {
        f"answer-table--{part}"
        for part in ("header", "sorted", "cursor", "cell", "added", "changed", "dim", "sign")
    }

    BINDINGS = [
        ROWS.key("up,k", "move(-1)", "Up", "The row above", show=False),
        ROWS.key("down,j", "move(1)", "Down", "The row below", show=False),
        ROWS.key("left", "step(-1)", "Left", "The cell at the left; the table scrolls with it", show=False),
        ROWS.key("right", "step(1)", "Right", "The cell at the right; the table scrolls with it", show=False),
        ROWS.key("pageup,ctrl+b", "page(-1)", "Page up", "A page up", show=False),
        ROWS.key("pagedown,ctrl+f", "page(1)", "Page down", "A page down", show=False),
        ROWS.key("home,g", "edge(-1)", "First", "The first row", show=False),
        ROWS.key("end,G", "edge(1)", "Last", "The last row", show=False),
        ROWS.key("enter", "choose", "Details", "All of this row, every value whole; again to close"),
        ROWS.key("space", "fold", "Fold", "Fold the branch of a tree, or unfold it", show=False),
        ROWS.key("z", "fold_all", "Fold all", "Fold every branch of a tree, or unfold them all", show=False),
    ]  # fmt: skip

    ALLOW_SELECT = False

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row, or on other values of the same."""

        row: Row | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, AnswerTable.Highlighted)

    @dataclass
    class Chosen(Message):
        row: Row

    @dataclass
    class HeadClicked(Message):
        column: int

    def __init__(self, view: AnswerView, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = view
        self.line = 0
        self.cell = 0  # the cursor's, among the columns shown
        self._key: tuple[Value, ...] | None = None  # of the cursor's row
        self._count = 0  # lines, as they were shown last
        self._places: tuple[Place, ...] = ()
        self._room = 0  # columns, for which the places are
        self._maker: LineMaker | None = None

    # What is shown

    @property
    def row(self) -> Row | None:
        """The one under the cursor."""
        lines = self.view.lines
        place = lines[self.line] if self.line < len(lines) else -1
        return self.view.rows[place] if place >= 0 else None

    @property
    def column(self) -> int | None:
        """The place of the column under the cursor."""
        return self._places[self.cell].column if self.cell < len(self._places) else None

    def show(self, view: AnswerView) -> None:
        """Another view, or the same with another answer: at the newest line of a log the cursor follows what comes."""
        newest = view.newest if view is self.view and self._count else None
        follows = newest is not None and self.line == newest % self._count
        if view is not self.view:
            self.view, self.line, self.cell, self._key = view, 0, 0, None
            self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self._maker = None
        self.laid_out()
        if follows:
            self.action_edge(-1 if newest == 0 else 1)

    def laid_out(self) -> None:
        """Other columns are shown, or others are wider."""
        view = self.view
        shown = [place for place in view.shown_columns if place < len(view.widths)]
        branches = max(map(len, view.branches.values()), default=0)
        room = self.scrollable_size.width
        tree = view.tree_column if shown else -1
        self._places = lay_out(view.columns, shown, view.widths, tree, branches, room=room, even=view.EVEN)
        self._room = room
        self.cell = max(0, min(self.cell, len(self._places) - 1))
        self.arranged()

    def arranged(self) -> None:
        """The rows are others, or in another order: the cursor stays on its row, and that in its line if it can."""
        if self._maker is not None:
            self._maker.forget()
        count = self._count = len(self.view.lines)
        self.virtual_size = Size(whole_width(self._places), count + HEAD if count else HEAD)
        kept = self.view.line_of(self._key) if self._key is not None else None
        offset = self.line - self.scroll_offset.y
        self.line = kept if kept is not None else max(0, min(self.line, count - 1))
        if kept is not None:
            self.scroll_to(y=max(0, self.line - offset), animate=False, force=True, immediate=True)
        self._scroll_to_cursor()
        self._moved()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._maker = None

    def go_to(self, key: tuple[Value, ...] | None) -> None:
        """Put the cursor on the row of this key, if it is shown."""
        line = self.view.line_of(key) if key is not None else None
        if line is not None:
            self._go(line)

    # Drawing

    def render_line(self, y: int) -> Strip:
        width, blank = self.scrollable_size.width, self.rich_style
        maker = self._made()
        if y < HEAD:
            strip = maker.header(self._places)
        else:
            line = y - HEAD + self.scroll_offset.y
            if line >= len(self.view.lines):
                return Strip.blank(width, blank)
            cursor = self.cell if line == self.line else -1
            strip = maker.row(self.view.lines[line], self._places, cursor)
        return self._scrolled(strip, width, blank)

    def _scrolled(self, strip: Strip, width: int, blank: Style) -> Strip:
        """The part in sight; text that goes on beyond the edge says so."""
        frozen, x = self._frozen, self.scroll_offset.x
        end = x + width
        if strip.cell_length > end and (place := self._goes_on(strip, end)) is not None:
            # Of a number nothing is better than a part.
            kept = max(place.x, x) if place.right else end - 1
            sign = Segment(CUT.rjust(end - kept), blank)
            strip = Strip.join([strip.crop(0, kept), Strip([sign])])
        if not x:
            return strip.crop_extend(0, width, blank)
        rest = strip.crop_extend(frozen + x, end, blank)
        return Strip.join([strip.crop(0, frozen), rest]) if frozen else rest

    def _goes_on(self, strip: Strip, end: int) -> Place | None:
        """The column at the edge, where its text has more beyond it."""
        place = next((each for each in self._places if each.x < end < each.x + each.width), None)
        return place if place is not None and strip.crop(end, place.x + place.width).text.strip() else None

    @property
    def _frozen(self) -> int:
        """Columns at the left that don't scroll: the first one of the table where it is no wide one."""
        if not self._places:
            return 0
        end = self._places[0].x + self._places[0].width + GAP
        return end if end <= self.scrollable_size.width // 3 else 0

    def _made(self) -> LineMaker:
        if self._maker is None:
            base = self.rich_style
            part = {
                name.removeprefix("answer-table--"): self.get_component_rich_style(name)
                for name in self.COMPONENT_CLASSES
            }
            tone = {name: _tone(style) for name, style in part.items()}
            self._maker = LineMaker(
                self.view,
                Styles(
                    base=base,
                    header=base + tone["header"],
                    sorted_header=base + tone["sorted"],
                    cursor=Style(bgcolor=part["cursor"].bgcolor),
                    cursor_cell=Style(bgcolor=part["cell"].bgcolor, color=part["cell"].color),
                    added=tone["added"],
                    changed=tone["changed"],
                    dim=tone["dim"],
                    sign=tone["sign"],
                ),
            )
        return self._maker

    def on_focus(self) -> None:
        self._maker = None
        self.refresh()

    def on_blur(self) -> None:
        self._maker = None
        self.refresh()

    def on_resize(self) -> None:
        if self.scrollable_size.width != self._room:
            self.laid_out()
        self._scroll_to_cursor()

    # Moving

    def _go(self, line: int) -> None:
        count = len(self.view.lines)
        line = max(0, min(line, count - 1))
        if line != self.line:
            old, self.line = self.line, line
            self._scroll_to_cursor()
            for each in (old, line):
                self.refresh(Region(0, each - self.scroll_offset.y + HEAD, self.size.width, 1))
        self._moved()

    def _moved(self) -> None:
        row = self.row
        self._key = row.key if row is not None else None
        self.post_message(self.Highlighted(row))

    def _scroll_to_cursor(self) -> None:
        x, y = self.scroll_offset
        room = max(1, self.scrollable_size.height - HEAD)
        if self.line < y:
            y = self.line
        elif self.line >= y + room:
            y = self.line - room + 1
        if self.cell < len(self._places):
            place, frozen = self._places[self.cell], self._frozen
            if self.cell == 0 or (place.x < x + frozen):
                x = 0 if self.cell == 0 else place.x - frozen
            elif place.x + place.width > x + (width := self.scrollable_size.width):
                x = min(place.x - frozen, place.x + place.width - width)
        if (x, y) != self.scroll_offset:
            self.scroll_to(x, y, animate=False, force=True, immediate=True)

    def action_move(self, by: int) -> None:
        self._go(self.line + by)

    def action_page(self, by: int) -> None:
        self._go(self.line + by * max(1, self.scrollable_size.height - HEAD - 1))

    def action_edge(self, way: int) -> None:
        self._go(0 if way < 0 else len(self.view.lines) - 1)

    def action_step(self, by: int) -> None:
        self.cell = max(0, min(self.cell + by, len(self._places) - 1))
        self._scroll_to_cursor()
        self.refresh()
        self._moved()

    def action_choose(self) -> None:
        if (row := self.row) is not None:
            self.post_message(self.Chosen(row))
        else:  # a heading has nothing to tell but what is below it
            self.action_fold()

    def action_fold(self) -> None:
        if self.view.is_tree and self.line < len(self.view.lines):
            place, line = self.view.lines[self.line], self.line
            self.view.fold(place)
            self._key = self._key if place >= 0 else None
            self.arranged()
            self._go(line)

    def action_fold_all(self) -> None:
        self.view.fold_all()
        self.arranged()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        x = offset.x if offset.x < self._frozen else offset.x + self.scroll_offset.x
        found = next(
            (i for i, place in enumerate(self._places) if place.x <= x < place.x + place.width + GAP), None
        )
        if offset.y < HEAD:
            if found is not None:
                self.post_message(self.HeadClicked(self._places[found].column))
            return
        line = offset.y - HEAD + self.scroll_offset.y
        if line < len(self.view.lines):
            if found is not None:
                self.cell = found
            self._go(line)
            self.refresh()
            if event.chain == 2:
                self.action_choose()


def _tone(style: Style) -> Style:
    """Without a background, to be laid over any."""
    return Style(color=style.color, bold=style.bold, italic=style.italic)
