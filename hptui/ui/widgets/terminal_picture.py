"""What a terminal's view shows at one moment, and which rows of it look different from another moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.geometry import Region

from hptui.terminal.cells import Line
from hptui.terminal.state import Cursor
from hptui.ui.widgets.finding import Marks


@dataclass(frozen=True, slots=True)
class Picture:
    """What the view shows."""

    lines: tuple[Line, ...]  # of each row of the view
    place: int  # the first row's line, counted from the first line the terminal ever had
    cursor: Cursor | None  # in rows of the view, which may lie outside of it
    marks: tuple[Marks, ...] = ()  # of each row


def rows_apart(old: Picture, new: Picture) -> set[int]:
    """The rows whose lines or whose cursor differ, of two pictures of the same height."""
    height = len(new.lines)
    rows = {y for y in range(height) if new.lines[y] is not old.lines[y] and new.lines[y] != old.lines[y]}
    if new.cursor != old.cursor:
        rows |= {
            picture.cursor.y for picture in (old, new) if picture.cursor and 0 <= picture.cursor.y < height
        }
    return rows


def regions_of(rows: Iterable[int], width: int) -> list[Region]:
    """As few regions as these rows make, from the top to the bottom."""
    spans: list[list[int]] = []
    for y in rows:
        if spans and spans[-1][1] == y:
            spans[-1][1] = y + 1
        else:
            spans.append([y, y + 1])
    return [Region(0, start, width, end - start) for start, end in spans]
