"""Lines to strips."""

from __future__ import annotations

import pytest
from rich.style import Style

from hptui.terminal.cells import PLAIN, CellStyle, Line, Run
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
