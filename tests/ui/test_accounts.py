"""One question as every kind of account on the screen: asked first, a pod for each, differences marked, nothing left."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

from textual.widgets import Input

from hptui.ui.screens.accounts import AccountsScreen
from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.screens.question import QuestionScreen
from tests.ui.stage import on_stage
from tests.ui.test_answers import ask_from_session, shows


def is_written(path: Path) -> bool:
    return path.exists() and bool(path.read_text())


async def test_every_kind_of_account_side_by_side(tmp_path: Path) -> None:
    async with on_stage() as stage:
        await ask_from_session(stage, "admin")
        pods = len(stage.pods())
        await stage.press("m")
        await shows(stage, QuestionScreen)
        await stage.sees("Start 4 short pods", "SYSTEM, Local service, NetworkService, Administrators")
        await stage.until(lambda: stage.app.screen._readable, "a question that can be answered")  # type: ignore[attr-defined]
        await stage.press("enter")
        await shows(stage, AccountsScreen)
        screen = stage.app.screen
        assert isinstance(screen, AccountsScreen)
        await stage.until(lambda: screen.is_complete, "all accounts asked")
        assert screen.matrix is not None
        lines = {row.label: row for row in screen.matrix.rows}
        assert lines["Administrator"].cells == ("yes", "no", "no", "yes")
        assert not lines["Language mode"].differs
        await stage.sees("of 16 differ", "≠")
        await stage.press("d")
        differing = [row.label for row in screen.matrix.differing]
        assert [screen.view.rows[line].cells[0] for line in screen.view.lines] == differing
        assert 0 < len(differing) < 16
        await stage.press(
            "d", "slash", *"why", "enter", "enter"
        )  # it is a table as any other: filter, details, copies
        await stage.sees("1 of 16 rows", "Local service")
        assert "As the host sent it" not in stage.text()
        await stage.press("c")
        assert stage.app.clipboard == "\t".join(["Why", *lines["Why"].cells])
        await stage.press("escape", "escape")
        for down, form in ((0, "csv"), (3, "json")):  # what is shown; all of it
            await stage.press("e", *["down"] * down)
            path = tmp_path / f"matrix.{form}"
            stage.app.screen.query_one(Input).value = str(path)
            await stage.press("enter")
            await stage.until(partial(is_written, path), "the file")
        table = list(csv.reader((tmp_path / "matrix.csv").read_text().splitlines()))
        assert table[0] == ["what", "SYSTEM", "Local service", "NetworkService", "Administrators"]
        data = json.loads((tmp_path / "matrix.json").read_text())
        assert [each["outcome"] for each in data["accounts"]] == ["answered"] * 4
        assert [row["differs"] for row in data["rows"]] == [row.differs for row in screen.matrix.rows]
        await stage.until(lambda: len(stage.pods()) == pods, "no pod but the session's")
        await stage.press("escape")
        assert not isinstance(stage.app.screen, AccountsScreen)


async def test_leaving_early_leaves_no_pod() -> None:
    async with on_stage() as stage:
        await ask_from_session(stage, "privileges")
        pods = len(stage.pods())
        await stage.press("m")
        await shows(stage, QuestionScreen)
        await stage.until(lambda: stage.app.screen._readable, "a question that can be answered")  # type: ignore[attr-defined]
        await stage.press("enter")
        await shows(stage, AccountsScreen)
        await stage.press("escape")
        await shows(stage, AnswerScreen)
        await stage.until(
            lambda: all(each.group != "accounts" for each in stage.app.workers), "nobody asking"
        )
        await stage.until(lambda: len(stage.pods()) == pods, "no pod but the session's")
        await stage.until(lambda: len(stage.app.sessions) == 1, "no session but the one that was open")
