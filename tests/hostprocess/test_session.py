"""A session leaves nothing behind: whatever fails, whenever it is stopped, and however often it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hptui.cluster.model import (
    Condition,
    EventsSeen,
    ExecEnd,
    ExecExit,
    NodesChanged,
    PodGone,
    PodStatus,
)
from hptui.cluster.port import ExecChannel
from hptui.errors import (
    ConflictError,
    ExecError,
    ForbiddenError,
    LaunchError,
    PodSecurityError,
    ServerError,
    SessionError,
    UnreachableError,
)
from hptui.hostprocess import clean_up, pod_watch
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.states import MOVES, IllegalMoveError, check_move
from hptui.hostprocess.steps import StepName, StepState
from tests.hostprocess.recordings import events, nodes, pods
from tests.hostprocess.scripted import LIMIT, ScriptedCluster, until

SPEC = SessionSpec(node="win-2022-01", namespace="hptui", session_id="abcd2345")
EXITED = ExecExit(ExecEnd.EXITED, 0)


@pytest.fixture(autouse=True)
def _no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_up, "RETRY_DELAYS", (0.0, 0.0))
    monkeypatch.setattr(clean_up, "LATE_LOOK", 0.0)
    monkeypatch.setattr(pod_watch, "NODE_LOOK_DELAY", 0.0)


@pytest.fixture
async def cluster() -> ScriptedCluster:
    return ScriptedCluster()


@pytest.fixture
async def session(cluster: ScriptedCluster) -> AsyncIterator[Session]:
    session = Session(cluster.port, SPEC)
    yield session
    cluster.undeletable = False
    for gate in cluster.gates.values():
        gate.set()
    async with asyncio.timeout(LIMIT):
        await session.close()


async def launch(session: Session, cluster: ScriptedCluster) -> ExecChannel:
    """As far as the prompt."""
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    cluster.run_pod()
    async with asyncio.timeout(LIMIT):
        return await starting


async def failure(session: Session) -> LaunchError:
    with pytest.raises(LaunchError) as failed:
        async with asyncio.timeout(LIMIT):
            await session.start((80, 25))
    return failed.value


def state_of(session: Session) -> State:
    """Asked anew each time: to a type checker, an attribute stays what it was asserted to be."""
    return session.state


def is_over(session: Session) -> bool:
    return session.is_over


# Start


async def test_a_start_checks_creates_watches_and_attaches(
    session: Session, cluster: ScriptedCluster
) -> None:
    states: list[State] = []
    session.subscribe(lambda s: states.append(s.state))
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    for event in events("pod-life", "events-until-running"):
        cluster.event_feed.put(EventsSeen((event,)))
    await until(lambda: session.state is State.STARTING)
    assert "exec" not in cluster.requests  # the container isn't running yet
    cluster.run_pod()
    await starting
    assert list(dict.fromkeys(states)) == [State.PENDING, State.PULLING, State.STARTING, State.ATTACHED]
    assert {step.state for step in session.steps} == {StepState.DONE}
    assert cluster.commands == [("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "-NoLogo")]
    assert set(cluster.requests[:2]) == {"dry_run", "get_node"}


async def test_the_steps_show_what_is_under_way_and_the_newest_event(
    session: Session, cluster: ScriptedCluster
) -> None:
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    pulling = next(e for e in events("pod-life", "events-until-running") if e.reason == "Pulling")
    cluster.event_feed.put(EventsSeen((pulling,)))
    await until(lambda: session.state is State.PULLING)
    by_name = {step.name: step for step in session.steps}
    assert by_name[StepName.CREATED].state is StepState.DONE
    assert by_name[StepName.IMAGE].state is StepState.RUNNING
    assert by_name[StepName.IMAGE].seconds is not None
    assert by_name[StepName.PROMPT].state is StepState.WAITING
    assert session.newest_event == pulling
    cluster.run_pod()
    await starting


async def test_the_deadline_counts_from_the_kubelets_acknowledgement(
    session: Session, cluster: ScriptedCluster
) -> None:
    assert session.spec.deadline == 3600
    await launch(session, cluster)
    assert session.pod is not None
    assert session.pod.started is not None
    assert session.deadline is not None
    assert (session.deadline - session.pod.started).total_seconds() == 3600


async def test_warnings_of_the_api_server_are_kept(session: Session, cluster: ScriptedCluster) -> None:
    cluster.create_warnings = ("unknown field",)
    await launch(session, cluster)
    assert session.warnings == ("unknown field",)


async def test_without_the_right_to_see_events_it_starts_all_the_same(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.event_feed.put(ForbiddenError("events is forbidden", status=403))
    await launch(session, cluster)
    assert state_of(session) is State.ATTACHED
    assert session.warnings == ("Events cannot be seen: events is forbidden",)


async def test_without_the_right_to_see_nodes_it_starts_all_the_same(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.errors["get_node"] = [ForbiddenError("nodes is forbidden", status=403)]
    await launch(session, cluster)
    assert "nodes is forbidden" in session.warnings[0]


async def test_a_session_starts_once(session: Session, cluster: ScriptedCluster) -> None:
    await launch(session, cluster)
    with pytest.raises(SessionError, match="only once"):
        await session.start((80, 25))


# Failures


async def test_a_refusal_of_the_dry_run_ends_it_before_anything_exists(
    session: Session, cluster: ScriptedCluster
) -> None:
    words = 'violates PodSecurity "baseline:latest": host namespaces'
    cluster.errors["dry_run"] = [PodSecurityError(words, status=403)]
    error = await failure(session)
    assert error.step == StepName.CHECKED
    assert error.heading == PodSecurityError.title
    assert error.words == (words,)
    assert state_of(session) is State.FAILED
    assert [s.state for s in session.steps][:2] == [StepState.FAILED, StepState.WAITING]
    await session.close()
    assert state_of(session) is State.GONE
    assert not {"create_sent", "delete"} & set(cluster.requests)


async def test_an_unable_node_is_refused_with_all_reasons(cluster: ScriptedCluster) -> None:
    cluster.node = replace(cluster.node, kubelet_version="v1.22.1", container_runtime="docker://20.10.9")
    session = Session(cluster.port, SPEC)
    error = await failure(session)
    assert error.heading == "This node cannot run HostProcess"
    assert "1.22" in error.message
    assert "docker" in error.words[0]
    await session.close()


async def test_a_group_on_an_old_containerd_is_refused(cluster: ScriptedCluster) -> None:
    cluster.node = replace(cluster.node, container_runtime="containerd://1.6.20")
    session = Session(cluster.port, replace(SPEC, account=parse_account("operators")))
    assert "local group" in (await failure(session)).message
    await session.close()


async def test_who_insists_may_try_an_unable_node(cluster: ScriptedCluster) -> None:
    cluster.node = nodes()["win-2019-03"]
    session = Session(cluster.port, SPEC, insist=True)
    await launch(session, cluster)
    assert state_of(session) is State.ATTACHED
    await session.close()


@pytest.mark.parametrize(
    ("recording", "title"),
    [
        ("bad-account", "The account cannot be used"),
        ("wrong-image-for-build", "The image does not fit the node's Windows build"),
        ("deadline-exceeded", None),
        ("exit-1", None),
    ],
)
async def test_recorded_failures_end_the_launch_and_leave_no_pod(
    session: Session, cluster: ScriptedCluster, recording: str, title: str | None
) -> None:
    """Those without a title ran for a moment, so they may as well have been attached first."""
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    for pod in pods("pod-failures", recording):
        cluster.show(pod)
    if title is None:
        await starting
        await until(lambda: session.state is State.ENDED)
        assert session.error is not None
    else:
        with pytest.raises(LaunchError) as failed:
            await starting
        assert failed.value.heading == title
        assert state_of(session) is State.FAILED
        assert session.error is failed.value
    await session.close()
    assert not cluster.pods


async def test_a_sandbox_failure_that_only_the_events_show(
    session: Session, cluster: ScriptedCluster
) -> None:
    name = "sandbox-failure-containerd-1.5"
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    cluster.show(pods("pod-failures", name)[-1])
    for event in events("pod-failures", f"{name}-events"):
        cluster.event_feed.put(EventsSeen((event,)))
    with pytest.raises(LaunchError, match="could not set the pod up"):
        await starting


async def test_a_node_that_goes_away_while_it_is_waited_for(
    session: Session, cluster: ScriptedCluster
) -> None:
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: any(r.startswith("watch_nodes") for r in cluster.requests))
    assert "watch_nodes kubernetes.io/hostname=win-2022-01" in cluster.requests
    silent = Condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    cluster.node_feed.put(NodesChanged((replace(cluster.node, conditions=(silent,)),)))
    with pytest.raises(LaunchError) as failed:
        await starting
    assert failed.value.heading == "The node is gone"
    assert failed.value.words == ("Kubelet stopped posting node status.",)


async def test_a_pod_that_somebody_deletes_while_it_starts(
    session: Session, cluster: ScriptedCluster
) -> None:
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    cluster.pod_feed.put(PodGone(cluster.pod))
    with pytest.raises(LaunchError) as failed:
        await starting
    assert failed.value.heading == "The pod was deleted"


async def test_an_exec_that_is_refused_fails_at_the_prompt(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.errors["exec"] = [ExecError('container not found ("shell")')]
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    cluster.run_pod()
    with pytest.raises(LaunchError) as failed:
        await starting
    assert failed.value.step == StepName.PROMPT
    await session.close()
    assert not cluster.pods


async def test_a_watch_that_is_forbidden_fails_the_launch(session: Session, cluster: ScriptedCluster) -> None:
    cluster.pod_feed.put(ForbiddenError("cannot watch pods", status=403))
    error = await failure(session)
    assert error.words == ("cannot watch pods",)


# Stopping in the middle

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


# Losing, ending and attaching again


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


# Telling


async def test_who_unsubscribes_hears_no_more(session: Session, cluster: ScriptedCluster) -> None:
    heard: list[State] = []
    unsubscribe = session.subscribe(lambda s: heard.append(s.state))
    unsubscribe()
    unsubscribe()
    await launch(session, cluster)
    assert heard == []


@pytest.mark.parametrize("old", list(State))
def test_only_the_moves_of_the_table_are_made(old: State) -> None:
    for new in State:
        if new in MOVES[old]:
            check_move(old, new)
        else:
            with pytest.raises(IllegalMoveError):
                check_move(old, new)


def test_every_state_but_gone_can_be_left_towards_gone() -> None:
    for state in State:
        seen, todo = set(), {state}
        while todo:
            here = todo.pop()
            seen.add(here)
            todo |= MOVES[here] - seen
        assert State.GONE in seen
    assert MOVES[State.GONE] == frozenset()
