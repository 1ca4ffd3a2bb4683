"""The cells of an answer as they are drawn: their text, how wide their columns are, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rich.cells import cell_len

from hptui.probes.probe import Column, Kind
from hptui.probes.table import Row, Steps, Table, cell_text
from hptui.probes.values import Value
from hptui.terminal.plain import visible

GUTTER = 2  # columns at the left, for the mark
GAP = 2  # columns between two
MOST_TEXT = 60  # columns for one of text
LEAST_TEXT = 16  # columns for one of text, where there is no room for all
LEAST_EVEN = 11  # the same, where all have as much
MOST_LAST = 250  # columns for the last one, over which one scrolls sideways
_STEP = 100  # rows between two turns of others
_SAMPLE = 300  # cells, of which the widest is near enough where all are about as wide
_RIGHT = frozenset({Kind.NUMBER, Kind.BYTES, Kind.SECONDS, Kind.PERCENT})
_WORDS = frozenset({Kind.TEXT, Kind.LIST, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands; `x` counts from the left edge of all columns."""

    column: int
    x: int
    width: int
    right: bool


def is_right(column: Column) -> bool:
    return column.kind in _RIGHT


def width_steps(table: Table, *, utc: bool = False) -> Steps[tuple[int, ...]]:
    """How wide each column is with all that it holds, up to the most that any may take."""
    widths = []
    for place, column in enumerate(table.columns):
        widest = cell_len(visible(column.title)) + 1  # the arrow of the sort stands behind it
        step = 1 if column.kind in _WORDS else max(1, len(table.rows) // _SAMPLE)
        cells = (row.cells[place] for row in islice(table.rows, 0, None, step))
        for number, cell in enumerate(cells):
            widest = max(widest, _width(column.kind, cell, utc))
            if widest >= MOST_LAST:
                break
            if number % 1000 == 999:
                yield
        widths.append(min(widest, MOST_LAST))
        yield
    return tuple(widths)


def _width(kind: Kind, cell: Value, utc: bool) -> int:
    text = cell if isinstance(cell, str) else cell_text(kind, cell, utc=utc)
    if "\n" in text:  # most that isn't plain is a message in lines
        text = text.replace("\r\n", " ").replace("\n", " ")
    return len(text) if text.isascii() and text.isprintable() else cell_len(visible(text))


def lay_out(
    columns: Sequence[Column],
    shown: Sequence[int],
    widths: Sequence[int],
    tree: int = -1,
    branches: int = 0,
    *,
    room: int = 0,
    even: bool = False,
) -> tuple[Place, ...]:
    """The places of the columns shown; the column `tree`, in which a tree is drawn, is as much wider as `branches` are.

    Where they need more than `room` columns (0 for no limit), those of text are made narrower: all of them alike if `even`, else
    all but the one with the longest text, which is what most rows are read for, and the last one.
    """
    wanted = {place: widths[place] + (branches if place == tree else 0) for place in shown}
    texts = [place for place in shown if columns[place].kind in (Kind.TEXT, Kind.LIST)]
    longest = max(texts, key=wanted.__getitem__, default=-1)
    fixed = (
        GUTTER + GAP * max(0, len(shown) - 1) + sum(wanted[place] for place in shown if place not in texts)
    )
    squeezed = [place for place in texts if even or place not in (longest, shown[-1])]
    least = LEAST_EVEN if even else max(LEAST_TEXT, room // 4)
    name = 0 if even else min(MOST_TEXT, 2 * room // 5)  # what a row is called comes first
    most = MOST_TEXT

    def limit_of(place: int) -> int:
        if place not in squeezed:
            return MOST_TEXT
        return max(most, name) if place == shown[0] else most

    def taken() -> int:
        return fixed + sum(min(wanted[place], limit_of(place)) for place in texts)

    while room and most > least and taken() > room:
        most -= 1
    spare = max(0, room - taken()) if not even else 0
    places: list[Place] = []
    x = GUTTER
    for place in shown:
        limit = MOST_LAST
        if place in squeezed:
            limit = limit_of(place)
        elif place != shown[-1]:
            limit = min(MOST_LAST, MOST_TEXT + spare)
        width = min(wanted[place], limit)
        places.append(Place(place, x, width, is_right(columns[place])))
        x += width + GAP
    return tuple(places)


def whole_width(places: Sequence[Place]) -> int:
    return places[-1].x + places[-1].width if places else 0


def row_text(row: Row, columns: Sequence[Column], shown: Sequence[int], *, utc: bool = False) -> str:
    """A row for the clipboard: its cells whole, with tabs between them, as spreadsheets take them."""
    return "\t".join(visible(cell_text(columns[at].kind, row.cells[at], utc=utc)) for at in shown)


def text_steps(
    columns: Sequence[Column], rows: Sequence[Row], shown: Sequence[int], *, utc: bool = False
) -> Steps[list[str]]:
    """All rows in lines below their titles, the columns one below the other and nothing cut."""
    kinds = [columns[at].kind for at in shown]
    cells = [[visible(columns[at].title).upper() for at in shown]]
    widths = [cell_len(title) for title in cells[0]]
    for number, row in enumerate(rows):
        line = [
            visible(cell_text(kind, row.cells[at], utc=utc)) for kind, at in zip(kinds, shown, strict=True)
        ]
        widths = [max(width, cell_len(text)) for width, text in zip(widths, line, strict=True)]
        cells.append(line)
        if number % _STEP == _STEP - 1:
            yield
    rights = [is_right(columns[at]) for at in shown]
    lines = []
    for number, line in enumerate(cells):
        padded = (_padded(*each) for each in zip(line, widths, rights, strict=True))
        lines.append((" " * GAP).join(padded).rstrip())
        if number % _STEP == _STEP - 1:
            yield
    return lines


def _padded(text: str, width: int, right: bool) -> str:
    blank = " " * (width - cell_len(text))
    return blank + text if right else text + blank
