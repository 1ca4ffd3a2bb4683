"""Leaving: with a question, with progress, and never with a pod left behind."""

from __future__ import annotations

import asyncio

from textual import events

from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.session import State
from hptui.ui.screens.quit import QuitScreen
from hptui.ui.screens.sessions import SessionsScreen
from tests.ui.stage import NODE, on_stage, playing


async def test_without_sessions_q_leaves_at_once() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("q")
        await stage.until(lambda: stage.app.return_code is not None or not stage.app.is_running)
        assert stage.app.return_value == 0


async def test_with_a_session_it_asks_and_names_it() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("q")
        await stage.sees("One session is open", NODE, "SYSTEM", "Stay")
        await stage.press("n")
        await stage.until(lambda: stage.pane.terminal.has_focus)
        assert len(stage.pods()) == 1


async def test_a_yes_deletes_every_pod_before_it_leaves() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("d")
        await stage.open_shell("akswin22000000")
        assert len(stage.pods()) == 2
        await stage.leader("q")
        await stage.sees("2 sessions are open")
        stage.cluster.faults.delete = "stuck"
        await stage.press("y")
        await stage.sees("Ending the open sessions")
        await stage.press("question_mark")  # what the keys do, meanwhile
        await stage.sees("Leave although a pod is not seen gone")
        stage.cluster.faults.delete = "ok"
        await stage.until(lambda: not stage.pods(), "no pod left")
        await stage.until(lambda: not stage.app.is_running or stage.app.return_value == 0)
        assert stage.app.leftovers == []


async def test_a_pod_that_does_not_go_is_told_and_does_not_hold_the_person() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("q")
        await stage.sees("One session is open")
        cluster = stage.app.cluster
        assert cluster is not None
        stage.cluster.faults.refuse_code = 403
        stage.cluster.faults.refuse_next = 10_000
        await stage.press("y")
        await stage.sees("f quits anyway", "✗ not removed")
        stage.cluster.faults.refuse_next = 0
        assert isinstance(stage.app.screen, QuitScreen)
        await stage.press("f")
        await stage.until(lambda: not stage.app.is_running or stage.app.return_value == 0)


async def test_an_end_that_asks_nobody_deletes_too() -> None:
    """As a signal or a crash ends it: the screen is gone, and the clean-up still runs to its end."""
    async with SimulatedCluster(pace=brisk()) as cluster:
        async with playing(cluster) as stage:
            await stage.open_shell()
            session = stage.app.sessions[0]
            stage.app.exit(return_code=143)
        assert stage.pods() == []
        assert session.state is State.GONE
        assert stage.app.return_code == 143


async def test_an_end_in_the_middle_of_a_launch_deletes_too() -> None:
    async with SimulatedCluster(pace=brisk()) as cluster:
        async with playing(cluster) as stage:
            await stage.choose("akswin22000003")
            await stage.press("s")
            await stage.until(lambda: stage.pods(), "the pod is created")
            stage.app.exit(return_code=1)
        assert stage.pods() == []


async def test_keys_typed_ahead_are_for_the_question_and_never_reach_the_host() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        before = stage.terminal_text()
        for key in ("ctrl+right_square_bracket", "q", "a", "b", "c"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await stage.until(lambda: isinstance(stage.app.screen, QuitScreen), "the question")
        await stage.press("n")
        await stage.until(lambda: isinstance(stage.app.screen, SessionsScreen), "the answer")
        await stage.type("1+1")
        await stage.until(lambda: "\n2" in stage.terminal_text(), "the host again")
        assert stage.terminal_text().startswith(before.rstrip() + " 1+1")
        assert len(stage.pods()) == 1


async def test_quitting_twice_asks_once() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("q")
        await stage.sees("One session is open")
        await asyncio.gather(stage.app.action_quit(), stage.app.action_quit())
        assert sum(isinstance(screen, QuitScreen) for screen in stage.app.screen_stack) == 1
