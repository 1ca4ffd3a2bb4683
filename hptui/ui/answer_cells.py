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
MOST_LAST = 250  # columns for the last one, over which one scrolls sideways
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
    columns: Sequence[Column], shown: Sequence[int], widths: Sequence[int], tree: int = -1, branches: int = 0
) -> tuple[Place, ...]:
    """The places of the columns shown; the column `tree`, in which a tree is drawn, is as much wider as `branches` are."""
    places: list[Place] = []
    x = GUTTER
    for place in shown:
        most = MOST_LAST if place == shown[-1] else MOST_TEXT
        width = min(widths[place] + (branches if place == tree else 0), most)
        places.append(Place(place, x, width, is_right(columns[place])))
        x += width + GAP
    return tuple(places)


def whole_width(places: Sequence[Place]) -> int:
    return places[-1].x + places[-1].width if places else 0


def row_text(row: Row, columns: Sequence[Column], shown: Sequence[int], *, utc: bool = False) -> str:
    """A row for the clipboard: its cells whole, with tabs between them, as spreadsheets take them."""
    return "\t".join(visible(cell_text(columns[at].kind, row.cells[at], utc=utc)) for at in shown)


def as_text(
    columns: Sequence[Column], rows: Sequence[Row], shown: Sequence[int], *, utc: bool = False
) -> list[str]:
    """All rows in lines, the columns one below the other and nothing cut."""
    cells = [[visible(cell_text(columns[at].kind, row.cells[at], utc=utc)) for at in shown] for row in rows]
    head = [visible(columns[at].title).upper() for at in shown]
    widths = [max(map(cell_len, column)) for column in zip(head, *cells, strict=True)]
    rights = [is_right(columns[at]) for at in shown]
    return [
        (" " * GAP).join(_padded(*each) for each in zip(line, widths, rights, strict=True)).rstrip()
        for line in (head, *cells)
    ]


def _padded(text: str, width: int, right: bool) -> str:
    blank = " " * (width - cell_len(text))
    return blank + text if right else text + blank
