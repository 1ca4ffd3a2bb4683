"""A log that is asked again: at its newest row the cursor follows what comes, elsewhere it stays on its row."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from hptui.probes.probe import Probe, parse_probe
from hptui.probes.table import table_of, whole
from hptui.ui.answer_cells import width_steps
from hptui.ui.answer_view import AnswerView, Choices
from hptui.ui.widgets.answer_table import AnswerTable

LINES = parse_probe("lines", "# title: L\n# key: at\n# sort: at\n# column: at number At\n1|O\n")
EVENTS = parse_probe(
    "events", "# title: E\n# key: id\n# sort: -time\n# column: id number Id\n# column: time time Time\n1|O\n"
)
OTHER = parse_probe("other", "# title: O\n# key: name\n# sort: name\n# column: name text Name\n1|O\n")


class Stand(App[None]):
    def __init__(self, view: AnswerView) -> None:
        super().__init__()
        self.table = AnswerTable(view)

    def compose(self) -> ComposeResult:
        yield self.table


def answer(view: AnswerView, count: int) -> None:
    records = [
        {"at": n, "id": n, "time": f"2026-11-27T10:{n:02}:00Z", "name": f"{n:03}"} for n in range(count)
    ]
    table = table_of(view.probe, records)
    view.put(table)
    view.widths = whole(width_steps(table, utc=False))


@pytest.mark.parametrize(
    ("probe", "line", "then"),
    [
        (LINES, 39, 49),  # at the end of a file
        (LINES, 7, 7),
        (EVENTS, 0, 0),  # newest first
        (EVENTS, 5, 15),
        (OTHER, 39, 39),
        (OTHER, 0, 0),
    ],
)
async def test_at_a_log_s_newest_row_the_cursor_follows(probe: Probe, line: int, then: int) -> None:
    view = AnswerView(probe, Choices())
    answer(view, 40)
    app = Stand(view)
    async with app.run_test(size=(80, 24)):
        app.table.show(view)
        app.table.action_move(line)
        assert app.table.line == line
        answer(view, 50)
        app.table.show(view)
        assert app.table.line == then
        assert app.table.scroll_offset.y <= then
        answer(view, 50)
        app.table.show(view)
        assert app.table.line == then
