"""What can be done to a row, on the screen: asked first, done once, seen in the rows."""

from __future__ import annotations

from hptui.ui.screens.answer import AnswerScreen
from hptui.ui.screens.question import QuestionScreen
from tests.ui.stage import Stage, on_stage
from tests.ui.test_answers import answered, ask_from_session, column, shows


async def only(stage: Stage, words: str) -> AnswerScreen:
    """The row that holds these words, under the cursor."""
    screen = await answered(stage)
    if screen.view.is_tree:
        await stage.press("t")
    await stage.press("slash", *words, "enter")
    await stage.until(lambda: len(screen.view.lines) == 1, f"one row with {words}")
    return screen


async def test_a_process_is_ended_after_a_yes_and_gone_from_the_rows() -> None:
    async with on_stage() as stage:
        screen = await ask_from_session(stage, "processes")
        await only(stage, "LogonUI")
        await stage.press("x")
        await shows(stage, QuestionScreen)
        await stage.sees("End LogonUI.exe, process", "What the process has not saved is lost.")
        await stage.press("escape")
        assert column(screen, "name") == ["LogonUI.exe"]
        await stage.press("x")
        await shows(stage, QuestionScreen)
        await stage.until(lambda: stage.app.screen._readable, "a question that can be answered")  # type: ignore[attr-defined]
        await stage.press("enter")
        await stage.sees("LogonUI.exe has ended")
        await stage.until(lambda: bool(screen.view.changes.gone), "a row that is gone")


async def test_what_must_not_be_touched_is_refused_without_a_question() -> None:
    async with on_stage() as stage:
        await ask_from_session(stage, "services")
        await only(stage, "SamSs")
        await stage.press("x")
        await stage.sees("A service that must not be touched", "SamSs is not restarted")
        assert isinstance(stage.app.screen, AnswerScreen)


async def test_other_answers_have_no_such_key() -> None:
    async with on_stage() as stage:
        screen = await ask_from_session(stage, "disks")
        assert screen.check_action("deed", ()) is False
