"""The picture of a terminal, painted: text, matches, selection and cursor. When a new one is taken is a subclass's business."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from rich.color import ColorSystem
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip

from hptui.terminal.cells import BLANK
from hptui.terminal.emulator import Emulator
from hptui.terminal.state import Cursor, CursorShape
from hptui.ui.outer_looks import tells_underlines
from hptui.ui.widgets.cursor_blink import CursorBlink
from hptui.ui.widgets.finding import Marks
from hptui.ui.widgets.straight_out import StraightOut
from hptui.ui.widgets.strips import StripMaker, bar_at, cell_of, restyle, width_at
from hptui.ui.widgets.terminal_picture import Picture
from hptui.ui.widgets.terminal_scroll import TerminalScroll

_CURSOR_STYLES = {
    CursorShape.BLOCK: "terminal--cursor",
    CursorShape.UNDERLINE: "terminal--cursor-underline",
    CursorShape.BAR: "terminal--cursor-bar",
}

_MATCH_STYLES = ("terminal--match", "terminal--current-match")


class TerminalCanvas(TerminalScroll):
    """Paints the picture of `emulator` that was taken last."""

    DEFAULT_CSS = """
    TerminalCanvas {
        background: $background;
        color: $foreground;

        & > .terminal--cursor {
            text-style: reverse;
        }
        & > .terminal--cursor-underline {
            text-style: underline;
        }
        & > .terminal--cursor-bar {
            background: $primary;
            color: $foreground;
        }
        & > .terminal--cursor-blurred {
            background: $surface-lighten-2;
        }
        & > .terminal--match {
            background: $warning-muted;
            color: $text-warning;
        }
        & > .terminal--current-match {
            background: $warning;
            color: $background;
        }
    }
    """
    COMPONENT_CLASSES = {*_CURSOR_STYLES.values(), *_MATCH_STYLES, "terminal--cursor-blurred"}

    def __init__(self, emulator: Emulator, *, id: str | None = None) -> None:
        super().__init__(emulator, id=id)
        self._reversed = False  # as of the last paint
        self._picture = Picture((), 0, None)
        self._maker: StripMaker | None = None
        self._painter: StripMaker | None = None  # with Textual's filters in its styles
        self._cursor_styles: dict[str, Style] = {}
        self._out = StraightOut(self)
        self._blink = CursorBlink(self, self._repaint_cursor)

    # Pictures

    def _look(self) -> Picture:
        emulator, top, height = self.emulator, self._top, self.size.height
        cursor, place = emulator.cursor, emulator.dropped + top
        return Picture(
            lines=emulator.view(top, height),
            place=place,
            cursor=replace(cursor, y=cursor.y + emulator.history - top),
            marks=self._marks(range(place, place + height)),
        )

    def _look_again(self) -> None:
        self._picture = self._look()
        self.refresh()

    def _scrolled(self) -> None:
        self._picture = self._look()

    def _marks(self, places: range) -> tuple[Marks, ...]:
        """What to mark of the lines in these places; nothing where nothing is looked for."""
        return ()

    def _reverse(self, reversed_screen: bool) -> None:
        """The whole screen has its colours exchanged (?5), or not any more."""
        self._reversed = reversed_screen
        self._maker = self._painter = None

    # The cursor

    def _place_outer_cursor(self) -> None:
        """Put the outer terminal's own cursor there as well: input methods open beside it."""
        if self.has_focus and (cursor := self._picture.cursor) is not None:
            region = self.content_region
            x, y = min(cursor.x, region.width - 1), min(cursor.y, region.height - 1)
            self.app.cursor_position = region.offset + Offset(max(0, x), max(0, y))

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._follow_blinking()

    def _follow_blinking(self) -> None:
        cursor = self._picture.cursor
        self._blink.follow(cursor is not None and cursor.visible and cursor.blinking)

    def _repaint_cursor(self) -> None:
        cursor = self._picture.cursor
        if self.is_attached and cursor is not None and 0 <= cursor.y < self.size.height:
            row = [Region(0, cursor.y, self.view_size.width, 1)]
            if not self._paint_straight(row):
                self.refresh(*row)

    # Strips

    def _paint_straight(self, regions: list[Region]) -> bool:
        """Paint these rows past Textual's compositor, if that can be; whether it could."""
        if not (self._bare and self._out.is_clear(self.view_size.width)):
            return False
        self._out.paint(regions)
        return True

    def render_lines(self, crop: Region) -> list[Strip]:
        """A part of the picture taken last, as Textual paints it: what the host is in the middle of doing never shows.

        Textual's own way here goes through borders, filters and places of text line by line, and takes ten times as long."""
        if (
            not self.is_attached
        ):  # removed, and asked once more before the next layout: it has no screen and no colours
            return [Strip.blank(crop.width)] * crop.height
        if not self._bare:
            return super().render_lines(crop)
        if self._painter is None:
            self._painter = self._new_maker(filtered=True)
        picture, width, strip_of = self._picture, self.view_size.width, self._painter.strip
        lines = picture.lines[crop.y : crop.bottom]
        strips = [strip_of(line, width) for line in lines]
        strips += [strip_of(BLANK, width)] * (crop.height - len(strips))
        for y in self._decorated_rows():
            if crop.y <= y < crop.bottom:
                strips[y - crop.y] = self._painter.filtered(self._decorated(y))
        if crop.x or crop.right < width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    @property
    def _bare(self) -> bool:
        """Whether there is nothing but lines: no border, no padding, nothing that shines through."""
        styles = self.styles
        return not styles.gutter and not styles.tint.a and self.opacity == 1.0

    def render_line(self, y: int) -> Strip:
        """A row of the picture, with the places of its text: by these Textual knows what a mouse is on."""
        return self._decorated(y).apply_offsets(0, self._picture.place + y)

    def _decorated_rows(self) -> Iterable[int]:
        """The rows on which something lies over the text."""
        picture, selection = self._picture, self.text_selection
        if selection is not None or picture.marks:
            return range(len(picture.lines))
        cursor = picture.cursor
        return (cursor.y,) if cursor is not None and cursor.visible else ()

    def _decorated(self, y: int) -> Strip:
        """A row with what lies over it: matches, the selection, the cursor."""
        if self._maker is None:
            self._maker = self._new_maker()
        picture = self._picture
        line = picture.lines[y] if y < len(picture.lines) else BLANK
        strip = self._maker.strip(line, self.view_size.width)
        for begin, until, current in picture.marks[y] if y < len(picture.marks) else ():
            style = self.get_component_rich_style(_MATCH_STYLES[current], partial=True)
            to = strip.cell_length if until == -1 else cell_of(line, until)
            strip = restyle(strip, cell_of(line, begin), to, style)
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(picture.place + y)) is not None:
            start, end = (
                cell_of(line, span[0]),
                strip.cell_length if span[1] == -1 else cell_of(line, span[1]),
            )
            strip = restyle(strip, start, end, self.screen.get_component_rich_style("screen--selection"))
        cursor = picture.cursor
        if cursor is not None and cursor.visible and cursor.y == y and self._blink.shown:
            style = self._cursor_style(cursor)
            if cursor.shape is CursorShape.BAR and self.has_focus:
                strip = bar_at(strip, cursor.x, width_at(line, cursor.x), style)
            else:
                strip = restyle(strip, cursor.x, cursor.x + width_at(line, cursor.x), style)
        return strip

    def _new_maker(self, *, filtered: bool = False) -> StripMaker:
        base = self.rich_style
        if base.color and base.bgcolor:
            self.emulator.set_colours(base.color.get_truecolor(), base.bgcolor.get_truecolor())
        if self._reversed:
            base += Style(reverse=True)
        if not filtered:
            return StripMaker(base)
        colours = (
            (self.app.console._color_system or ColorSystem.TRUECOLOR)
            if tells_underlines(os.environ)
            else None
        )
        return StripMaker(base, self.get_line_filters(), self.background_colors[1], underlines=colours)

    def _cursor_style(self, cursor: Cursor) -> Style:
        name = _CURSOR_STYLES[cursor.shape] if self.has_focus else "terminal--cursor-blurred"
        style = self._cursor_styles.get(name)  # Textual forgets them with each refresh
        if style is None:
            style = self._cursor_styles[name] = self.get_component_rich_style(name, partial=True)
        return style

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._maker = self._painter = None
        self._cursor_styles.clear()
