"""One question as every kind of account on the screen: asked first, a pod for each, differences marked, nothing left."""

from __future__ import annotations

from hptui.ui.screens.accounts import AccountsScreen
from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.screens.question import QuestionScreen
from tests.ui.stage import on_stage
from tests.ui.test_answers import ask_from_session, shows


async def test_every_kind_of_account_side_by_side() -> None:
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
        await stage.until(lambda: screen.table.row_count == len(screen.matrix.differing), "only what differs")  # type: ignore[union-attr]
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
