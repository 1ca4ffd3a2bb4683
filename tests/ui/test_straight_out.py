"""What goes to the outer terminal past Textual's compositor is what the compositor would have painted there.

The outer terminal is an emulator of ours, which takes all that the program writes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import Static

from hptui.terminal.emulator import Emulator
from hptui.ui.widgets.leader_bar import LeaderBar
from hptui.ui.widgets.straight_out import StraightOut
from tests.ui.stage import on_stage
from tests.ui.test_terminal_view import TerminalApp, looks, running, until

WIDTH, HEIGHT = 61, 17


class Outer:
    """The terminal around the program."""

    def __init__(self) -> None:
        self.emulator = Emulator(WIDTH, HEIGHT, scrollback=0)

    @property
    def rows(self) -> list[str]:
        return [self.emulator.line(y).text.rstrip() for y in range(HEIGHT)]


class CoveredApp(TerminalApp):
    CSS = """
    Screen { layers: base above; }
    Input { dock: bottom; height: 1; border: none; }
    #whole, #part { layer: above; dock: bottom; height: 3; display: none; background: red; }
    #part { width: 20; }
    """

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static("over whole rows\n" * 3, id="whole", markup=False)
        yield Static("over a part\n" * 3, id="part", markup=False)


@asynccontextmanager
async def seen(app: TerminalApp, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Outer, Pilot[None]]]:
    outer = Outer()
    async with running(app, (WIDTH, HEIGHT)) as pilot:
        monkeypatch.setattr(HeadlessDriver, "is_headless", False)
        monkeypatch.setattr(HeadlessDriver, "write", lambda _, data: outer.emulator.feed(data.encode()))
        app.screen.refresh(layout=True)
        await pilot.pause()
        await until(lambda: as_composed(app) == outer.rows)
        yield outer, pilot


def as_composed(app: TerminalApp) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


class LedApp(TerminalApp):
    CSS = "Screen { layers: base overlay; }"

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield LeaderBar()


@pytest.fixture
def straight(monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """The regions that went straight out."""
    found: list[Region] = []
    paint = StraightOut.paint

    def noted(self: StraightOut, regions: list[Region]) -> None:
        found.extend(regions)
        paint(self, regions)

    monkeypatch.setattr(StraightOut, "paint", noted)
    return found


async def test_what_the_host_prints_is_seen_where_it_stands(
    monkeypatch: pytest.MonkeyPatch, straight: list[Region]
) -> None:
    app = TerminalApp()
    async with seen(app, monkeypatch) as (outer, _):
        for output in (
            b"one",
            b"\r\n\x1b[31mtwo \x1b[7m\xe6\x97\xa5\x1b[0m",
            b"\r\nline" * 40,
            b"\x1b[3;5Hhere",
            b"\x1b[?1049h",
        ):
            app.terminal.feed(output)
            await until(lambda: as_composed(app) == outer.rows)
        assert straight


async def test_what_lies_over_whole_rows_stays_there(
    monkeypatch: pytest.MonkeyPatch, straight: list[Region]
) -> None:
    app = CoveredApp()
    async with seen(app, monkeypatch) as (outer, pilot):
        app.query_one("#whole").display = True
        await pilot.pause()
        await until(lambda: "over whole rows" in outer.rows[-1])
        straight.clear()
        app.terminal.feed(b"\r\nbehind" * 40)
        await until(lambda: "behind" in outer.rows[1])
        await until(lambda: as_composed(app) == outer.rows)
        assert straight
        assert "over whole rows" in outer.rows[-1]
        app.query_one("#whole").display = False
        await until(lambda: "behind" in outer.rows[-2])


async def test_where_a_part_of_a_row_is_covered_the_compositor_paints(
    monkeypatch: pytest.MonkeyPatch, straight: list[Region]
) -> None:
    app = CoveredApp()
    async with seen(app, monkeypatch) as (outer, pilot):
        app.query_one("#part").display = True
        await pilot.pause()
        await until(lambda: "over a part" in outer.rows[-1])
        straight.clear()
        app.terminal.feed(b"\r\nbehind and beside, all along the whole row" * 40)
        await until(lambda: "whole row" in outer.rows[-2])
        await until(lambda: as_composed(app) == outer.rows)
        assert "over a part" in outer.rows[-2]
        assert not straight


async def test_a_selection_is_seen_while_output_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TerminalApp()
    async with seen(app, monkeypatch) as (outer, pilot):
        app.terminal.feed(b"chosen")
        app.screen.selections = {app.terminal: Selection(Offset(0, 0), Offset(6, 0))}
        await pilot.pause()
        app.terminal.feed(b" more")
        await until(lambda: "chosen more" in outer.rows[1])
        first = outer.emulator.line(1).runs[0]
        assert first.text == "chosen"
        assert first.style != outer.emulator.line(1).runs[1].style


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 20)])
async def test_the_leader_bar_is_painted_as_textual_lays_it_out(size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        await stage.open_shell()
        bar = stage.sessions.query_one(LeaderBar)
        ahead = bar.strips(size[0])
        await stage.press("ctrl+right_square_bracket")
        await stage.until(lambda: bar.region, "the bar")
        assert bar.region == Region(0, size[1] - len(ahead), size[0], len(ahead))
        laid_out = bar.render_lines(Region(0, 0, size[0], len(ahead)))
        assert [visible(strip) for strip in ahead] == [visible(strip) for strip in laid_out]


def visible(strip: Strip) -> list[tuple[str, object]]:
    """Each character with its look, of a blank only the background."""
    backgrounds = [style and style.bgcolor for text, style, _ in strip for _ in text]
    return [
        (character, background if character == " " else look)
        for (character, look), background in zip(looks(strip), backgrounds, strict=True)
    ]


async def test_a_leader_bar_that_the_next_key_hides_at_once_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = LedApp()
    async with seen(app, monkeypatch) as (outer, pilot):
        before = outer.rows
        bar = app.query_one(LeaderBar)
        bar.show(True)
        assert outer.rows != before, "it is painted at once"
        bar.show(False)
        await until(lambda: outer.rows == before)
        await pilot.pause()
        assert outer.rows == as_composed(app)
