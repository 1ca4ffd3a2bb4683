"""Log lines in a narrow panel: whole, wrapped and harmless."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Log

from hptui.cluster.model import LogEnded, LogLine, LogLines
from hptui.errors import ForbiddenError
from hptui.ui.widgets.log_panel import INDENT, LogPanel, wrapped

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "width", "parts"),
    [
        ("short", 20, ["short"]),
        ("12:00:00 alpha beta gamma", 20, ["12:00:00 alpha beta", INDENT + "gamma"]),
        ("12:00:00 " + "x" * 30, 20, ["12:00:00 " + "x" * 11, INDENT + "x" * 11, INDENT + "x" * 8]),
        ("12:00:00 漢字漢字漢字漢字", 16, ["12:00:00 漢字漢", INDENT + "字漢字", INDENT + "漢字"]),
        ("", 20, [""]),
    ],
)
def test_a_long_line_goes_on_below_itself(line: str, width: int, parts: list[str]) -> None:
    assert wrapped(line, width) == parts


class PanelApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LogPanel()


async def test_lines_are_wrapped_anew_when_the_panel_gets_wider() -> None:
    app = PanelApp()
    async with app.run_test(size=(30, 10)) as pilot:
        panel, log = app.query_one(LogPanel), app.query_one(Log)
        panel.apply(LogLines((LogLine(AT, "one two three four five six seven"),)))
        await pilot.pause()
        assert len([line for line in log.lines if line]) == 2
        await pilot.resize_terminal(100, 10)
        await pilot.pause()
        assert len([line for line in log.lines if line]) == 1


async def test_lines_that_come_while_the_panel_is_hidden_are_wrapped_as_it_will_be_shown() -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 10)) as pilot:
        panel, log = app.query_one(LogPanel), app.query_one(Log)
        await pilot.pause()
        panel.display = False
        await pilot.pause()
        panel.apply(LogLines((LogLine(AT, "one two three four five six seven"),)))
        panel.display = True
        await pilot.pause()
        assert [line for line in log.lines if line] == ["12:00:00 one two three four five six seven"]


async def test_escape_sequences_and_markup_are_text() -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.query_one(LogPanel).apply(LogLines((LogLine(AT, "\x1b[31m[red]x[/red]\x07 [/nothing]"),)))
        await pilot.pause()
        assert app.query_one(Log).lines[0].endswith(" [red]x[/red] [/nothing]")


async def test_an_end_and_a_refusal_are_said_in_words() -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        panel = app.query_one(LogPanel)
        panel.apply(LogEnded("The container ended [with] exit code 0."))
        await pilot.pause()
        assert "The container ended [with] exit code 0." in str(panel._note.render())
        panel.fail(ForbiddenError('cannot get resource "pods/log"', hint="Ask for pods/log."))
        await pilot.pause()
        assert "pods/log" in str(panel._note.render())
