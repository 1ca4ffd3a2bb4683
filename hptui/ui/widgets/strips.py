"""Terminal lines to Textual strips.

Colours 0 to 15 stay ANSI colours here, so that the app's theme decides how they look. Whatever the terminal printed is
text, never markup, and nothing in it may steer the outer terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.cache import FIFOCache
from textual.color import Color as Background
from textual.filter import ANSIToTruecolor, DimFilter, LineFilter
from textual.strip import Strip

from hptui.terminal.cells import PLAIN, CellStyle, Colour, Line, Rgb, Run, Underline

_MOST_STRIPS = 2048
_MOST_STYLES = 8192
_COLOURS = 2  # of the fields of a cell's style; all that a torrent of styles differs in, as a rule
_NO_MORE = PLAIN[_COLOURS:]
_NOT_UNDERLINED = Style(underline=False, underline2=False)
_SAFE_LINK = re.compile(r"(?:https?|mailto):[!-~]{1,2000}", re.ASCII)
# Control characters, and marks that turn the reading direction of everything after them.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class RowStrip(Strip):
    """A strip whose caches are made when they are wanted: most are painted once, and never cut or styled."""

    __slots__ = ()

    def __init__(self, segments: list[Segment], cell_length: int) -> None:
        self._segments = segments
        self._cell_length = cell_length
        self._render_cache = None
        self._link_ids = None
        self._cell_count = None

    def __getattr__(self, name: str) -> Any:
        if name not in _CACHES:
            raise AttributeError(name)
        cache: FIFOCache[Any, Any] = FIFOCache(4)
        setattr(self, name, cache)
        return cache


# What a strip's own class makes for each; nothing is left to be made later if it does so in another way than it did.
_CACHES = frozenset(name for name in Strip.__slots__ if isinstance(getattr(Strip([], 0), name), FIFOCache))


class StripMaker:
    """Makes strips of lines on one base style, and remembers them by the line."""

    def __init__(
        self,
        base: Style,
        filters: Sequence[LineFilter] = (),
        background: Background | None = None,
        *,
        underlines: ColorSystem | None = None,
    ) -> None:
        """`filters` are Textual's, for which a style is all there is to a piece of text, and which are told the `background`.

        `underlines` are the colours of the outer terminal, if it tells kinds of underline apart."""
        self.base = base
        self._only_colours = base == Style.from_color(base.color, base.bgcolor)
        self._filters = filters
        self._underlines = underlines
        # These change colours that the theme decides, and faint ones; a torrent of others need not go through them.
        self._rgb_passes = all(isinstance(each, ANSIToTruecolor | DimFilter) for each in filters)
        self._background = background or Background(0, 0, 0)
        self._styles: dict[CellStyle, Style] = {}
        self._strips: dict[tuple[Line, int], Strip] = {}

    def strip(self, line: Line, width: int) -> Strip:
        """The line `width` cells wide, cut or filled up with blanks."""
        key = (line, width)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._make(line, width)
        return strip

    def _make(self, line: Line, width: int) -> Strip:
        segments, styles, blank = [], self._styles, width
        for run in line.runs:
            text, cells, look = run
            style = styles.get(look)
            if style is None:
                style = self.style(look)
            if look.invisible or not text.isascii():
                text = _fitting(run)
            segments.append(Segment(text, style))
            blank -= cells
        if blank > 0:
            segments.append(Segment(" " * blank, self.style(PLAIN)))
        strip = RowStrip(segments, width - min(0, blank))
        return strip.crop(0, width) if blank < 0 else strip

    def style(self, cell: CellStyle) -> Style:
        style = self._styles.get(cell)
        if style is None:
            if len(self._styles) >= _MOST_STYLES:
                self._styles.clear()
            style = self._new_style(cell)
            if not (self._rgb_passes and _is_rgb(style)):
                style = self._filtered(style)
            if self._underlines is not None and (
                cell.underline > Underline.DOUBLE or cell.underline_colour is not None
            ):
                style = self._underlined(style, cell, self._underlines)
            self._styles[cell] = style
        return style

    def _filtered(self, style: Style) -> Style:
        segments = [Segment(" ", style)]
        for each in self._filters:
            segments = each.apply(segments, self._background)
        return segments[0].style or Style.null()

    def _underlined(self, style: Style, cell: CellStyle, system: ColorSystem) -> Style:
        """The style with the cell's own underline, which Rich has no name for.

        To Rich it stays what it was, so what is laid over it leaves a single one. Only how it is written is set: Textual
        looks at what was written of a style before."""
        if cell.underline is Underline.NONE:
            return style
        codes = [Strip.render_ansi(style + _NOT_UNDERLINED, system), f"4:{cell.underline.value}"]
        if cell.underline_colour is not None and self._rgb_passes:
            codes.append(_underline_colour(cell.underline_colour))
        written = style.copy()
        written._ansi = ";".join(filter(None, codes))
        return written

    def filtered(self, strip: Strip) -> Strip:
        """A strip that a maker without filters has made, as it would be with those of this one."""
        for each in self._filters:
            strip = strip.apply_filter(each, self._background)
        return strip

    def _new_style(self, cell: CellStyle) -> Style:
        if self._only_colours and cell[_COLOURS:] == _NO_MORE:
            fg, bg, *_ = cell
            return Style.from_color(
                self.base.color if fg is None else _colour(fg),
                self.base.bgcolor if bg is None else _colour(bg),
            )
        if cell == PLAIN:
            return self.base
        return self.base + Style(
            color=_colour(cell.fg),
            bgcolor=_colour(cell.bg),
            bold=cell.bold or None,
            dim=cell.faint or None,
            italic=cell.italic or None,
            # Rich has no curly, dotted or dashed underline, nor a colour for it: they are single ones to it.
            underline=cell.underline not in (Underline.NONE, Underline.DOUBLE) or bool(cell.link) or None,
            underline2=cell.underline is Underline.DOUBLE or None,
            blink=cell.blink or None,
            reverse=cell.inverse != bool(self.base.reverse),
            strike=cell.strike or None,
            overline=cell.overline or None,
            link=cell.link if _SAFE_LINK.fullmatch(cell.link) else None,
        )


def _underline_colour(colour: int | Rgb) -> str:
    return f"58:5:{colour}" if isinstance(colour, int) else "58:2::{}:{}:{}".format(*colour)


def _is_rgb(style: Style) -> bool:
    """Whether both colours are what they are whatever the theme, and nothing is faint."""
    colours = (style.color, style.bgcolor)
    return not style.dim and all(colour is not None and colour.triplet is not None for colour in colours)


def _colour(colour: Colour) -> Color | None:
    if colour is None:
        return None
    if isinstance(colour, int):
        return Color.from_ansi(colour)
    name = "#{:02x}{:02x}{:02x}".format(*colour)
    return Color(name, ColorType.TRUECOLOR, None, ColorTriplet(*colour))  # as from_rgb, sooner


def _fitting(run: Run) -> str:
    """The run's text, as wide as the terminal says it is whatever the outer library makes of its clusters."""
    if run.style.invisible:
        return " " * run.width
    text = _STEERING.sub(" ", run.text)
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
