"""What stands on the console's screen: enough of it to paint it again after a resize, and to know the cursor's place.

The programs of the simulated host only ever write lines, so the screen is a list of lines with their colours; a flood costs no
more than the last screenful.
"""

from __future__ import annotations

import re
from collections import deque

from hptui.demo.host.console.widths import char_width, text_width

_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b.")
_KEPT = 400


def visible(text: str) -> str:
    return _SEQUENCE.sub("", text) if "\x1b" in text else text


class Transcript:
    """Lines written since the screen was last cleared; the last one is where the cursor stands."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self._lines: deque[str] = deque([""], maxlen=_KEPT)

    def clear(self) -> None:
        self._lines.clear()
        self._lines.append("")

    def write(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._append(first)
        if len(rest) > _KEPT:
            rest = rest[-_KEPT:]
        for line in rest:
            self._lines.append("")
            self._append(line)

    def _append(self, piece: str) -> None:
        """`\\r` inside a line starts it again."""
        if piece.endswith("\r"):
            piece = piece[:-1]
        if "\r" in piece:
            self._lines[-1] = piece.rsplit("\r", 1)[1]
        else:
            self._lines[-1] += piece

    @property
    def last(self) -> str:
        return self._lines[-1]

    def replace_last(self, text: str) -> None:
        self._lines[-1] = text

    def wrapped(self) -> list[str]:
        """The rows on the screen, top first, as the present width wraps them."""
        rows: list[str] = []
        for place, line in enumerate(reversed(self._lines)):
            pieces = wrap(line, self.columns)
            if place and len(pieces) > 1 and not visible(pieces[-1]):
                # A line that filled its row and was then ended: the cursor left for the next one without an empty row.
                pieces.pop()
            rows[:0] = pieces
            if len(rows) >= self.rows:
                break
        return rows[-self.rows :]

    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 1."""
        rows = self.wrapped()
        width = text_width(visible(rows[-1]))
        return len(rows), min(width, self.columns - 1) + 1


def wrap(line: str, columns: int) -> list[str]:
    """A line with its colours cut into rows; a row that is exactly full is followed by an empty one, where the cursor is."""
    if "\x1b" not in line and text_width(line) < columns:
        return [line]
    rows: list[str] = []
    row: list[str] = []
    used, colour, place = 0, "", 0
    while place < len(line):
        found = _SEQUENCE.match(line, place)
        if found is not None:
            row.append(found.group())
            colour = found.group() if found.group().endswith("m") else colour
            place = found.end()
            continue
        width = char_width(line[place])
        if used + width > columns:
            rows.append("".join(row))
            row, used = [colour] if colour else [], 0
        row.append(line[place])
        used += width
        place += 1
    rows.append("".join(row))
    if used == columns:
        rows.append(colour)
    return rows
