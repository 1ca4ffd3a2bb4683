"""A deadline comes near: a fresh pod is launched beside the session, and the tab moves over without losing anything."""

from __future__ import annotations

import asyncio

import pytest

from hptui.hostprocess.session import State
from hptui.settings import Settings
from hptui.ui import renewing
from hptui.ui.screens.confirm import ConfirmScreen
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.sessions import SessionsScreen
from tests.ui.stage import Stage, on_stage


async def answered(stage: Stage, sum_: str, answer: str) -> None:
    await stage.type(sum_)
    await stage.until(lambda: f"\n{answer}" in stage.terminal_text(), f"{sum_} is answered")


async def renewed(stage: Stage, old: str) -> None:
    await stage.until(lambda: stage.pane.session.spec.session_id != old, "the tab has a fresh session")
    await stage.until(lambda: stage.pane.terminal.writer is not None, "it can be typed into")


async def test_the_tab_moves_to_a_fresh_pod_and_the_old_one_is_gone() -> None:
    async with on_stage(settings=Settings(deadline=1800)) as stage:
        await stage.open_shell()
        old = stage.pane.session
        await answered(stage, "40+2", "42")
        await stage.leader("e")  # the events' page, which stays
        await stage.leader("N")
        await renewed(stage, old.spec.session_id)
        fresh = stage.pane.session
        assert (fresh.spec.node, fresh.spec.account, fresh.spec.deadline) == (
            old.spec.node,
            old.spec.account,
            1800,
        )
        text = stage.terminal_text()
        assert text.index("\n42") < text.index("a fresh pod; the old one is deleted"), (
            "what was shown is in the history"
        )
        assert stage.pane.side.page == "events"
        await answered(stage, "1000+1", "1001")
        assert "61;" not in stage.terminal_text(), "what the shell asks its terminal is answered once"
        await stage.until(lambda: old.state is State.GONE)
        await stage.until(lambda: stage.app.sessions == [fresh])
        assert stage.pods() == [fresh.spec.pod_name]
        assert not any("printed nothing" in told.message for told in stage.app._notifications)
        await stage.leader("x")
        await stage.until(lambda: not stage.pods())


async def test_what_runs_in_the_old_shell_is_not_ended_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "BUSY_AFTER", 0.0)
    async with on_stage() as stage:
        await stage.open_shell()
        old = stage.pane.session
        await stage.type("Start-Sleep 3600")
        await stage.leader("N")
        await stage.sees("Something runs in this shell", "N moves over")
        assert stage.pane.session is old
        assert old.state is State.ATTACHED
        assert len(stage.pods()) == 2
        await stage.leader("N")
        await renewed(stage, old.spec.session_id)
        await stage.until(lambda: len(stage.pods()) == 1)
        await answered(stage, "40+2", "42")


async def test_a_tab_closed_in_the_moment_of_moving_leaves_no_session_without_a_tab() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        pane = stage.pane
        await stage.type("Start-Sleep 3600")
        await stage.leader("N")
        await stage.sees("The fresh pod is ready")
        assert len(stage.app.sessions) == 2
        pane.renewing.key()  # moves at once
        while pane.terminal.writer is not None:  # noqa: ASYNC110 the very turn of the loop in which it begins to move
            await asyncio.sleep(0)
        stage.sessions.action_end()
        await stage.until(lambda: stage.app.screen is stage.fleet, "no tab is left")
        await stage.until(lambda: not stage.pods(), "no pod is left")
        await stage.until(lambda: not stage.app.sessions, "no session is left")


async def test_a_line_half_typed_is_not_torn_in_two() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        old = stage.pane.session
        await stage.press(*"hostn")
        await stage.leader("N")
        await stage.sees("The fresh pod is ready")
        await stage.type("ame")
        await stage.until(
            lambda: "\nakswin22000001" in stage.terminal_text().lower(), "the old shell has it whole"
        )
        await renewed(stage, old.spec.session_id)


async def test_a_fresh_pod_that_fails_leaves_the_session_as_it_was() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        old = stage.pane.session
        stage.cluster.faults.exec = "refused"
        await stage.leader("N")
        await stage.sees("There is no fresh pod")
        await stage.until(lambda: stage.pods() == [old.spec.pod_name])
        assert stage.pane.session is old
        await stage.until(lambda: stage.app.sessions == [old], "nothing of the fresh one")
        await answered(stage, "40+2", "42")


async def test_renewing_can_be_stopped_and_leaves_nothing() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        old = stage.pane.session
        stage.cluster.faults.exec = "silent"
        await stage.leader("N")
        await stage.sees("renewing: ", "N stops it")
        await answered(stage, "40+2", "42")  # meanwhile
        await stage.leader("N")
        await stage.until(lambda: isinstance(stage.app.screen, QuestionScreen) and stage.app.screen.readable)
        await stage.press("enter")
        await stage.sees("Renewing was stopped")
        assert stage.pods() == [old.spec.pod_name]
        assert stage.pane.renewing.words == ""


async def test_a_tab_that_is_ended_takes_its_renewal_along() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        stage.cluster.faults.exec = "silent"
        await stage.leader("N")
        await stage.until(lambda: len(stage.pods()) == 2)
        await stage.leader("x")
        await stage.until(lambda: stage.app.screen is stage.fleet, "its tab is closed")
        assert stage.pods() == []
        assert stage.app.sessions == []


async def test_an_old_shell_that_ends_meanwhile_is_moved_on_from() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        old = stage.pane.session
        stage.cluster.faults.exec = "silent"
        await stage.leader("N")
        await stage.until(lambda: len(stage.pods()) == 2)
        await stage.app.cluster.delete_pod("hptui", old.spec.pod_name)  # type: ignore[union-attr]
        await renewed(stage, old.spec.session_id)
        assert stage.pods() == [stage.pane.session.spec.pod_name]


async def test_a_protected_cluster_s_name_is_asked_for_as_before_any_launch() -> None:
    async with on_stage(settings=Settings(protected_contexts=("*",))) as stage:
        await stage.choose("akswin22000001")
        await stage.press("s")
        await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
        assert stage.app.cluster is not None
        context = stage.app.cluster.info.context
        await stage.type(context)
        await stage.prompt()
        old = stage.pane.session
        await stage.leader("N")
        await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
        assert len(stage.pods()) == 1
        await stage.type(context)
        await stage.until(lambda: isinstance(stage.app.screen, SessionsScreen))
        await renewed(stage, old.spec.session_id)
