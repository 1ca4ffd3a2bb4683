"""A shell's link is lost: it comes back by itself as a new shell, says so, and nothing typed for the old one comes to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hptui.cluster.backoff import Pace
from hptui.demo.host.machine import machine_for
from hptui.demo.host.windows.processes import WindowsProcess
from hptui.hostprocess import shells
from hptui.hostprocess.first_process import MARK
from hptui.hostprocess.session import State
from hptui.settings import Settings
from hptui.ui import lost_link, old_shells
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.widgets.ending import Ending
from tests.ui.stage import NODE, Stage, on_stage


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another quickly."""
    monkeypatch.setattr(lost_link, "PACE", Pace(first=0.05, longest=0.1))


@pytest.fixture
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next try is a long time off."""
    monkeypatch.setattr(lost_link, "PACE", Pace(first=1000.0, longest=1000.0))


_begun = [datetime.now(UTC)]


@pytest.fixture(autouse=True)
def _from_now_on() -> None:
    """The node's machine outlives a test, and on it shells that were lost in one."""
    _begun[0] = datetime.now(UTC)


def processes(stage: Stage) -> list[WindowsProcess]:
    """The shells that run on the node since the test began, oldest first."""
    node = stage.fleet.state.nodes[NODE]
    found = machine_for(NODE, node.kernel_version).processes.all()
    return [
        each
        for each in found
        if MARK in each.command_line and each.name == "powershell" and each.started >= _begun[0]
    ]


async def lose(stage: Stage) -> None:
    assert stage.cluster.drop_execs("abrupt") == 1
    await stage.until(lambda: stage.pane.session.state is not State.ATTACHED or stage.pane.old_shells, "lost")


async def back(stage: Stage) -> None:
    await stage.until(lambda: "a new shell" in stage.terminal_text(), "a new shell")
    await stage.until(lambda: stage.pane.terminal.writer is not None, "it can be typed into")


@pytest.mark.usefixtures("_soon")
async def test_it_comes_back_by_itself_and_names_the_old_process() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.type("hostname")
        await stage.until(lambda: f"\n{NODE}" in stage.terminal_text().lower())
        (old,) = processes(stage)
        await lose(stage)
        await back(stage)
        assert f"the old one still runs as process {old.pid}" in stage.terminal_text().replace("\n", "")
        assert f"\n{NODE}" in stage.terminal_text().lower(), "the old screen is kept in the history"
        await stage.until(lambda: "PS C:\\" in stage.text(), "the new shell has cleared the screen")
        await stage.sees(f"the old one still runs as process {old.pid}: ctrl+] k ends it")
        await stage.type("40+2")
        await stage.until(lambda: "\n42" in stage.terminal_text(), "the new shell answers")
        assert len(stage.pods()) == 1


@pytest.mark.usefixtures("_soon")
async def test_the_old_process_is_ended_when_the_person_says_so() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        (old,) = processes(stage)
        await lose(stage)
        await back(stage)
        new = next(each for each in processes(stage) if each.pid != old.pid)
        await stage.leader("k")
        await stage.sees(f"process {old.pid}", "Let it run")
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, QuestionScreen))
        assert old in processes(stage)
        await stage.leader("k")
        await stage.until(lambda: isinstance(stage.app.screen, QuestionScreen) and stage.app.screen.readable)
        await stage.press("enter")
        await stage.sees(f"Process {old.pid}", "have ended")
        assert [each.pid for each in processes(stage)] == [new.pid]
        await stage.until(lambda: not stage.pane.old_shells)
        assert stage.pane.session.state is State.ATTACHED
        await stage.sees("every other key goes to the host")


