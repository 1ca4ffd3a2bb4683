"""Lines as a terminal library writes them down: text with the sequences (SGR) that make its looks.

It is the cheapest form that a screen comes in, and what one process tells another; a `Line` is made of it only where one is
looked at. What is written begins every look with a reset, so each line stands for itself, and holds no other sequences.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from hptui.terminal.cells import BLANK, PLAIN, CellStyle, Colour, Line, Run, Underline, line_of

RESET = "\x1b[0m"
_MOST_LOOKS = 8192  # remembered; a rainbow must not grow this for ever
_MOST_LINES = 2048  # the same lines come again, one row further up


class Written(NamedTuple):
    data: bytes
    wrapped: bool = False
    widths: tuple[int, ...] = ()  # cells of each run, where not all characters are one cell wide
    gaps: tuple[
        int, ...
    ] = ()  # cells that look like nothing, whatever the run they are in; only where all are one cell wide


Row = Written | Line
NOTHING = Written(b"")


def line_of_row(row: Row) -> Line:
    return row if isinstance(row, Line) else _read(row)


def run_count(data: bytes) -> int:
    """The runs of a line that is written like this."""
    return sum(map(bool, data.split(RESET.encode())))


@lru_cache(maxsize=_MOST_LINES)
def _read(row: Written) -> Line:
    data, wrapped, widths, gaps = row
    text = data.decode("utf-8", "replace")
    if "\x1b" not in text:
        runs = [Run(text, widths[0] if widths else len(text), PLAIN)]
    elif widths:
        runs = [Run(part, width, look) for (part, look), width in zip(_parts(text), widths, strict=True)]
    else:
        runs = [Run(part, len(part), look) for part, look in _parts(text)]
    if gaps:
        return line_of(list(_cut(runs, gaps)), wrapped)
    if not wrapped and runs and runs[-1].style is PLAIN:
        part, width, _ = runs.pop()
        if kept := part.rstrip(" "):
            runs.append(Run(kept, width - len(part) + len(kept), PLAIN))
    return Line(tuple(runs), wrapped) if runs else BLANK


def _cut(runs: list[Run], gaps: tuple[int, ...]) -> Iterator[Run]:
    """The runs, each taken apart at the gaps in it."""
    at, left = 0, deque(gaps)
    for text, width, look in runs:
        end = at + width
        start = at
        while left and left[0] < end:
            gap = left.popleft()
            if start < gap:
                yield Run(text[start - at : gap - at], gap - start, look)
            yield Run(" ", 1, PLAIN)
            start = gap + 1
        if start < end:
            yield Run(text[start - at :], end - start, look)
        at = end


def _parts(text: str) -> Iterator[tuple[str, CellStyle]]:
    looks = _looks
    for part in text.split(RESET):
        if not part:
            continue
        if part[0] != "\x1b":
            yield part, PLAIN
            continue
        # Sequences are all ahead of the text, so the last one ends at the first "m" after it began.
        first, _, rest = part.rpartition("\x1b[")
        last, _, rest = rest.partition("m")
        key = first + last
        look = looks.get(key)
        if look is None:
            if len(looks) >= _MOST_LOOKS:
                looks.clear()
            look = looks[key] = _look(key)
        yield rest, look


_looks: dict[str, CellStyle] = {}
_FLAGS = {
    "1": "bold",
    "2": "faint",
    "3": "italic",
    "5": "blink",
    "7": "inverse",
    "8": "invisible",
    "9": "strike",
    "53": "overline",
}
_UNDERLINES = {"4": Underline.SINGLE, "21": Underline.DOUBLE} | {
    f"4:{kind.value}": kind for kind in Underline
}
_ONLY_RGB = "\x1b[38;2;"  # what comes in torrents, and differs each time
_COLOURS = {"38": "fg", "48": "bg", "58": "underline_colour"}


def _look(sequences: str) -> CellStyle:
    """The look that these make: "\x1b[1m\x1b[3m4", for one."""
    if sequences.startswith(_ONLY_RGB) and "m" not in sequences:
        red, green, blue = sequences[len(_ONLY_RGB) :].split(";")
        return CellStyle((int(red), int(green), int(blue)))
    found: dict[str, Any] = {}
    for sequence in sequences.replace("\x1b[", "").split("m"):
        number, _, rest = sequence.partition(";")
        if number in _FLAGS:
            found[_FLAGS[number]] = True
        elif number in _UNDERLINES:
            found["underline"] = _UNDERLINES[number]
        elif number in _COLOURS:
            found[_COLOURS[number]] = _colour(rest)
    return CellStyle(**found)


def _colour(numbers: str) -> Colour:
    kind, *values = map(int, numbers.split(";"))
    return values[0] if kind == 5 else (values[0], values[1], values[2])
