"""Lines to strips."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

from hptui.terminal.cells import PLAIN, CellStyle, Line, Run, Underline
from hptui.terminal.emulator import Emulator
from hptui.ui.outer_looks import tells_underlines
from hptui.ui.widgets.strips import StripMaker, cell_of, restyle, width_at

MIXED = Line((Run("ab日c", 5, PLAIN), Run("e\u0301x", 2, CellStyle(bold=True))), False)


def test_strips_are_filled_up_and_cut_to_the_width() -> None:
    maker = StripMaker(Style(color="white", bgcolor="black"))
    assert maker.strip(MIXED, 10).text == "ab日ce\u0301x   "
    assert maker.strip(MIXED, 10).cell_length == 10
    assert maker.strip(MIXED, 4).text == "ab日"
    assert maker.strip(MIXED, 3).cell_length == 3


def test_equal_lines_share_a_strip() -> None:
    maker = StripMaker(Style())
    again = Line((Run("ab日c", 5, PLAIN), Run("e\u0301x", 2, CellStyle(bold=True))), False)
    assert maker.strip(MIXED, 10) is maker.strip(again, 10)


def test_base_colours_hold_where_a_cell_has_none() -> None:
    maker = StripMaker(Style(color="white", bgcolor="blue"))
    red = maker.style(CellStyle(fg=1))
    assert red.color is not None
    assert red.color.number == 1
    assert red.bgcolor == maker.base.bgcolor


def test_a_run_takes_the_cells_the_terminal_gave_it() -> None:
    """Where the outer library measures a cluster otherwise, the text is made to fit."""
    strange = Line((Run("\u1100\u1161\u11a8", 2, PLAIN), Run("x", 1, CellStyle(bold=True))), False)
    strip = StripMaker(Style()).strip(strange, 5)
    assert strip.cell_length == 5
    assert sum(segment.cell_length for segment in strip) == 5


@pytest.mark.parametrize(("offset", "cell"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (6, 6), (7, 7), (9, 9)])
def test_cells_of_characters(offset: int, cell: int) -> None:
    assert cell_of(MIXED, offset) == cell


@pytest.mark.parametrize(("x", "width"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 1), (5, 1), (6, 1), (99, 1)])
def test_widths_of_characters(x: int, width: int) -> None:
    assert width_at(MIXED, x) == width


def test_restyling_covers_just_the_cells_asked_for() -> None:
    strip = StripMaker(Style()).strip(MIXED, 8)
    styled = restyle(strip, 2, 5, Style(reverse=True))
    assert styled.text == strip.text
    assert "".join(text for text, style, _ in styled if style and style.reverse) == "日c"
    assert restyle(strip, 5, 5, Style(reverse=True)) is strip
    assert restyle(strip, -3, 99, Style(reverse=True)).cell_length == 8


@pytest.mark.parametrize(
    "look",
    [
        CellStyle(underline=Underline.CURLY),
        CellStyle(underline=Underline.DOTTED, fg=1, bold=True),
        CellStyle(underline=Underline.DASHED, underline_colour=(1, 2, 3), bg=(4, 5, 6)),
        CellStyle(underline=Underline.SINGLE, underline_colour=9),
        CellStyle(underline=Underline.DOUBLE, underline_colour=200, italic=True),
        CellStyle(overline=True, strike=True),
    ],
)
def test_kinds_of_underline_reach_a_terminal_that_knows_them(look: CellStyle) -> None:
    """As another emulator reads what is written."""
    maker = StripMaker(Style(), underlines=ColorSystem.TRUECOLOR)
    line = Line((Run("before ", 7, PLAIN), Run("lined", 5, look), Run(" after", 6, PLAIN)), False)
    outer = Emulator(40, 5)
    outer.feed(maker.strip(line, 20).render(Console(color_system="truecolor")).encode())
    assert outer.line(0).runs == line.runs


def test_what_lies_over_an_underline_leaves_a_single_one() -> None:
    maker = StripMaker(Style(), underlines=ColorSystem.TRUECOLOR)
    strip = maker.strip(Line((Run("lined", 5, CellStyle(underline=Underline.CURLY)),), False), 5)
    outer = Emulator(40, 5)
    outer.feed(restyle(strip, 0, 5, Style(reverse=True)).render(Console(color_system="truecolor")).encode())
    assert outer.line(0).runs == (Run("lined", 5, CellStyle(underline=Underline.SINGLE, inverse=True)),)


def test_kinds_of_underline_are_single_ones_to_other_terminals() -> None:
    strip = StripMaker(Style()).strip(
        Line((Run("lined", 5, CellStyle(underline=Underline.CURLY)),), False), 5
    )
    assert ":" not in strip.render(Console(color_system="truecolor"))


@pytest.mark.parametrize(
    ("environ", "tells"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-ghostty"}, True),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}, True),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "tmux"}, True),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "iTerm.app"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4800"}, False),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230804"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "no-such-terminal"}, False),
        ({}, False),
    ],
)
def test_which_terminals_tell_underlines_apart(environ: dict[str, str], tells: bool) -> None:
    assert tells_underlines(environ) is tells
