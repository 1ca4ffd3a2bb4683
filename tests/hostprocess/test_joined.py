"""A session in a pod that another hptui made: entered only while it runs, and never deleted unless that is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hptui.cluster.model import PodStatus
from hptui.errors import AccountError, LaunchError, SessionError, UsageError
from hptui.hostprocess.joined import JoinedSession, spec_of
from hptui.hostprocess.session import Session, State
from tests.hostprocess.scripted import LIMIT, SPEC, ScriptedCluster, launch, state_of


@pytest.fixture
async def pod(session: Session, cluster: ScriptedCluster) -> PodStatus:
    """Of the other hptui, running."""
    await launch(session, cluster)
    return cluster.pod


@pytest.fixture
async def joined(pod: PodStatus, cluster: ScriptedCluster) -> AsyncIterator[JoinedSession]:
    joined = JoinedSession(cluster.port, pod)
    yield joined
    async with asyncio.timeout(LIMIT):
        await joined.close()


async def test_a_shell_is_opened_in_the_pod_as_it_is_and_letting_go_leaves_it(
    joined: JoinedSession, cluster: ScriptedCluster, session: Session
) -> None:
    created = cluster.requests.count("create_sent")
    await joined.start((80, 25))
    assert state_of(joined) is State.ATTACHED
    assert joined.spec.pod_name == session.spec.pod_name
    assert cluster.requests.count("create_sent") == created, "nothing is created"
    await joined.close()
    assert state_of(joined) is State.LEFT
    assert joined.is_over
    assert cluster.channels[-1].closed
    assert "delete" not in cluster.requests
    assert session.state is State.ATTACHED


async def test_the_pod_is_deleted_when_that_is_said_also_after_it_was_let_go_of(
    joined: JoinedSession, cluster: ScriptedCluster
) -> None:
    await joined.start((80, 25))
    await joined.close()
    await joined.delete_pod()
    assert joined.state is State.GONE
    assert not cluster.pods
    requests = len(cluster.requests)
    await joined.close()
    assert len(cluster.requests) == requests, "closing it again does nothing"


async def test_a_pod_that_is_gone_or_ends_is_not_entered(
    joined: JoinedSession, cluster: ScriptedCluster, session: Session
) -> None:
    await session.close()
    with pytest.raises(LaunchError, match="It was deleted"):
        await joined.start((80, 25))
    assert joined.state is State.FAILED


async def test_another_pod_of_that_name_is_not_entered(
    joined: JoinedSession, cluster: ScriptedCluster
) -> None:
    cluster.pods[cluster.pod.name] = replace(cluster.pod, uid="another")
    with pytest.raises(LaunchError, match="being deleted, or has been"):
        await joined.start((80, 25))


async def test_a_pod_that_does_not_run_is_not_entered(
    joined: JoinedSession, cluster: ScriptedCluster
) -> None:
    cluster.pods[cluster.pod.name] = replace(cluster.pod, containers=())
    with pytest.raises(LaunchError, match="does not run"):
        await joined.start((80, 25))


async def test_the_choices_that_made_the_pod_are_read_from_it(pod: PodStatus) -> None:
    account = "NT AUTHORITY\\SYSTEM"
    found = spec_of(replace(pod, account=account, deadline_seconds=1234))
    assert (found.node, found.namespace, found.session_id) == (SPEC.node, SPEC.namespace, SPEC.session_id)
    assert found.account.name == account
    assert found.deadline == 1234


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {}},
        {"labels": {"hptui.io/session": "../../etc"}},
        {"name": "kube-proxy"},
        {"account": "CONTOSO\\admin"},
        {"account": ""},
        {"containers": ()},
    ],
)
async def test_a_pod_that_no_hptui_made_is_refused(pod: PodStatus, changes: dict[str, object]) -> None:
    with pytest.raises((UsageError, SessionError, AccountError)):
        spec_of(replace(pod, **changes))  # type: ignore[arg-type]


def test_of_several_tabs_the_last_one_ends_it(session: Session) -> None:
    session.hold()
    session.hold()
    assert [session.is_shared, session.release(), session.is_shared, session.release()] == [
        True, False, False, True,
    ]  # fmt: skip
