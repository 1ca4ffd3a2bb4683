"""The process of a shell whose link was lost: found by its mark, ended when that is wanted, and never another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster, ExecChannel
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.host.machine import machine_for
from hptui.demo.host.windows.processes import WindowsProcess
from hptui.demo.pace import brisk
from hptui.errors import SessionError
from hptui.hostprocess.first_process import MARK
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.shell_process import (
    Outcome,
    Question,
    ShellProcess,
    ask_to_end,
    ask_where,
    read_outcome,
    read_where,
)

NODES = {"bind filters, cmd in front": "akswin22000001", "neither": "akswin19000000"}
LIMIT = 40.0
"""Seconds that anything may take on a busy machine."""


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


@pytest.fixture
async def cluster(simulated: SimulatedCluster) -> AsyncIterator[Cluster]:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig)))
    yield cluster
    await cluster.close()


@asynccontextmanager
async def shell_on(cluster: Cluster, node: str) -> AsyncIterator[tuple[Session, ExecChannel]]:
    session = Session(cluster, SessionSpec(node=node, namespace="hptui", session_id=new_session_id()))
    async with asyncio.timeout(LIMIT):
        try:
            yield session, await session.start((80, 25))
        finally:
            await session.close()


async def shells(cluster: Cluster, node: str) -> list[WindowsProcess]:
    processes = machine_for(node, (await cluster.get_node(node)).kernel_version).processes.all()
    return [each for each in processes if MARK in each.command_line and each.name == "powershell"]


async def lose(simulated: SimulatedCluster, session: Session, channel: ExecChannel) -> None:
    simulated.drop_execs()
    await session.ended(channel)
    assert session.state is State.LOST


@pytest.mark.parametrize("node", NODES.values(), ids=NODES.keys())
async def test_a_lost_shell_is_found_beside_a_new_one_and_ended(
    simulated: SimulatedCluster, cluster: Cluster, node: str
) -> None:
    async with shell_on(cluster, node) as (session, old):
        (before,) = await shells(cluster, node)
        await lose(simulated, session, old)
        new = await session.attach((80, 25))
        process = await session.shells.process_of(old)
        assert process is not None
        assert process.pid == before.pid
        other = await session.shells.process_of(new)
        assert other is not None
        assert other.pid != process.pid
        assert await session.shells.end_process(process) is Outcome.ENDED
        assert [each.pid for each in await shells(cluster, node)] == [other.pid]
        assert await session.shells.process_of(old) is None
        assert await session.shells.end_process(process) is Outcome.GONE
        assert session.state is State.ATTACHED


async def test_another_process_with_the_same_id_is_let_be(
    simulated: SimulatedCluster, cluster: Cluster
) -> None:
    node = NODES["neither"]
    async with shell_on(cluster, node) as (session, channel):
        process = await session.shells.process_of(channel)
        assert process is not None
        earlier = ShellProcess(process.pid, process.started - 1)
        assert await session.shells.end_process(earlier) is Outcome.GONE
        assert await session.shells.process_of(channel) == process


async def test_what_the_settings_run_instead_is_not_known(cluster: Cluster) -> None:
    session = Session(
        cluster, SessionSpec(node=NODES["neither"], namespace="hptui", session_id=new_session_id())
    )
    async with asyncio.timeout(LIMIT):
        try:
            channel = await session.start((80, 25), command=["cmd.exe", "/q"])
            with pytest.raises(SessionError, match="not known"):
                await session.shells.process_of(channel)
        finally:
            await session.close()


@pytest.mark.parametrize(
    "words",
    ["", "unknown", "0 638712345678901234", "99999999999 1", "12; rm", "4321", "-4 1", "४ १", "12 34 56"],
)
def test_what_a_hostile_host_says_is_a_number_or_nothing(words: str) -> None:
    question = ask_where("abcd2345")
    with pytest.raises(SessionError, match="which process"):
        read_where(question, f"noise\r\n{question.answer} {words}\r\n")


def test_only_the_line_with_the_right_word_counts() -> None:
    question = ask_where("abcd2345")
    output = (
        f"loading personal profile\r\n0123456789abcdef 4 5\r\n{question.answer} 4321 638712345678901234\r\n"
    )
    assert read_where(question, output) == ShellProcess(4321, 638712345678901234)
    assert read_where(question, f"{question.answer} none") is None


def test_an_outcome_that_is_none_is_refused() -> None:
    question = ask_to_end(ShellProcess(4321, 5))
    with pytest.raises(SessionError, match="whether"):
        read_outcome(question, f"{question.answer} perhaps")
    assert read_outcome(question, f"{question.answer} refused\r\n") is Outcome.REFUSED


@pytest.mark.parametrize("question", [ask_where("a" * 16), ask_to_end(ShellProcess(2**32 - 1, 10**18))])
def test_a_question_fits_behind_cmd(question: Question) -> None:
    assert len("cmd /c " + " ".join(question.command)) < 8191
    assert not set(question.command[-1]) & set("|&<>^%\"' ")
