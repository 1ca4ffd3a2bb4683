"""More than one shell in a session: in tabs of this program, and in the pod of another hptui of the same person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.widgets import OptionList

from hptui.cluster.connect import ConnectOptions, connect
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.person import who_asks
from hptui.hostprocess.session import Session, State
from hptui.settings import Settings
from hptui.ui.screens.join import JoinScreen
from hptui.ui.screens.question import QuestionScreen
from hptui.ui.screens.quit import QuitScreen
from tests.ui.stage import NODE, Stage, on_stage


@asynccontextmanager
async def another_hptui(stage: Stage, *, owner: str = "", where_from: str = "") -> AsyncIterator[Session]:
    """A session that another program has open, of the same person unless it is said whose."""
    client = await connect(ConnectOptions(kubeconfig=str(stage.cluster.kubeconfig_for("admin"))))
    person = await who_asks(client)
    spec = SessionSpec(
        node=NODE,
        namespace="hptui",
        session_id=new_session_id(),
        who=owner or min(person.names),
        where_from=where_from or person.origin,
    )
    session = Session(client, spec)
    try:
        await session.start((80, 25))
        await stage.until(lambda: spec.session_id in known(stage), "the fleet knows of it")
        yield session
    finally:
        await session.close()
        await client.close()


def known(stage: Stage) -> set[str]:
    """Those that the fleet knows to run."""
    pods = stage.fleet.state.sessions_on(NODE)
    return {pod.labels["hptui.io/session"] for pod in pods if pod.phase == "Running"}


async def joined(stage: Stage, other: Session) -> None:
    await stage.choose(NODE)
    await stage.press("S")
    await stage.prompt()
    assert stage.pane.session.spec.pod_name == other.spec.pod_name
    await answered(stage)


async def answered(stage: Stage) -> None:
    await stage.until(lambda: stage.pane.terminal.has_focus)
    await stage.type("40+2")
    await stage.until(lambda: "\n42" in stage.terminal_text(), "the shell answers")


async def test_a_shell_in_the_pod_of_another_hptui_leaves_that_pod_when_it_ends() -> None:
    async with on_stage() as stage, another_hptui(stage) as other:
        await joined(stage, other)
        await stage.sees("Another hptui made this pod")
        await stage.leader("x")
        await stage.sees("The pod stays: another hptui made it", "D deletes it as well")
        assert stage.pods() == [other.spec.pod_name]
        assert other.state is State.ATTACHED
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.fleet)
        assert stage.app.sessions == []
        assert stage.pods() == [other.spec.pod_name]


async def test_exit_in_it_leaves_the_pod_as_well_and_deleting_it_is_asked_first() -> None:
    async with on_stage() as stage, another_hptui(stage) as other:
        await joined(stage, other)
        await stage.type("exit")
        await stage.sees("exited with code 0", "The pod stays")
        assert stage.pods() == [other.spec.pod_name]
        await stage.press("D")
        await stage.sees("Deleting it ends every shell in it", "Let it be")
        await stage.until(lambda: isinstance(stage.app.screen, QuestionScreen) and stage.app.screen.readable)
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, QuestionScreen))
        assert stage.pods() == [other.spec.pod_name]
        await stage.press("D")
        await stage.until(lambda: isinstance(stage.app.screen, QuestionScreen) and stage.app.screen.readable)
        await stage.press("enter")
        await stage.sees("The pod is gone")
        assert stage.pods() == []
        await stage.until(lambda: other.state is State.ENDED)


async def test_when_the_other_hptui_ends_its_session_the_shell_here_ends_and_says_so() -> None:
    async with on_stage() as stage, another_hptui(stage) as other:
        await joined(stage, other)
        await other.close()
        await stage.sees("enter closes this tab")
        assert stage.pods() == []
        await stage.until(lambda: stage.pane.session.state is State.GONE)


async def test_quitting_lets_go_of_it() -> None:
    async with on_stage() as stage, another_hptui(stage) as other:
        await joined(stage, other)
        await stage.leader("q")
        await stage.until(lambda: isinstance(stage.app.screen, QuitScreen))
        await stage.sees("Quitting lets go of its pod", "another hptui's and stays")
        await stage.press("y")
        await stage.until(lambda: not stage.app.is_running)
        assert stage.pods() == [other.spec.pod_name]
        assert stage.app.leftovers == []


async def test_renewing_it_gives_a_pod_of_ones_own_and_leaves_the_other() -> None:
    async with on_stage() as stage, another_hptui(stage) as other:
        await joined(stage, other)
        await stage.leader("N")
        await stage.until(lambda: stage.pane.session.spec.session_id != other.spec.session_id)
        await stage.until(lambda: "the old one stays" in stage.terminal_text())
        await stage.until(lambda: len(stage.app.sessions) == 1)
        assert set(stage.pods()) == {other.spec.pod_name, stage.pane.session.spec.pod_name}


async def test_another_persons_session_is_not_entered_and_why() -> None:
    async with on_stage() as stage, another_hptui(stage, owner="bob@example.com", where_from="bob@desk"):
        await stage.choose(NODE)
        await stage.press("S")
        await stage.sees("bob@example.com's", "from bob@desk")
        assert stage.app.screen is stage.fleet
        assert stage.app.sessions == []


async def test_a_node_without_a_session_says_so() -> None:
    async with on_stage() as stage:
        await stage.choose(NODE)
        await stage.press("S")
        await stage.sees(f"No session runs on {NODE}")


async def test_where_one_may_only_look_nothing_is_entered() -> None:
    async with on_stage(settings=Settings(read_only=True)) as stage, another_hptui(stage):
        await stage.choose(NODE)
        await stage.press("S")
        await stage.until(lambda: bool(stage.app._notifications))
        assert stage.app.screen is stage.fleet
        assert stage.app.sessions == []


async def test_of_several_one_is_chosen() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        await stage.leader("d")
        async with another_hptui(stage) as other:
            await stage.choose(NODE)
            await stage.press("S")
            await stage.until(lambda: isinstance(stage.app.screen, JoinScreen))
            await stage.sees("open here", "another hptui's, from")
            options = stage.app.screen.query_one(OptionList)
            await stage.press(*["down"] * (options.option_count - 1), "enter")
            await stage.prompt()
            assert stage.pane.session.spec.pod_name == other.spec.pod_name


async def test_a_second_shell_in_a_tab_of_its_own_and_the_pod_goes_with_the_last() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        first = stage.pane
        await stage.leader("S")
        await stage.until(lambda: stage.pane is not first)
        second = stage.pane
        assert second.session is first.session
        await stage.prompt()
        await answered(stage)
        await stage.type("exit")
        await stage.sees("exited with code 0", "The session goes on in another tab")
        assert len(stage.pods()) == 1
        assert first.terminal.writer is not None
        await stage.press("r")  # once more
        await stage.until(lambda: second.terminal.writer is not None)
        await stage.leader("x")
        await stage.until(lambda: len(stage.sessions.panes) == 1, "only that tab is closed")
        assert len(stage.pods()) == 1
        await stage.until(lambda: stage.pane is first)
        await answered(stage)
        await stage.leader("x")
        await stage.until(lambda: not stage.pods())
        await stage.until(lambda: stage.app.sessions == [])


async def test_the_node_s_key_opens_a_second_shell_in_what_is_open_here() -> None:
    async with on_stage() as stage:
        await stage.open_shell()
        first = stage.pane
        await stage.leader("d")
        await stage.until(lambda: first.session.spec.session_id in known(stage))
        await stage.press("S")
        await stage.prompt()
        assert stage.pane is not first
        assert stage.pane.session is first.session
        assert len(stage.pods()) == 1
