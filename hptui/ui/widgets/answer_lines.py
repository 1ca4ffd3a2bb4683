"""Lines of an answer's table as strips: cells in their columns, cut with a sign, odd characters in a tone of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from hptui.probes.table import cell_text
from hptui.terminal.plain import visible_parts
from hptui.ui.answer_cells import GAP, GUTTER, Place
from hptui.ui.answer_view import ADDED, CHANGED, DIFFERS, GONE, AnswerView, Heading

MOST_STRIPS = 1024
CUT = "…"


@dataclass(frozen=True, slots=True)
class Styles:
    """How the theme has each part; all of them on the table's own background."""

    base: Style
    header: Style
    sorted_header: Style
    cursor: Style  # laid over the line of the cursor
    cursor_cell: Style  # laid over the cell of the cursor
    added: Style
    changed: Style
    dim: Style  # what is gone, and rows that only stand above others
    sign: Style  # ↵, <U+001B>, …


Piece = tuple[str, Style]


class LineMaker:
    """Draws `view`'s rows, and remembers them until `forget`."""

    def __init__(self, view: AnswerView, styles: Styles) -> None:
        self._view = view
        self._styles = styles
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(MOST_STRIPS)

    def forget(self) -> None:
        self._strips.clear()

    def header(self, places: Sequence[Place]) -> Strip:
        view, styles = self._view, self._styles
        segments = [Segment(" " * GUTTER, styles.header)]
        for place in places:
            column = view.columns[place.column]
            by_it = place.column == view.sort_column
            arrow = ("▼" if view.descending else "▲") if by_it else ""
            style = styles.sorted_header if by_it else styles.header
            pieces = [(part, style) for part, _ in visible_parts(column.title)] + [(arrow, style)]
            segments += _in_column(pieces, place, style, styles.sign)
            segments.append(Segment(" " * GAP, styles.header))
        return Strip(segments)

    def row(self, row: int, places: Sequence[Place], cursor: int = -1) -> Strip:
        """The line of a row; `cursor` is the number of the cursor's cell, where the cursor is in this line."""
        strip = self._strips.get((row, cursor))
        if strip is None:
            strip = self._strips[row, cursor] = self._make(row, places, cursor)
        return strip

    def _make(self, row: int, places: Sequence[Place], cursor: int) -> Strip:
        heading = self._view.heading(row)
        if heading is not None:
            return self._make_heading(heading, cursor >= 0)
        view, styles = self._view, self._styles
        mark = view.mark(row)
        tone = self._tone(row, mark)
        over = styles.cursor if cursor >= 0 else Style()
        cells = view.rows[row].cells
        changed = view.changed_cells(row)
        branch = view.branches.get(row, "")
        segments = [Segment(f"{mark or ' '} ", self._mark_tone(mark) + over)]
        for number, place in enumerate(places):
            column = view.columns[place.column]
            style = (tone + styles.changed if place.column in changed else tone) + over
            if number == cursor:
                style += styles.cursor_cell
            sign = style + styles.sign
            text = cell_text(column.kind, cells[place.column], utc=view.choices.utc)
            pieces = [(part, sign if odd else style) for part, odd in visible_parts(text)]
            if branch and place.column == view.tree_column:
                pieces.insert(0, (branch, tone + styles.dim + over))
            segments += _in_column(pieces, place, style, sign)
            segments.append(Segment(" " * GAP, tone + over))
        return Strip(segments)

    def _make_heading(self, heading: Heading, cursor: bool) -> Strip:
        styles = self._styles
        over = styles.cursor + styles.cursor_cell if cursor else Style()
        indent = " " * (GUTTER + 2 * (len(heading.path) - 1))
        name = [
            Segment(part, (styles.base + (styles.sign if odd else styles.header) + over))
            for part, odd in visible_parts(heading.path[-1])
        ]
        sign = Segment(f"{'▸' if heading.folded else '▾'} ", styles.base + styles.dim + over)
        count = Segment(f"  {heading.count:,}", styles.base + styles.dim + over)
        return Strip([Segment(indent, styles.base), sign, *name, count])

    def _tone(self, row: int, mark: str) -> Style:
        styles = self._styles
        if mark == GONE or row in self._view.context:
            return styles.base + styles.dim
        return styles.base + styles.added if mark == ADDED else styles.base

    def _mark_tone(self, mark: str) -> Style:
        styles = self._styles
        tones = {
            ADDED: styles.added,
            CHANGED: styles.changed,
            DIFFERS: styles.changed,
            GONE: styles.dim,
        }
        return styles.base + tones.get(mark, styles.dim)


def _in_column(pieces: Sequence[Piece], place: Place, style: Style, sign: Style) -> list[Segment]:
    """Exactly as wide as the column; what doesn't fit is cut, and says so."""
    width = place.width
    taken = sum(cell_len(text) for text, _ in pieces)
    if taken <= width:
        blank = [Segment(" " * (width - taken), style)] if taken < width else []
        segments = [Segment(text, style) for text, style in pieces if text]
        return [*blank, *segments] if place.right else [*segments, *blank]
    if (kept := _ends(pieces, width - 1)) is not None:
        start, end = kept
        return [Segment(start, pieces[0][1]), Segment(CUT, sign), Segment(end, pieces[0][1])]
    segments, room = [], width - 1
    for text, own in pieces:
        if (size := cell_len(text)) > room:
            segments.append(Segment(set_cell_size(text, room), own))
            room = 0
            break
        segments.append(Segment(text, own))
        room -= size
    return [*segments, Segment(" " * room + CUT, sign)]


def _ends(pieces: Sequence[Piece], room: int) -> tuple[str, str] | None:
    """What to keep of a name or a path, which says as much at its end as at its beginning; None for anything else."""
    if len(pieces) != 1 or room < _LEAST_ENDS:
        return None
    text = pieces[0][0]
    if " " in text or not text.isascii():
        return None
    end = room // 2
    return text[: room - end], text[-end:]


_LEAST_ENDS = 8  # columns
