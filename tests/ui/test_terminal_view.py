"""The terminal on the screen, driven as a person and a host drive it.

`TerminalApp` is also the example of what an app must do for a terminal: no priority bindings, and the leader key bound.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from hptui.errors import TerminalError
from hptui.terminal.emulator import engine_names
from hptui.terminal.playback import read_recording
from hptui.terminal.recording import About, Recorder
from hptui.ui.widgets.terminal_view import TerminalView

CONPTY_START = b"\x1b[1t\x1b[c\x1b[?1004h\x1b[?9001h\x1b[?25l\x1b[2J\x1b[m\x1b[H\x1b]0;C:\\Windows\\powershell.exe\x07\x1b[?25h"


class TerminalApp(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS = [
        Binding("ctrl+right_square_bracket", "leader", priority=False),
        Binding("ctrl+q", "leave", priority=False),
        Binding("ctrl+c,tab,escape,f1,up", "stolen", priority=False),
    ]
    CSS = "Input { dock: bottom; height: 1; border: none; }"

    def __init__(self, engine: str | None = None, *, scrollback: int = 1000, writer: bool = True) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.heard: list[object] = []
        self.actions: list[str] = []
        self._engine, self._scrollback, self._with_writer = engine, scrollback, writer

    def compose(self) -> ComposeResult:
        yield Static("above", markup=False)
        yield TerminalView(
            engine=self._engine,
            scrollback=self._scrollback,
            writer=self.sent.append if self._with_writer else None,
        )
        yield Input()

    def on_mount(self) -> None:
        self.query_one(TerminalView).focus()

    def action_leader(self) -> None:
        self.actions.append("leader")

    def action_leave(self) -> None:
        self.actions.append("leave")

    def action_stolen(self) -> None:
        self.actions.append("stolen")

    def on_terminal_view_typed(self, event: TerminalView.Typed) -> None:
        self.sent.append(event.data)

    def on_terminal_view_resized(self, event: TerminalView.Resized) -> None:
        self.heard.append((event.columns, event.rows, event.again))

    def on_terminal_view_title_changed(self, event: TerminalView.TitleChanged) -> None:
        self.heard.append(event.title)

    def on_terminal_view_bell(self, event: TerminalView.Bell) -> None:
        self.heard.append("bell")

    def on_terminal_screen_scrolled(self, event: TerminalView.Scrolled) -> None:
        self.heard.append(("below", event.below))

    def on_terminal_view_paste_asked(self, event: TerminalView.PasteAsked) -> None:
        self.heard.append(("paste", event.lines, event.pasted.removed))

    def on_searchable_terminal_searched(self, event: TerminalView.Searched) -> None:
        self.heard.append(("found", event.found.number, event.found.count))

    @property
    def terminal(self) -> TerminalView:
        return self.query_one(TerminalView)

    @property
    def rows(self) -> list[str]:
        """What the view shows, row by row."""
        terminal = self.terminal
        return [terminal.render_line(y).text.rstrip() for y in range(terminal.size.height)]


async def until(condition: Callable[[], bool], limit: float = 10.0) -> None:
    """Wait for a condition, `limit` seconds at most."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.005)


@asynccontextmanager
async def running(app: TerminalApp, size: tuple[int, int] = (61, 17)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.terminal.has_focus and app.terminal.emulator.columns == size[0] - 1)
        yield pilot


