"""A session starts in steps that can be watched, and every failure is told at its step."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hptui.cluster.model import (
    Condition,
    EventsSeen,
    NodesChanged,
    PodGone,
)
from hptui.errors import (
    ExecError,
    ForbiddenError,
    LaunchError,
    PodSecurityError,
    SessionError,
)
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.states import MOVES, IllegalMoveError, check_move
from hptui.hostprocess.steps import StepName, StepState
from tests.hostprocess.recordings import events, nodes, pods
from tests.hostprocess.scripted import SPEC, ScriptedCluster, failure, launch, state_of, until


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
    (command,) = cluster.commands
    assert command[:2] == ("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "-NoLogo")
    assert command[2:4] == ("-NoExit", "-Command")
    assert command[4].startswith("#hptui-")  # a comment, by which its process is found again
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
    (warning,) = session.warnings
    assert warning.startswith("Events cannot be seen. A right is missing: events is forbidden. ")


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


@pytest.mark.parametrize(
    ("verb", "resource"),
    [("delete", "pods"), ("watch", "pods"), ("get", "pods/exec"), ("create", "pods/exec")],
)
@pytest.mark.parametrize("insist", [False, True])
async def test_a_pod_that_could_not_be_used_and_ended_is_never_made(
    cluster: ScriptedCluster, verb: str, resource: str, insist: bool
) -> None:
    cluster.denied.add((verb, resource))
    session = Session(cluster.port, SPEC, insist=insist)
    error = await failure(session)
    assert error.step is StepName.CHECKED
    assert f"You may not {verb} {resource} in namespace" in error.message
    assert f"--verb={verb} --resource={resource} && kubectl create rolebinding" in error.hint
    assert error.hint.endswith("--user=jane")
    assert not any(request.startswith("create") for request in cluster.requests)
    await session.close()


async def test_where_rights_cannot_be_asked_about_that_is_a_warning(
    session: Session, cluster: ScriptedCluster
) -> None:
    cluster.errors["may"] = [ForbiddenError("selfsubjectaccessreviews is forbidden")]
    await launch(session, cluster)
    assert state_of(session) is State.ATTACHED
    assert any("could not be asked" in warning for warning in session.warnings)


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
