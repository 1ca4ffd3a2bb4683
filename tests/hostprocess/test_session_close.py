"""A session leaves nothing behind: whenever it is stopped, and however often it is closed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hptui.cluster.model import (
    ExecEnd,
)
from hptui.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    LaunchError,
    ServerError,
    SessionError,
    UnreachableError,
)
from hptui.hostprocess import clean_up
from hptui.hostprocess.guardian import Guardian
from hptui.hostprocess.journal import Journal, read_journals
from hptui.hostprocess.safety_net import SafetyNet
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.steps import StepName
from tests.hostprocess.scripted import LIMIT, SPEC, ScriptedCluster, failure, is_over, launch, state_of, until

HELD = ["dry_run", "get_node", "create_sent", "create_answer", "exec"]


@pytest.mark.parametrize("request_name", HELD)
@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_stopped_at_any_step_it_leaves_no_pod(
    cluster: ScriptedCluster, request_name: str, how: str
) -> None:
    session = Session(cluster.port, SPEC)
    reached = cluster.hold(request_name)
    starting = asyncio.create_task(session.start((80, 25)))
    if request_name == "exec":
        await until(lambda: bool(cluster.pods))
        cluster.run_pod()
    await asyncio.wait_for(reached.wait(), LIMIT)
    if how == "cancel":
        starting.cancel()
        await asyncio.wait({starting})
        assert starting.cancelled()
    closing = asyncio.create_task(session.close())
    await asyncio.sleep(0)
    cluster.gates[request_name].set()  # the request goes on, whatever this side wants
    await asyncio.wait_for(closing, LIMIT)
    assert not cluster.pods
    assert state_of(session) is State.GONE
    if how == "close":
        with pytest.raises(LaunchError, match="stopped"):
            await starting


async def test_stopped_while_the_pod_is_waited_for(session: Session, cluster: ScriptedCluster) -> None:
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: session.pod is not None)
    starting.cancel()
    await asyncio.wait({starting})
    await session.close()
    assert not cluster.pods
    assert cluster.pod_feed.closed
    assert cluster.event_feed.closed


@pytest.mark.parametrize("error", [UnreachableError("timed out"), ServerError("gateway timeout", status=504)])
async def test_a_create_whose_answer_is_lost_may_have_made_the_pod(
    session: Session, cluster: ScriptedCluster, error: Exception
) -> None:
    cluster.errors["create_answer"] = [error]
    assert (await failure(session)).step == StepName.CREATED
    assert cluster.pods
    await session.close()
    assert not cluster.pods


async def test_a_pod_that_appears_after_its_creation_broke_off_is_found_by_its_label(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.errors["create_answer"] = [UnreachableError("connection reset")]
    await failure(session)
    late = cluster.pods.popitem()[1]
    reached = cluster.hold("list_pods")
    closing = asyncio.create_task(session.close())
    await asyncio.wait_for(reached.wait(), LIMIT)
    cluster.pods[late.name] = late
    cluster.gates["list_pods"].set()
    await closing
    assert not cluster.pods


@pytest.mark.parametrize("status", [408, 409, 499])
async def test_an_answer_on_the_way_is_no_refusal(
    session: Session, cluster: ScriptedCluster, status: int
) -> None:
    """A gateway gave up waiting, or sent the request twice: then the second is told that the pod exists."""
    kind = ConflictError if status == 409 else ClusterError
    cluster.errors["create_answer"] = [kind("of the gateway", status=status)]
    await failure(session)
    assert cluster.pods
    await session.close()
    assert not cluster.pods


async def test_what_cannot_be_looked_at_is_not_said_to_be_gone(
    session: Session, cluster: ScriptedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_up, "RETRY_DELAYS", (0.0,))
    cluster.errors["create_answer"] = [UnreachableError("connection reset")]
    await failure(session)
    cluster.pods.clear()
    cluster.errors["list_pods"] = [UnreachableError("timed out"), ServerError("etcd is away", status=500)]
    with pytest.raises(SessionError, match="etcd is away"):
        await session.close()
    assert not is_over(session)
    await session.close()
    assert is_over(session)


async def test_the_journal_keeps_what_may_come_late(
    session: Session, cluster: ScriptedCluster, tmp_path: Path
) -> None:
    net = SafetyNet(Guardian(), Journal(tmp_path))
    assert net.hold(session, cluster.port) == ""
    cluster.errors["create_sent"] = [UnreachableError("connection reset")]
    await failure(session)
    await session.close()
    assert is_over(session)
    net.close()
    assert [entry.session_id for entry in read_journals(tmp_path).dead] == [SPEC.session_id]


async def test_a_refused_create_leaves_the_pod_of_that_name_alone(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.errors["create_sent"] = [ConflictError("already exists", status=409)]
    await failure(session)
    await session.close()
    assert "delete" not in cluster.requests


async def test_a_pod_of_the_same_name_by_another_hand_is_not_ours(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    other = replace(cluster.pod, uid="another")
    cluster.pods[other.name] = other
    await session.close()
    assert list(cluster.pods.values()) == [other]


# Closing


async def test_closing_is_idempotent_also_at_the_same_time(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    reached = cluster.hold("delete")
    first, second = (asyncio.create_task(session.close()) for _ in range(2))
    await asyncio.wait_for(reached.wait(), LIMIT)
    assert state_of(session) is State.CLEANING
    cluster.gates["delete"].set()
    await asyncio.gather(first, second)
    await session.close()
    assert cluster.requests.count("delete") == 1
    assert state_of(session) is State.GONE
    assert is_over(session)


async def test_closing_goes_on_when_who_asked_for_it_is_cancelled(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    reached = cluster.hold("delete")
    closing = asyncio.create_task(session.close())
    await asyncio.wait_for(reached.wait(), LIMIT)
    closing.cancel()
    await asyncio.wait({closing})
    cluster.gates["delete"].set()
    await until(lambda: session.state is State.GONE)


async def test_a_session_that_was_never_started_closes(cluster: ScriptedCluster) -> None:
    session = Session(cluster.port, SPEC)
    await session.close()
    assert state_of(session) is State.GONE
    assert cluster.requests == []
    with pytest.raises(SessionError):
        await session.start((80, 25))


async def test_closing_ends_the_shells(session: Session, cluster: ScriptedCluster) -> None:
    channel = await launch(session, cluster)
    await session.close()
    assert cluster.channels[0].closed
    assert (await session.ended(channel)).end is ExecEnd.CLOSED


async def test_a_deletion_is_tried_again_while_the_api_server_is_away(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    cluster.errors["delete"] = [UnreachableError("no route"), ServerError("restarting", status=503)]
    await session.close()
    assert not cluster.pods


async def test_a_pod_that_stays_is_told_and_can_be_closed_again(
    session: Session, cluster: ScriptedCluster
) -> None:
    await launch(session, cluster)
    cluster.undeletable = True
    with pytest.raises(SessionError, match="still there") as left:
        await session.close()
    assert "kubectl delete pod -n hptui" in left.value.hint
    assert state_of(session) is State.FAILED
    assert not is_over(session)
    assert SPEC.pod_name in session.leftover
    cluster.undeletable = False
    await session.close()
    assert is_over(session)
    assert not cluster.pods


async def test_without_the_right_to_delete_that_is_said(session: Session, cluster: ScriptedCluster) -> None:
    await launch(session, cluster)
    cluster.errors["delete"] = [ForbiddenError("cannot delete pods", status=403)]
    with pytest.raises(SessionError, match="cannot delete pods"):
        await session.close()
