"""Terminal lines to Textual strips.

Colours 0 to 15 stay ANSI colours here, so that the app's theme decides how they look. Whatever the terminal printed is
text, never markup, and nothing in it may steer the outer terminal.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from hptui.terminal.cells import PLAIN, CellStyle, Colour, Line, Run, Underline

_MOST_STRIPS = 2048
_SAFE_LINK = re.compile(r"(?:https?|mailto):[!-~]{1,2000}", re.ASCII)
# Control characters, and marks that turn the reading direction of everything after them.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class StripMaker:
    """Makes strips of lines on one base style, and remembers them by the line."""

    def __init__(self, base: Style) -> None:
        self.base = base
        self._styles: WeakKeyDictionary[CellStyle, Style] = WeakKeyDictionary()
        self._strips: LRUCache[tuple[Line, int], Strip] = LRUCache(_MOST_STRIPS)

    def strip(self, line: Line, width: int) -> Strip:
        """The line `width` cells wide, cut or filled up with blanks."""
        key = (line, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._make(line, width)
        return strip

    def _make(self, line: Line, width: int) -> Strip:
        segments = [Segment(_fitting(run), self.style(run.style)) for run in line.runs]
        blank = width - line.width
        if blank > 0:
            segments.append(Segment(" " * blank, self.base))
        strip = Strip(segments, line.width + max(0, blank))
        return strip.crop(0, width) if blank < 0 else strip

    def style(self, cell: CellStyle) -> Style:
        if cell is PLAIN:
            return self.base
        style = self._styles.get(cell)
        if style is None:
            style = self._styles[cell] = self.base + Style(
                color=_colour(cell.fg),
                bgcolor=_colour(cell.bg),
                bold=cell.bold or None,
                dim=cell.faint or None,
                italic=cell.italic or None,
                # Rich has no curly, dotted or dashed underline, nor a colour for it: they are single ones here.
                underline=cell.underline not in (Underline.NONE, Underline.DOUBLE) or bool(cell.link) or None,
                underline2=cell.underline is Underline.DOUBLE or None,
                blink=cell.blink or None,
                reverse=cell.inverse != bool(self.base.reverse),
                strike=cell.strike or None,
                link=cell.link if _SAFE_LINK.fullmatch(cell.link) else None,
            )
        return style


def _colour(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)


def _fitting(run: Run) -> str:
    """The run's text, as wide as the terminal says it is whatever the outer library makes of its clusters."""
    text = run.text
    if run.style.invisible:
        return " " * run.width
    if text.isascii():
        return text
    text = _STEERING.sub(" ", text)
    return text if cell_len(text) == run.width else set_cell_size(text, run.width)


def restyle(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The strip with `style` laid over its cells from `start` up to `end`."""
    width = strip.cell_length
    start, end = max(0, min(start, width)), max(0, min(end, width))
    if start >= end:
        return strip
    before, within, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end, width)
    covered = [Segment(text, (old or Style()) + style) for text, old, _ in within]
    return Strip([*before, *covered, *after], width)


def bar_at(strip: Strip, x: int, width: int, style: Style) -> Strip:
    """The strip with a bar of the style's background at the left of cell `x`: on text its cells take the style."""
    cell = strip.crop(x, x + 1)
    if cell.text != " ":
        return restyle(strip, x, x + width, style)
    bar = [Segment("▏", (old or Style()) + Style(color=style.bgcolor)) for _, old, _ in cell]
    return Strip([*strip.crop(0, x), *bar, *strip.crop(x + 1, strip.cell_length)], strip.cell_length)


def cell_of(line: Line, offset: int) -> int:
    """The cell at which character `offset` of the line begins."""
    text = line.text
    beyond = max(0, offset - len(text))
    text = text[:offset]
    return (len(text) if text.isascii() else cell_len(text)) + beyond


def width_at(line: Line, x: int) -> int:
    """How many cells the character at cell `x` covers."""
    at = 0
    for run in line.runs:
        if x < at + run.width:
            if run.width == len(run.text):
                return 1
            for character in run.text:
                width = cell_len(character)
                if at + width > x:
                    return max(1, width)
                at += width
            return 1
        at += run.width
    return 1


def link_at(line: Line, x: int) -> str:
    """The address that the text at cell `x` is linked to, "" for none."""
    at = 0
    for run in line.runs:
        if at <= x < at + run.width:
            return run.style.link
        at += run.width
    return ""
