"""What stands on a terminal's screen: lines of runs of equally styled text.

A `Line` is what a painter needs and nothing more, and it is a value, as its runs and their styles are: two lines that
look the same are equal, whatever engine made them, so pictures of lines can be cached by the line itself.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from wcwidth import wcwidth

# None is the terminal's default, a number is an entry of the 256 colour palette, a tuple is red, green, blue.
# Entries 0 to 15 stay numbers all the way out, so that the person's theme decides what "red" looks like.
Rgb = tuple[int, int, int]
Colour = int | Rgb | None


class Underline(enum.IntEnum):
    """The kinds of underline, numbered as SGR 4:n numbers them."""

    NONE = 0
    SINGLE = 1
    DOUBLE = 2
    CURLY = 3
    DOTTED = 4
    DASHED = 5


class CellStyle(NamedTuple):
    """How a cell looks."""

    fg: Colour = None
    bg: Colour = None
    underline_colour: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: Underline = Underline.NONE
    blink: bool = False
    inverse: bool = False
    invisible: bool = False
    strike: bool = False
    overline: bool = False
    link: str = ""  # the address of an OSC 8 hyperlink, "" for none


PLAIN = CellStyle()


class Run(NamedTuple):
    """Consecutive cells of one style. A wide character is one character of text and two cells of width."""

    text: str
    width: int  # cells
    style: CellStyle


class Line(NamedTuple):
    """One row of the screen or of its history, without the blank default cells at its end."""

    runs: tuple[Run, ...]
    wrapped: bool  # the text goes on in the next row: no line break was printed here

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def width(self) -> int:
        """Cells."""
        return sum(run.width for run in self.runs)


BLANK = Line((), False)


def line_of(runs: list[Run], wrapped: bool) -> Line:
    """A line of these runs: neighbours of one style joined, and blank default cells dropped from its end.

    The blanks stay where the text goes on in the next row, for there they are part of the text.
    """
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].style == run.style:
            last = joined[-1]
            joined[-1] = Run(last.text + run.text, last.width + run.width, run.style)
        else:
            joined.append(run)
    if wrapped:
        return Line(tuple(joined), True)
    if joined and joined[-1].style == PLAIN:
        last = joined.pop()
        text = last.text.rstrip(" ")
        if text:
            joined.append(Run(text, last.width - (len(last.text) - len(text)), PLAIN))
    return Line(tuple(joined), False) if joined else BLANK


def text_before(line: Line, x: int) -> str:
    """The text of a line up to cell `x`, filled up with blanks where it ends before."""
    parts: list[str] = []
    at = 0
    for run in line.runs:
        if at + run.width <= x:
            parts.append(run.text)
            at += run.width
            continue
        if run.width == len(run.text):
            parts.append(run.text[: x - at])
            return "".join(parts)
        for character in run.text:
            width = max(0, wcwidth(character))
            if at + width > x:
                return "".join(parts)
            parts.append(character)
            at += width
    return "".join(parts) + " " * (x - at)