@pytest.fixture(params=["ghostty", "bittty"])
def engine(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name not in engine_names():
        pytest.skip(f"{name} does not run here")
    return name


def painted(app: TerminalApp, y: int) -> str:
    """A row of the terminal as it went to the outer terminal, after all of Textual's own caches."""
    region = app.terminal.region
    strips = app.screen._compositor.render_strips()
    return strips[region.y + y].crop(region.x, region.right - 1).text.rstrip()


def style_at(app: TerminalApp, x: int, y: int) -> Style:
    at = 0
    for text, style, _ in app.terminal.render_line(y):
        at += len(text)
        if at > x:
            assert style is not None
            return style
    raise AssertionError(f"nothing at {x}")


class TestOutput:
    async def test_conpty_start_shows_nothing_and_is_answered(self, engine: str) -> None:
        app = TerminalApp(engine)
        async with running(app) as pilot:
            app.terminal.feed(CONPTY_START)
            await pilot.pause()
            assert set(app.rows) == {""}
            assert app.sent == [b"\x1b[?62;22c"]
            assert "C:\\Windows\\powershell.exe" in app.heard

    async def test_what_looks_like_markup_is_text(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"[red]no[/red] [/x] [@click=app.quit]z[/]\x1b]0;[/title]\x07")
            await pilot.pause()
            assert painted(app, 0) == "[red]no[/red] [/x] [@click=app.quit]z[/]"
            assert "[/title]" in app.heard

    async def test_the_first_output_after_silence_is_painted_at_once(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            await pilot.pause()
            await until(lambda: time.monotonic() - app.terminal._painted_at > 0.05)
            app.terminal.feed(b"now")
            assert painted(app, 0) == "now"

    async def test_output_before_the_first_layout_is_there_after_it(self) -> None:
        class Early(TerminalApp):
            def compose(self) -> ComposeResult:
                for widget in super().compose():
                    if isinstance(widget, TerminalView):
                        widget.feed(b"early")
                    yield widget

        app = Early()
        async with running(app) as pilot:
            await pilot.pause()
            assert painted(app, 0) == "early"

    async def test_a_flood_arrives_whole_in_order_and_leaves_the_keys_alone(self, engine: str) -> None:
        app = TerminalApp(engine)
        lines = 20_000 if engine == "ghostty" else 3000
        data = b"".join(b"line %d\r\n" % number for number in range(lines))
        size = len(data) // 100
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        left_when_typed: list[int] = []

        async def read() -> Sequence[bytes]:
            if len(chunks) == 80:
                app.post_message(events.Key("x", "x"))
            if app.sent and not left_when_typed:
                left_when_typed.append(len(chunks))
            return [chunks.pop(0)] if chunks else []

        async with running(app):
            await app.terminal.pump(read)
            await until(lambda: painted(app, 13) == f"line {lines - 1}")
            assert [painted(app, y) for y in range(14)] == [f"line {lines - 14 + y}" for y in range(14)]
            assert app.sent == [b"x"]
            assert left_when_typed != []
            assert left_when_typed[0] > 0

    async def test_more_is_read_only_when_the_screen_has_caught_up(self) -> None:
        app = TerminalApp("bittty")
        backlog: list[int] = []
        rounds = 6

        async def read() -> Sequence[bytes]:
            backlog.append(len(app.terminal._backlog))
            return [b"x" * 20_000] if len(backlog) <= rounds else []

        async with running(app):
            await app.terminal.pump(read)
        assert backlog == [0] * (rounds + 1)

    async def test_painting_waits_for_a_synchronized_picture_but_not_for_ever(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            await pilot.pause()
            app.terminal.feed(b"\x1b[?2026hhalf")
            await asyncio.sleep(0)
            assert painted(app, 0) == ""
            app.terminal.feed(b" whole\x1b[?2026l")
            await until(lambda: painted(app, 0) == "half whole")
            app.terminal.feed(b"\x1b[?2026h\r\nnever ended")
            await until(lambda: painted(app, 1) == "never ended")

    async def test_only_what_changed_is_painted_again(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"one\r\ntwo\r\nthree")
            await pilot.pause()
            regions: list[int] = []
            refresh = app.terminal.refresh

            def watch(*changed: object, **options: object) -> TerminalView:
                regions.extend(region.y for region in changed)  # type: ignore[attr-defined]
                return refresh(*changed, **options)  # type: ignore[arg-type]

            app.terminal.refresh = watch  # type: ignore[method-assign]
            app.terminal.feed(b"\x1b[1;1HONE")
            await until(lambda: painted(app, 0) == "ONE")
            assert set(regions) == {0, 2}  # the text, and where the cursor was

    async def test_a_hidden_terminal_costs_no_painting_and_is_up_to_date_when_shown(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"before")
            await pilot.pause()
            app.terminal.display = False
            await pilot.pause()
            painted_at = app.terminal._painted_at
            app.terminal.feed(b"\x1b[2J\x1b[H" + b"".join(b"line %d\r\n" % number for number in range(50)))
            await until(lambda: app.terminal._frame is None)
            assert app.terminal._painted_at == painted_at
            app.terminal.display = True
            await until(lambda: app.terminal.region.height == 15 and painted(app, 13) == "line 49")

    async def test_bells_and_titles_are_told(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x07\x1b]2;hello\x07")
            await pilot.pause()
            assert {"bell", "hello"} <= {heard for heard in app.heard if isinstance(heard, str)}


class TestEnd:
    async def test_a_view_that_goes_in_the_middle_of_a_flood_takes_nothing_more(self, engine: str) -> None:
        app = TerminalApp(engine)
        reads = 0

        async def read() -> Sequence[bytes]:
            nonlocal reads
            reads += 1
            return [b"line\r\n" * 5000]

        async with running(app) as pilot:
            terminal = app.terminal
            flood = asyncio.create_task(terminal.pump(read))
            await until(lambda: reads > 2)
            await terminal.remove()
            await asyncio.wait_for(flood, 10)
            terminal.feed(b"late")
            await pilot.pause()


class TestLook:
    async def test_base_colours_stay_the_themes_and_others_their_own(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?25l\x1b[31mr\x1b[38;5;208mo\x1b[38;2;1;2;3mt\x1b[0;1;3;4;7;9mall")
            await pilot.pause()
            red, orange, true, everything = (style_at(app, x, 0) for x in range(4))
            assert red.color is not None
            assert red.color.number == 1
            assert orange.color is not None
            assert orange.color.number == 208
            assert true.color is not None
            assert true.color.triplet == (1, 2, 3)
            assert all(
                (
                    everything.bold,
                    everything.italic,
                    everything.underline,
                    everything.reverse,
                    everything.strike,
                )
            )

    async def test_the_whole_screen_in_reverse(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?25la\x1b[7mb\x1b[?5h")
            await until(lambda: bool(style_at(app, 0, 0).reverse))
            assert not style_at(app, 1, 0).reverse
            app.terminal.feed(b"\x1b[?5l")
            await until(lambda: bool(style_at(app, 1, 0).reverse))
            assert not style_at(app, 0, 0).reverse
            await pilot.pause()

    async def test_only_web_links_are_passed_on(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b]8;;https://example.org/\x07a\x1b]8;;file:///etc/passwd\x07b\x1b]8;;\x07")
            await pilot.pause()
            assert style_at(app, 0, 0).link == "https://example.org/"
            assert style_at(app, 1, 0).link is None

    async def test_rows_are_as_wide_as_the_view_whatever_is_in_them(self, engine: str) -> None:
        app = TerminalApp(engine)
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        texts = [
            "日本" * 40,
            "e\u0301" * 80,
            family * 9,
            "\u2764\ufe0f x",
            "a\u202eb\u200fc",
            "\x1b[8msecret 日\x1b[m.",
        ]
        async with running(app) as pilot:
            for text in texts:
                app.terminal.feed(b"\x1b[2J\x1b[H" + text.encode())
                await pilot.pause()
                for y in range(app.terminal.size.height):
                    assert app.terminal.render_line(y).cell_length == 60
                    line = "".join(segment.text for segment in app.terminal.render_line(y))
                    assert "\u202e" not in line
                    assert "secret" not in line

    async def test_the_cursor_is_where_the_host_put_it_and_changes_with_the_focus(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed("ab日c\x1b[1;3H".encode())
            await pilot.pause()
            assert style_at(app, 2, 0).reverse
            assert not style_at(app, 1, 0).reverse
            assert not style_at(app, 3, 0).reverse
            app.query_one(Input).focus()
            await pilot.pause()
            assert not style_at(app, 2, 0).reverse
            assert style_at(app, 2, 0).bgcolor != style_at(app, 1, 0).bgcolor
            app.terminal.focus()
            app.terminal.feed(b"\x1b[4 q")
            await until(lambda: bool(style_at(app, 2, 0).underline))
            app.terminal.feed(b"\x1b[?25l")
            await until(lambda: not style_at(app, 2, 0).underline)

    async def test_a_bar_is_a_bar_where_there_is_room_for_one(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed(b"ab\x1b[6 q")
            await until(lambda: app.rows[0] == "ab▏")
            app.terminal.feed(b"\x1b[D")
            await until(lambda: app.rows[0] == "ab")
            assert style_at(app, 1, 0).bgcolor != style_at(app, 0, 0).bgcolor
            app.query_one(Input).focus()
            app.terminal.feed(b"\x1b[C")
            await until(lambda: style_at(app, 2, 0).bgcolor != style_at(app, 1, 0).bgcolor)
            assert app.rows[0] == "ab"

    async def test_the_cursor_blinks_while_the_host_asks_and_the_focus_is_there(self) -> None:
        app = TerminalApp()
        async with running(app):
            terminal = app.terminal
            app.terminal.feed(b"\x1b[1 qa")
            await until(lambda: not style_at(app, 1, 0).reverse)
            await until(lambda: bool(style_at(app, 1, 0).reverse))
            app.query_one(Input).focus()
            await until(lambda: not terminal.has_focus)
            assert not terminal._blink.running
            assert style_at(app, 1, 0).bgcolor != style_at(app, 0, 0).bgcolor
            terminal.focus()
            await until(lambda: terminal._blink.running)
            app.terminal.feed(b"\x1b[2 q")
            await until(lambda: not terminal._blink.running)
            assert style_at(app, 1, 0).reverse
            app.animation_level = "none"
            app.terminal.feed(b"\x1b[5 q")
            await until(lambda: terminal.emulator.cursor.blinking)
            assert not terminal._blink.running

    async def test_where_a_link_leads_is_said_and_it_is_underlined(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b]8;;https://evil.example/[/x]\x07https://good.example\x1b]8;;\x07 plain")
            await until(lambda: bool(style_at(app, 3, 0).underline))
            assert not style_at(app, 22, 0).underline
            await pilot.hover(app.terminal, offset=(3, 0))
            assert str(app.terminal.tooltip) == "https://evil.example/[/x]"
            assert "@click" not in style_at(app, 3, 0).meta
            await pilot.hover(app.terminal, offset=(22, 0))
            assert app.terminal.tooltip is None


class TestKeys:
    async def test_every_key_goes_to_the_host_but_the_leader(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            await pilot.press(
                "a", "A", "é", "ctrl+c", "tab", "shift+tab", "escape", "ctrl+q", "ctrl+p", "up", "f1", "enter", "ctrl+space"
            )  # fmt: skip
            assert b"".join(app.sent) == "aAé".encode() + b"\x03\t\x1b[Z\x1b\x11\x10\x1b[A\x1bOP\r\x00"
            assert app.actions == []
            await pilot.press("ctrl+right_square_bracket")
            assert app.actions == ["leader"]
            assert app.terminal.has_focus

    async def test_the_key_after_the_leader_is_not_the_host_s_and_the_next_one_is(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            await pilot.press("ctrl+right_square_bracket", "ctrl+q", "b")
            assert app.actions == ["leader", "leave"]
            assert app.sent == [b"b"]

    async def test_keys_follow_the_modes(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?1h")
            await pilot.press("up")
            app.terminal.feed(b"\x1b[?9001h")
            await pilot.press("a")
            assert app.sent == [b"\x1bOA", b"\x1b[65;30;97;1;0;1_\x1b[65;30;97;0;0;1_"]

    async def test_without_a_writer_they_come_as_messages(self) -> None:
        app = TerminalApp(writer=False)
        async with running(app) as pilot:
            await pilot.press("x")
            app.terminal.feed(b"\x1b[5n")
            await pilot.pause()
            assert app.sent == [b"x", b"\x1b[0n"]

    async def test_pasting(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.post_message(events.Paste("two\nlines\x1b[201~\x03"))
            await pilot.pause()
            app.terminal.feed(b"\x1b[?2004h")
            app.terminal.post_message(events.Paste("a\r\nb"))
            await pilot.pause()
            assert app.sent == [b"two\rlines[201~", b"\x1b[200~a\rb\x1b[201~"]

    async def test_several_lines_are_asked_about_where_that_is_wanted(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.ask_before_paste = True
            app.terminal.post_message(events.Paste("one line\n"))
            await pilot.pause()
            assert app.sent == [b"one line\r"]
            app.terminal.post_message(events.Paste("two\nlines"))
            await until(lambda: ("paste", 2, 0) in app.heard)
            app.terminal.post_message(events.Paste("dir\x1b[201~"))
            await until(lambda: ("paste", 1, 1) in app.heard)
            assert app.sent == [b"one line\r"]
            app.terminal.send_paste("two\nlines")
            assert app.sent[1:] == [b"two\rlines"]

    async def test_focus_is_told_where_asked(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?1004h")
            app.query_one(Input).focus()
            await pilot.pause()
            app.terminal.focus()
            await pilot.pause()
            assert app.sent == [b"\x1b[O", b"\x1b[I"]


class TestScrolling:
    async def test_keys_and_wheel_scroll_back_and_typing_returns(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"".join(b"line %d\r\n" % number for number in range(100)))
            await pilot.pause()
            assert app.rows[0] == "line 86"
            await pilot.press("shift+pageup")
            await until(lambda: app.rows[0] == "line 72")
            assert app.heard[-1] == ("below", 14)
            await pilot._post_mouse_events([events.MouseScrollUp], widget=app.terminal)
            await until(lambda: app.rows[0] == "line 69")
            await pilot._post_mouse_events([events.MouseScrollDown], widget=app.terminal)
            await until(lambda: app.rows[0] == "line 72")
            await pilot.press("shift+home")
            await until(lambda: app.rows[0] == "line 0")
            await pilot.press("shift+end")
            await until(lambda: app.rows[0] == "line 86")
            await pilot.press("shift+pageup", "x")
            await until(lambda: app.rows[0] == "line 86")
            assert app.sent == [b"x"]

    async def test_shift_with_home_and_end_is_the_host_s_at_the_bottom(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"".join(b"line %d\r\n" % number for number in range(100)))
            await pilot.pause()
            await pilot.press("shift+home", "shift+end")
            await until(lambda: app.sent == [b"\x1b[1;2H", b"\x1b[1;2F"])
            assert app.rows[0] == "line 86"

    async def test_it_keeps_its_place_while_output_comes_and_old_lines_go(self, engine: str) -> None:
        app = TerminalApp(engine, scrollback=400)
        async with running(app) as pilot:
            app.terminal.feed(b"".join(b"line %d\r\n" % number for number in range(100)))
            await pilot.pause()
            await pilot.press("shift+pageup")
            await until(lambda: app.rows[0] == "line 72")
            dropped = 0
            for number in range(100, 3000):
                app.terminal.feed(b"line %d\r\n" % number)
                if app.terminal.emulator.dropped > 60 or app.terminal.emulator.history > 1500:
                    break
                dropped = app.terminal.emulator.dropped
                if number % 50 == 0:
                    await pilot.pause()
                    assert app.rows[0] == painted(app, 0) == "line 72", number
            if engine == "bittty":
                assert dropped > 0

    async def test_the_alternate_screen_takes_the_whole_view(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"line\r\n" * 100)
            await pilot.pause()
            await pilot.press("shift+pageup")
            app.terminal.feed(b"\x1b[?1049h\x1b[Heditor")
            await until(lambda: painted(app, 0) == "editor")
            await pilot._post_mouse_events([events.MouseScrollUp], widget=app.terminal)
            assert app.sent == [b"\x1b[A" * 3]
            app.terminal.feed(b"\x1b[?1049l")
            await until(lambda: painted(app, 13) == "line")
            assert app.terminal.scroll_offset.y == app.terminal.max_scroll_y

    async def test_clearing_the_history_shows_the_screen(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"old\r\n" * 100)
            await pilot.pause()
            await pilot.press("shift+pageup", "shift+home")
            app.terminal.feed(b"\x1b[3J\x1b[2J\x1b[Hnew")
            await until(lambda: painted(app, 0) == "new")


class TestMouse:
    async def test_reports_where_the_host_asks(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?1000h\x1b[?1006h")
            await pilot.mouse_down(app.terminal, offset=(4, 2))
            await pilot.mouse_up(app.terminal, offset=(4, 2))
            await pilot._post_mouse_events([events.MouseScrollDown], widget=app.terminal, offset=(0, 0))
            assert app.sent == [b"\x1b[<0;5;3M", b"\x1b[<0;5;3m", b"\x1b[<65;1;1M"]
            assert app.screen.get_selected_text() is None

    @pytest.mark.parametrize(
        ("modes", "expected"),
        [
            ("9", [b"\x1b[M \x25\x23"]),
            ("1000", [b"\x1b[M \x25\x23", b"\x1b[M#\x26\x23", b"\x1b[Mb\x21\x21"]),
            ("1002", [b"\x1b[M \x25\x23", b"\x1b[M@\x26\x23", b"\x1b[M#\x26\x23", b"\x1b[Mb\x21\x21"]),
            ("1000;1005", [b"\x1b[M \x25\x23", b"\x1b[M#\x26\x23", b"\x1b[Mb\x21\x21"]),
            ("1002;1006", [b"\x1b[<0;5;3M", b"\x1b[<32;6;3M", b"\x1b[<0;6;3m", b"\x1b[<66;1;1M"]),
            ("1003;1006", [b"\x1b[<0;5;3M", b"\x1b[<32;6;3M", b"\x1b[<0;6;3m", b"\x1b[<35;2;2M", b"\x1b[<66;1;1M"]),
            ("1003;1016", [b"\x1b[<0;5;3M", b"\x1b[<32;6;3M", b"\x1b[<0;6;3m", b"\x1b[<35;2;2M", b"\x1b[<66;1;1M"]),
            ("1000;1015", [b"\x1b[32;5;3M", b"\x1b[35;6;3M", b"\x1b[98;1;1M"]),
            ("1003;1003l", []),
        ],
    )  # fmt: skip
    async def test_what_is_told_and_how_the_host_chooses(self, modes: str, expected: list[bytes]) -> None:
        """Pressed at (4, 2), dragged by one cell and let go, moved about, and wheeled to the left."""
        app = TerminalApp()
        async with running(app) as pilot:
            for mode in modes.split(";"):
                app.terminal.feed(b"\x1b[?%s%s" % (mode.encode(), b"" if mode.endswith("l") else b"h"))
            x, y = app.terminal.content_region.offset

            async def move(at: tuple[int, int], button: int) -> None:
                place = (x + at[0], y + at[1])
                moved = events.MouseMove(app.terminal, *place, 1, 0, button, False, False, False, *place)
                app.screen._forward_event(moved)
                await pilot.pause()

            await pilot.mouse_down(app.terminal, offset=(4, 2))
            await move((5, 2), 1)
            await pilot.mouse_up(app.terminal, offset=(5, 2))
            await move((1, 1), 0)
            await pilot._post_mouse_events([events.MouseScrollLeft], widget=app.terminal, offset=(0, 0))
            assert app.sent == expected

    async def test_shift_selects_though_the_host_has_the_mouse(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?1003h\x1b[?1006hsome text here")
            await pilot.pause()
            await pilot.mouse_down(app.terminal, offset=(5, 0), shift=True)
            await pilot._post_mouse_events([events.MouseMove], widget=app.terminal, offset=(9, 0), shift=True)
            await pilot.mouse_up(app.terminal, offset=(9, 0), shift=True)
            await pilot.pause()
            assert app.screen.get_selected_text() == "text"
            assert app.sent == []

    async def test_without_shift_nothing_is_selected_where_the_host_has_the_mouse(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\x1b[?1002h\x1b[?1006hsome text here")
            await pilot.pause()
            await pilot.mouse_down(app.terminal, offset=(5, 0))
            await pilot.hover(app.terminal, offset=(9, 0))
            await pilot.mouse_up(app.terminal, offset=(9, 0))
            await pilot.double_click(app.terminal, offset=(6, 0))
            await pilot.pause()
            assert app.screen.get_selected_text() is None
            assert app.sent[0] == b"\x1b[<0;6;1M"

    async def test_the_wheel_scrolls_back_with_shift_though_the_host_has_the_mouse(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\r\n".join(b"%d" % n for n in range(100)) + b"\x1b[?1000h\x1b[?1006h")
            await until(lambda: app.rows[-1] == "99")
            await pilot._post_mouse_events(
                [events.MouseScrollUp], widget=app.terminal, offset=(0, 0), shift=True
            )
            await until(lambda: app.rows[-1] == "96")
            assert app.sent == []

    async def test_dragging_selects_and_wrapped_lines_are_joined(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            text = "".join(f"{number:04} " for number in range(15))
            app.terminal.feed(("first\r\n" + text + "\r\nlast 日本 line").encode())
            await pilot.pause()
            await pilot.mouse_down(app.terminal, offset=(2, 0))
            await pilot.hover(app.terminal, offset=(9, 3))
            await pilot.mouse_up(app.terminal, offset=(9, 3))
            await pilot.pause()
            selected = app.screen.get_selected_text()
            assert selected is not None
            assert selected.startswith("rst\n" + text.rstrip() + "\nlast 日本")
            assert app.sent == []
            highlighted = app.screen.get_component_rich_style("screen--selection").bgcolor
            assert style_at(app, 3, 0).bgcolor == highlighted
            assert style_at(app, 0, 0).bgcolor != highlighted

    async def test_dragging_to_the_edge_scrolls(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"\r\n".join(b"line %d" % number for number in range(100)))
            await until(lambda: app.rows[-1] == "line 99")
            await pilot.mouse_down(app.terminal, offset=(7, 8))
            x, y = app.terminal.content_region.offset
            for row in (4, 0):  # as the mouse's own events, which say how far it has gone
                moved = events.MouseMove(
                    app.terminal, x, y + row, 0, -4, 1, False, False, False, screen_x=x, screen_y=y + row
                )
                app.screen._forward_event(moved)
                await pilot.pause()
            await until(lambda: app.rows[0] == "line 0")
            await pilot.mouse_up(app.terminal, offset=(0, 0))
            selected = (app.screen.get_selected_text() or "").splitlines()
            assert selected == [f"line {number}" for number in range(94)]

    async def test_a_selection_stays_on_its_text_while_output_comes(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"".join(b"line %d\r\n" % number for number in range(30)))
            await pilot.pause()
            await pilot.double_click(app.terminal, offset=(6, 0))
            await pilot.pause()
            before = app.screen.get_selected_text()
            app.terminal.feed(b"more\r\n" * 20)
            await pilot.pause()
            assert before == "16"
            assert app.screen.get_selected_text() == before

    async def test_two_clicks_select_a_word_and_three_a_line(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            long = "C:\\Windows\\System32\\drivers is here " * 3
            app.terminal.feed(long.encode())
            await pilot.pause()
            await pilot.double_click(app.terminal, offset=(5, 0))
            await pilot.pause()
            assert app.screen.get_selected_text() == "C:\\Windows\\System32\\drivers"
            await pilot.triple_click(app.terminal, offset=(30, 1))
            await pilot.pause()
            assert app.screen.get_selected_text() == long.rstrip()

    async def test_a_selection_ends_where_its_text_does(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"text")
            await pilot.pause()
            await pilot.double_click(app.terminal, offset=(1, 0))
            await pilot.pause()
            assert app.screen.get_selected_text() == "text"
            await pilot.resize_terminal(81, 17)
            await until(lambda: app.terminal.emulator.columns == 80)
            assert not app.screen.get_selected_text()


class TestSize:
    async def test_it_is_told_and_told_again(self) -> None:
        app = TerminalApp()
        async with running(app):
            await until(lambda: (60, 15, True) in app.heard)
            assert [heard for heard in app.heard if heard == (60, 15, False)] == [(60, 15, False)]

    async def test_resizing_wraps_anew_and_tells_the_host_once_per_size(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"x" * 70)
            await pilot.pause()
            await pilot.resize_terminal(81, 22)
            await until(lambda: (80, 20, False) in app.heard)
            assert painted(app, 0) == "x" * 70
            assert app.terminal.emulator.rows == 20

    async def test_a_tiny_view_shows_the_end_of_a_terminal_that_is_still_usable(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"1\r\n2\r\n3\r\n4\r\nprompt")
            await pilot.resize_terminal(12, 5)
            await until(lambda: app.terminal.emulator.columns == 20)
            assert app.terminal.emulator.rows == 5
            await until(lambda: app.rows[-1] == "prompt")
            assert TerminalView.grid(12, 3) == (20, 5)

    async def test_the_place_of_the_terminal_follows_the_view(self) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.feed(b"ab")
            await pilot.pause()
            assert app.cursor_position == Offset(2, 1)


class TestSearch:
    @pytest.fixture
    async def searched(self) -> AsyncIterator[TerminalApp]:
        """A terminal with a match in every hundredth of 1,000 lines, the last one being "line 999"."""
        app = TerminalApp(scrollback=2000)
        async with running(app):
            text = (f"line {n}" + (" needle" if n % 100 == 50 else "") for n in range(1000))
            app.terminal.feed("\r\n".join(text).encode())
            await until(lambda: app.rows[-1] == "line 999")
            yield app

    async def test_it_shows_the_nearest_match_above_and_counts(self, searched: TerminalApp) -> None:
        terminal = searched.terminal
        terminal.search("needle")
        await until(lambda: "line 950 needle" in searched.rows)
        assert (terminal.found.number, terminal.found.count, terminal.found.done) == (10, 10, True)
        y = searched.rows.index("line 950 needle")
        assert style_at(searched, 9, y).bgcolor != style_at(searched, 0, y).bgcolor

    async def test_next_and_previous_go_round(self, searched: TerminalApp) -> None:
        terminal = searched.terminal
        terminal.search("needle")
        await until(lambda: terminal.found.done and "line 950 needle" in searched.rows)
        terminal.previous_match()
        await until(lambda: "line 850 needle" in searched.rows)
        terminal.next_match()
        await until(lambda: "line 950 needle" in searched.rows)
        terminal.next_match()
        await until(lambda: "line 50 needle" in searched.rows)
        assert terminal.found.number == 1
        terminal.previous_match()
        await until(lambda: "line 950 needle" in searched.rows)

    async def test_the_current_match_looks_different_from_the_others(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed(b"hit one\r\nhit two\r\nmiss")
            app.terminal.search("hit")
            await until(lambda: app.terminal.found.count == 2)
            plain = style_at(app, 0, 2).bgcolor
            first, current = style_at(app, 0, 0).bgcolor, style_at(app, 0, 1).bgcolor
            assert len({first, current, plain}) == 3
            assert style_at(app, 4, 0).bgcolor == plain
            app.terminal.previous_match()
            assert style_at(app, 0, 0).bgcolor == current
            app.terminal.end_search()
            assert style_at(app, 0, 0).bgcolor == plain

    async def test_output_that_comes_is_marked_and_counted(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.search("hit")
            assert app.terminal.found.count == 0
            app.terminal.feed(b"\r\na hit")
            await until(lambda: app.terminal.found.count == 1)
            assert style_at(app, 2, 1).bgcolor != style_at(app, 0, 1).bgcolor
            app.terminal.next_match()
            assert app.terminal.found.number == 1

    async def test_a_bad_pattern_leaves_the_search_that_there_is(self, searched: TerminalApp) -> None:
        searched.terminal.search("needle")
        await until(lambda: searched.terminal.found.done)
        with pytest.raises(TerminalError):
            searched.terminal.search("(")
        assert searched.terminal.found.pattern == "needle"

    async def test_its_progress_is_told(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed(b"hit hit")
            app.terminal.search("hit")
            await until(lambda: ("found", 2, 2) in app.heard)
            app.terminal.end_search()
            await until(lambda: ("found", 0, 0) in app.heard)

    async def test_a_view_that_goes_while_it_searches(self) -> None:
        app = TerminalApp(scrollback=20_000)
        async with running(app):
            app.terminal.emulator.feed(b"hit\r\n" * 5000)
            app.terminal.search("hit")
            assert not app.terminal.found.done
            await app.terminal.remove()


class TestJumps:
    async def test_from_prompt_to_prompt(self, engine: str) -> None:
        app = TerminalApp(engine)
        async with running(app):
            for n in range(4):
                app.terminal.feed(b"\x1b]133;A\x07PS> %d\r\n" % n + b"output\r\n" * 30)
            await until(lambda: app.rows[-2] == "output")
            assert app.terminal.previous_prompt()
            await until(lambda: app.rows[0] == "PS> 3")
            assert app.terminal.previous_prompt()
            await until(lambda: app.rows[0] == "PS> 2")
            assert app.terminal.next_prompt()
            await until(lambda: app.rows[0] == "PS> 3")
            assert not app.terminal.next_prompt()

    async def test_without_marks_there_is_nowhere_to_go(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed(b"PS> dir\r\n" * 100)
            assert not app.terminal.previous_prompt()

    async def test_to_the_top_and_to_the_bottom(self) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed("\r\n".join(map(str, range(100))).encode())
            await until(lambda: app.rows[-1] == "99")
            app.terminal.scroll_to_top()
            await until(lambda: app.rows[0] == "0")
            app.terminal.scroll_to_bottom()
            await until(lambda: app.rows[-1] == "99")


class TestRecording:
    async def test_everything_both_ways_is_recorded_but_what_is_not_shown(
        self, tmp_path: Path, engine: str
    ) -> None:
        app = TerminalApp(engine)
        async with running(app) as pilot:
            terminal = app.terminal
            about = About(node="n", account="SYSTEM", context="c", who="w")
            size = terminal.emulator.columns, terminal.emulator.rows
            recorder = terminal.recorder = Recorder(tmp_path / "a.cast", about, *size)
            terminal.feed(b"\x1b[cPS> ")
            await pilot.press("d")
            terminal.feed(b"d")
            await pilot.press("enter")
            terminal.feed(b"\r\nPassword: ")
            await pilot.press("s", "e", "c", "enter")
            terminal.feed(b"\r\n")
            await pilot.resize_terminal(70, 20)
            await until(lambda: app.terminal.emulator.columns == 69)
            recorder.close()
        events = read_recording(tmp_path / "a.cast").events
        assert "".join(event.data for event in events if event.code == "o") == "\x1b[cPS> d\r\nPassword: \r\n"
        typed = "".join(event.data for event in events if event.code == "i")
        assert typed == "\x1b[?62;22cd\r\r"
        assert [event.data for event in events if event.code == "r"] == ["69x18"]
        assert b"".join(app.sent) == b"\x1b[?62;22cd\rsec\r"

    @pytest.fixture
    def recorded(self, tmp_path: Path) -> Iterator[Recorder]:
        about = About(node="n", account="SYSTEM", context="c", who="w")
        recorder = Recorder(tmp_path / "b.cast", about, 80, 24)
        yield recorder
        recorder.close()

    async def test_after_a_blind_line_enter_is_recorded_though_the_host_is_silent(
        self, recorded: Recorder
    ) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            app.terminal.recorder = recorded
            app.terminal.feed(b"Password: ")
            await until(lambda: app.rows[0] == "Password:")
            await pilot.press("s", "enter")
            assert recorded.waiting
            await until(lambda: not recorded.waiting)
        assert _typed(recorded) == "\r"

    async def test_a_key_sent_for_a_person_is_recorded_and_shows_where_it_goes(
        self, recorded: Recorder
    ) -> None:
        app = TerminalApp()
        async with running(app):
            app.terminal.feed(b"line\r\n" * 100 + b"PS> ")
            await until(lambda: app.rows[-1] == "PS>")
            app.terminal.recorder = recorded
            app.terminal.scroll_to_top()
            await until(lambda: app.rows[-1] == "line")
            app.terminal.send_key("ctrl+right_square_bracket")
            await until(lambda: app.rows[-1] == "PS>")
            assert app.sent == [b"\x1d"]
        assert _typed(recorded) == "\x1d"

    async def test_what_is_not_sent_is_not_recorded(self, recorded: Recorder) -> None:
        app = TerminalApp()
        async with running(app) as pilot:
            terminal = app.terminal
            terminal.feed(b"\x1b[?1004h")
            await until(lambda: terminal.emulator.modes.focus_events)
            terminal.recorder, terminal.writer = recorded, None
            terminal.on_blur()
            await pilot.press("up")
            terminal.writer = app.sent.append
            terminal.on_focus()
        assert _typed(recorded).startswith("\x1b[I")
        assert "\x1b[A" not in _typed(recorded)


def _typed(recorder: Recorder) -> str:
    return "".join(event.data for event in read_recording(recorder.path).events if event.code == "i")


class TestPainting:
    async def test_rows_are_painted_as_textual_itself_would_paint_them(self, engine: str) -> None:
        """With its filters, its base colours, and what lies over the text."""
        app = TerminalApp(engine)
        async with running(app) as pilot:
            terminal = app.terminal
            terminal.feed(
                b"plain \x1b[31mred\x1b[0m \x1b[2mfaint \x1b[2;35;44mboth\x1b[0m \x1b[7mreversed\x1b[0m\r\n"
                b"\x1b[38;2;1;2;3;48;5;200mcolours\x1b[0m \x1b[4mlined\x1b[0m \x1b[1;3;9;53mmuch\r\n\x1b[0m"
                + "日本 e\u0301 \x1b[32mé│\x1b[0m".encode()
                + b"\r\n\x1b]8;;http://a/\x07link\x1b]8;;\x07 \x1b[8mhidden\x1b[0m\x1b[41m   \x1b[K\x1b[5;5H"
            )
            await pilot.pause()
            terminal.search("red|本")
            app.screen.selections = {terminal: Selection(Offset(2, 0), Offset(3, 2))}
            await pilot.pause()
            width, height = terminal.view_size
            for reverse in (b"", b"\x1b[?5h"):
                terminal.feed(reverse)
                await pilot.pause()
                ours = terminal.render_lines(Region(0, 0, width, height))
                theirs = Widget.render_lines(terminal, Region(0, 0, width, height))
                assert [looks(strip) for strip in ours] == [looks(strip) for strip in theirs]
                part = terminal.render_lines(Region(2, 1, 9, 3))
                assert [strip.text for strip in part] == [strip.crop(2, 11).text for strip in ours[1:4]]


def looks(strip: Strip) -> list[tuple[str, str]]:
    """Each character with what the outer terminal is told of it."""
    return [
        (character, "" if style is None else Strip.render_ansi(style, ColorSystem.TRUECOLOR))
        for text, style, _ in strip
        for character in text
    ]
