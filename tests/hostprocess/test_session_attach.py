"""A session outlives its shells, knows why it ended, and does not believe every success."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hptui.cluster.model import (
    Condition,
    ExecEnd,
    ExecExit,
    PodGone,
    PodStatus,
)
from hptui.errors import (
    SessionError,
    UnreachableError,
)
from hptui.hostprocess.session import Session, State
from tests.hostprocess.recordings import pods
from tests.hostprocess.scripted import ScriptedCluster, launch, state_of, until

EXITED = ExecExit(ExecEnd.EXITED, 0)


async def test_a_lost_shell_can_be_had_anew_in_the_same_pod(
    session: Session, cluster: ScriptedCluster
) -> None:
    channel = await launch(session, cluster)
    cluster.channels[0].finish(ExecExit(ExecEnd.LOST, None, "connection reset"))
    await until(lambda: session.state is State.LOST)
    lost = session.error
    assert lost is not None
    assert lost.message == "connection reset"
    assert (await session.ended(channel)).end is ExecEnd.LOST
    assert session.can_attach
    await session.attach((100, 30))
    assert state_of(session) is State.ATTACHED
    assert session.error is None
    assert len(cluster.channels) == 2


async def test_a_shell_that_exits_ends_the_session_but_not_the_pod(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    cluster.channels[0].finish(ExecExit(ExecEnd.EXITED, 3))
    await until(lambda: session.state is State.ENDED)
    assert session.exit == ExecExit(ExecEnd.EXITED, 3)
    assert session.can_attach


async def test_it_is_attached_as_long_as_one_of_its_shells_is_open(
    session: Session, cluster: ScriptedCluster
) -> None:
    first = await launch(session, cluster)
    await session.attach((80, 25))
    cluster.channels[0].finish(EXITED)
    await session.ended(first)
    assert state_of(session) is State.ATTACHED
    cluster.channels[1].finish(EXITED)
    await until(lambda: session.state is State.ENDED)


async def test_the_end_of_the_pod_is_the_end_of_the_session(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    cluster.show(pods("pod-failures", "deadline-exceeded")[-1])
    await until(lambda: session.state is State.ENDED)
    assert session.error is not None
    assert session.error.heading == "The deadline has passed"
    assert not session.can_attach
    with pytest.raises(SessionError):
        await session.attach((80, 25))


async def test_a_pod_deleted_by_somebody_else_is_told(session: Session, cluster: ScriptedCluster) -> None:
    await launch(session, cluster)
    cluster.pod_feed.put(PodGone(cluster.pods.popitem()[1]))
    await until(lambda: session.state is State.ENDED)
    assert session.error is not None
    assert session.error.heading == "The pod is gone"
    assert session.pod is None
    await session.close()
    assert state_of(session) is State.GONE


def _not_ready(pod: PodStatus) -> PodStatus:
    others = tuple(c for c in pod.conditions if c.type != "Ready")
    return replace(pod, conditions=(*others, Condition("Ready", "False")))


UNSURE = ExecExit(ExecEnd.EXITED, 0, certain=False)


async def test_an_unsure_success_is_believed_when_pod_and_node_are_well(
    session: Session, cluster: ScriptedCluster
) -> None:
    channel = await launch(session, cluster)
    cluster.channels[0].finish(UNSURE)
    assert await session.ended(channel) == ExecExit(ExecEnd.EXITED, 0)
    assert cluster.requests[-2:] == ["get_pod", "get_node"]


@pytest.mark.parametrize("what", ["pod gone", "pod over", "pod not ready", "node not ready", "no answer"])
async def test_an_unsure_success_is_not_believed_otherwise(
    session: Session, cluster: ScriptedCluster, what: str
) -> None:
    channel = await launch(session, cluster)
    pod = cluster.pod
    match what:
        case "pod gone":
            cluster.pods.clear()
        case "pod over":
            cluster.pods[pod.name] = replace(
                pods("pod-failures", "exit-1")[-1], name=pod.name, namespace=pod.namespace, uid=pod.uid
            )
        case "pod not ready":
            cluster.pods[pod.name] = _not_ready(pod)
        case "node not ready":
            cluster.node = replace(cluster.node, conditions=(Condition("Ready", "Unknown"),))
        case _:
            cluster.errors["get_pod"] = [UnreachableError("no route")]
    cluster.channels[0].finish(UNSURE)
    end = await session.ended(channel)
    expected = ExecEnd.KILLED if what in {"pod gone", "pod over"} else ExecEnd.LOST
    assert (end.end, end.code) == (expected, None)
    assert end.message


async def test_the_exit_code_of_ctrl_c_is_the_pods_end_only_when_the_pod_has_ended(
    session: Session, cluster: ScriptedCluster
) -> None:
    unsure = ExecExit(ExecEnd.KILLED, 0xC000013A, certain=False)
    channels = [await launch(session, cluster), await session.attach((80, 25))]
    cluster.channels[0].finish(unsure)
    assert await session.ended(channels[0]) == ExecExit(ExecEnd.EXITED, 0xC000013A)
    over = pods("pod-failures", "deadline-exceeded")[-1]
    mine = cluster.pod
    cluster.pods[mine.name] = replace(over, name=mine.name, namespace=mine.namespace, uid=mine.uid)
    cluster.channels[1].finish(unsure)
    end = await session.ended(channels[1])
    assert (end.end, end.code) == (ExecEnd.KILLED, None)
    assert "kubelet ended it" in end.message


async def test_a_command_beside_the_shells_ends_without_ending_the_session(
    session: Session, cluster: ScriptedCluster
) -> None:
    shell = await launch(session, cluster)
    await session.beside(("powershell.exe", "-Command", "1"))
    assert cluster.commands[-1] == ("powershell.exe", "-Command", "1")
    cluster.channels[1].finish(EXITED)
    cluster.channels[0].finish(EXITED)
    await session.ended(shell)
    assert state_of(session) is State.ENDED
    await session.beside(("whoami.exe",))
    assert state_of(session) is State.ENDED


async def test_a_command_beside_the_shells_keeps_no_session_attached_and_is_closed_with_it(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    await session.beside(("whoami.exe",))
    cluster.channels[0].finish(ExecExit(ExecEnd.LOST, None, "reset"))
    await until(lambda: session.state is State.LOST)
    await session.close()
    assert cluster.channels[1].closed
    with pytest.raises(SessionError):
        await session.beside(("whoami.exe",))


async def test_a_command_that_comes_too_late_for_a_closed_session_is_closed_at_once(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    asked = cluster.hold("exec")
    asked.clear()
    asking = asyncio.create_task(session.beside(("whoami.exe",)))
    await asked.wait()
    closing = asyncio.create_task(session.close())
    await until(lambda: session.state is State.CLEANING)
    cluster.gates["exec"].set()
    with pytest.raises(SessionError):
        await asking
    await closing
    assert cluster.channels[1].closed