@pytest.mark.usefixtures("_late")
async def test_the_next_try_is_counted_down_can_be_hurried_and_stopped() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await lose(stage)
        await stage.sees("was lost", "trying again in", "r now", "escape stops trying", "⚠ lost")
        await stage.leader("z")  # a letter after the leader key is no typing for the shell that is gone
        await stage.until(lambda: "Events" not in stage.text(), "the terminal alone")
        stage.pane.ending._deaf_until = 0.0  # the moment in which keys belong to a line being typed is over
        await stage.press("escape")
        await stage.sees("r reconnects")
        assert stage.pane.session.state is State.LOST
        stage.cluster.faults.exec = "refused"
        await stage.press("r")
        await stage.sees("simulated failure", "trying again in")
        stage.cluster.faults.exec = "ok"
        await stage.press("r")
        await back(stage)


@pytest.mark.usefixtures("_late")
async def test_what_is_typed_meanwhile_is_dropped_and_the_person_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Ending, "GRACE", 4.0)
    async with on_stage() as stage:
        await stage.open_shell()
        await lose(stage)
        await stage.until(lambda: stage.pane.ending.has_focus)
        await stage.press(*"rm", "space", *"drq", "enter")  # all of it within the moment after the loss
        assert stage.app.screen is stage.sessions, "none of it was a command"
        await stage.until(lambda: not stage.pane.ending.is_deaf)
        await stage.press("r")  # alone, it is one
        await back(stage)
        await stage.sees("7 keys typed while the connection was lost were dropped")
        assert "drq" not in stage.terminal_text()
        await stage.type("40+2")
        await stage.until(lambda: "\n42" in stage.terminal_text())


@pytest.mark.usefixtures("_soon")
async def test_a_word_typed_long_after_the_loss_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ending, "GRACE", 0.0)
    async with on_stage() as stage:
        await stage.open_shell()
        stage.cluster.faults.exec = "refused"
        await lose(stage)
        await stage.sees("trying again in", "r Again")
        assert "d Nodes" not in stage.text()
        await stage.press(*"ds?q")
        assert stage.app.screen is stage.sessions
        stage.cluster.faults.exec = "ok"
        await back(stage)
        await stage.sees("4 keys typed while")
        assert len(stage.pods()) == 1


@pytest.mark.usefixtures("_soon")
async def test_an_api_server_that_is_away_is_not_a_pod_that_is_gone() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        stage.cluster.faults.refuse_next, stage.cluster.faults.retry_after = 10_000, 0
        await stage.cluster.restart()  # cuts every connection
        await stage.until(lambda: stage.pane.lost_link.is_lost)
        await stage.sees("Try 2")
        assert stage.pane.session.can_attach
        stage.cluster.faults.refuse_next = 0
        await back(stage)
        assert len(stage.pods()) == 1


@pytest.mark.usefixtures("_soon")
async def test_a_pod_that_ends_meanwhile_ends_the_trying() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        stage.cluster.faults.exec = "refused"
        await lose(stage)
        await stage.sees("trying again")
        (pod,) = stage.pods()
        await stage.app.cluster.delete_pod("hptui", pod)  # type: ignore[union-attr]
        await stage.sees("The pod is gone", "enter closes this tab")
        assert not stage.pane.lost_link.trying


@pytest.mark.usefixtures("_soon")
async def test_where_the_node_does_not_say_the_process_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_shells, "KNOWN_WITHIN", 0.2)
    monkeypatch.setattr(shells, "ANSWER_LIMIT", 0.2)
    async with on_stage() as stage:
        await stage.open_shell()
        stage.cluster.faults.exec = "silent"
        await lose(stage)
        await back(stage)
        assert "its process id is not known" in " ".join(stage.terminal_text().split())
        await stage.leader("k")
        await stage.sees("did not answer within")


async def test_another_shell_of_the_settings_is_not_asked_about() -> None:
    async with on_stage(settings=Settings(shell=("cmd.exe",))) as stage:
        await stage.choose(NODE)
        await stage.press("s")
        await stage.until(lambda: "C:\\" in stage.terminal_text(), "cmd's prompt")
        await lose(stage)
        await stage.press("r")
        await back(stage)
        assert "its process id is not known" in " ".join(stage.terminal_text().split())
