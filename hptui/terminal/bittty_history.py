"""The lines above the screen, for an engine that keeps none itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from wcwidth import wcwidth

from hptui.terminal.cells import Line, Run, line_of


class History:
    """At most `limit` lines, the oldest dropped first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lines: deque[Line] = deque()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, y: int) -> Line:
        return self._lines[y]

    def append(self, line: Line) -> None:
        self._lines.append(line)
        if len(self._lines) > self._limit:
            self._lines.popleft()
            self.dropped += 1

    def clear(self) -> None:
        self.dropped += len(self._lines)
        self._lines.clear()

    def rewrap(self, columns: int) -> None:
        """Lay the wrapped lines out anew at another width."""
        lines: list[Line] = []
        for runs, open_ended in self._logical():
            lines.extend(_wrap(runs, columns, open_ended))
        excess = max(0, len(lines) - self._limit)
        self.dropped += excess
        self._lines = deque(lines[excess:])

    def _logical(self) -> Iterator[tuple[list[Run], bool]]:
        """Whole printed lines, and whether each goes on below (the last one may, on the screen)."""
        runs: list[Run] = []
        for line in self._lines:
            runs.extend(line.runs)
            if not line.wrapped:
                yield runs, False
                runs = []
        if runs:
            yield runs, True


def _wrap(runs: list[Run], columns: int, open_ended: bool) -> Iterator[Line]:
    row: list[Run] = []
    room = columns
    for run in runs:
        rest = run
        while rest.width > room:
            head, rest = _split(rest, room)
            if head.width:
                row.append(head)
            yield line_of(row, True)
            row, room = [], columns
        if rest.width:
            row.append(rest)
            room -= rest.width
    yield line_of(row, open_ended)


def _split(run: Run, width: int) -> tuple[Run, Run]:
    """The run cut after at most `width` cells, no wide character and no cluster cut in two."""
    text, style = run.text, run.style
    if run.width == len(text) and text.isascii():
        return Run(text[:width], width, style), Run(text[width:], run.width - width, style)
    at, used = 0, 0
    while at < len(text):
        cells = max(0, wcwidth(text[at]))
        if used + cells > width:
            break
        used += cells
        at += 1
    at = max(at, 1)  # never nothing: a character wider than the terminal would go round for ever
    used = max(used, 1)
    return Run(text[:at], used, style), Run(text[at:], run.width - used, style)
