"""Sessions on the simulated cluster, over the real client: every account, the first process's own words, faults, clean-up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import Any

import pytest

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.model import LogLines
from hptui.cluster.port import Cluster, ExecChannel
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.errors import LaunchError, PodSecurityError, QuotaError, SessionError
from hptui.hostprocess import clean_up
from hptui.hostprocess.account import BUILT_IN_ACCOUNTS, SYSTEM, Account, AdminExpected, parse_account
from hptui.hostprocess.images import own_image
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session, State
from hptui.hostprocess.sweep import find_sessions, remove_found

LIMIT = 40.0
"""Seconds that anything may take on a busy machine."""

NODE = "akswin22000000"

TERMINAL = b"\x1b[?61;4c"
"""A terminal's answer to ConPTY's question what it is; ConPTY waits for it before it lets anything through."""


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


@pytest.fixture
async def cluster(simulated: SimulatedCluster) -> AsyncIterator[Cluster]:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig), request_timeout=3.0))
    yield cluster
    await cluster.close()


def spec(**changes: Any) -> SessionSpec:
    usual: dict[str, Any] = {"node": NODE, "namespace": "hptui", "session_id": new_session_id()}
    return SessionSpec(**usual | changes)


@asynccontextmanager
async def session_of(cluster: Cluster, wanted: SessionSpec) -> AsyncIterator[Session]:
    session = Session(cluster, wanted)
    try:
        async with asyncio.timeout(LIMIT):
            yield session
    finally:
        await session.close()


async def first_words(cluster: Cluster, session: Session) -> dict[str, str]:
    """What the pod's first process says of itself, by its name there."""
    said: dict[str, str] = {}
    with closing(cluster.follow_log("hptui", session.spec.pod_name)) as stream:
        async for update in stream:
            if isinstance(update, LogLines):
                for line in update.lines:
                    name, colon, value = line.text.partition(": ")
                    said[name if colon else "first line"] = value if colon else line.text
            if "time" in said:
                return said
    return said


async def output_of(channel: ExecChannel) -> str:
    return "".join([piece.data.decode() async for piece in _pieces(channel)])


async def _pieces(channel: ExecChannel) -> AsyncIterator[Any]:
    while pieces := await channel.read():
        for piece in pieces:
            yield piece


@pytest.mark.parametrize(
    ("account", "sid"),
    [(account, f"S-1-5-{18 + number}") for number, account in enumerate(BUILT_IN_ACCOUNTS)],
    ids=lambda value: value.label if isinstance(value, Account) else "",
)
async def test_the_pods_log_says_who_it_is_and_whether_that_is_an_administrator(
    cluster: Cluster, simulated: SimulatedCluster, account: Account, sid: str
) -> None:
    async with session_of(cluster, spec(account=account)) as session:
        channel = await session.start(command=("whoami",), tty=False, stdin=False)
        assert account.name.rpartition("\\")[2].replace(" ", "").lower() in (
            (await output_of(channel)).replace(" ", "").lower()
        )
        said = await first_words(cluster, session)
    assert said["first line"] == "hptui first process 1"
    assert said["SID"] == sid
    assert said["administrator"].partition(",")[0] == (
        "yes" if account.admin_expected is AdminExpected.YES else "no"
    )
    assert said["machine"] == NODE.upper()
    assert said["windows"].startswith("10.0.20348")
    assert said["powershell"].startswith("5.1")
    assert simulated.pods() == []


async def test_a_member_of_a_local_group(cluster: Cluster) -> None:
    async with session_of(cluster, spec(account=parse_account("Users"))) as session:
        await session.start(command=("whoami",), tty=False, stdin=False)
        said = await first_words(cluster, session)
    assert said["user"].startswith(f"{NODE.upper()}\\")
    assert said["administrator"].startswith("no, ")


async def test_an_interactive_shell_and_a_second_one_beside_it(cluster: Cluster) -> None:
    async with session_of(cluster, spec()) as session:
        first = await session.start((80, 25))
        second = await session.attach((80, 25))
        assert session.state is State.ATTACHED
        for channel in (first, second):
            channel.write(TERMINAL + b"exit 4\r")
        shown = await asyncio.gather(output_of(first), output_of(second))
        assert all("PS C:\\" in text for text in shown)
        assert [(await session.ended(channel)).code for channel in (first, second)] == [4, 4]
        assert session.can_attach


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"account": replace(SYSTEM, name="no-such-group")}, "The account cannot be used"),
        ({"image": own_image("registry.invalid/x:1")}, "The image cannot be pulled"),
        (
            {"image": own_image("registry.example.com/private/tool:1")},
            "The registry refused to hand out the image",
        ),
        (
            {"image": own_image("mcr.microsoft.com/powershell:lts-nanoserver-1809")},
            "The image does not fit the node's Windows build",
        ),
        ({"namespace": "locked"}, PodSecurityError.title),
        ({"node": "rke2-win-03"}, "This node cannot run HostProcess"),
        ({"node": "no-such-node"}, "No such node"),
    ],
)
async def test_failures_say_why_and_leave_nothing(
    cluster: Cluster, simulated: SimulatedCluster, changes: dict[str, Any], title: str
) -> None:
    async with session_of(cluster, spec(**changes)) as session:
        with pytest.raises(LaunchError) as failed:
            await session.start((80, 25))
        assert session.state is State.FAILED
    assert failed.value.heading == title
    assert failed.value.hint
    assert simulated.pods() == []


async def test_a_used_up_quota(cluster: Cluster) -> None:
    async with session_of(cluster, spec(namespace="tight")) as first:
        await first.start((80, 25))
        async with session_of(cluster, spec(namespace="tight")) as second:
            with pytest.raises(LaunchError) as failed:
                await second.start((80, 25))
    assert failed.value.heading == QuotaError.title


async def test_an_old_containerd_fails_in_its_events_only(cluster: Cluster) -> None:
    wanted = spec(node="ip-10-0-42-203.eu-central-1.compute.internal")
    session = Session(cluster, wanted, insist=True)
    try:
        with pytest.raises(LaunchError) as failed:
            async with asyncio.timeout(LIMIT):
                await session.start((80, 25))
    finally:
        await session.close()
    assert failed.value.heading == "The pod's sandbox cannot be made"


async def test_the_deadline_ends_it(cluster: Cluster) -> None:
    async with session_of(cluster, spec(deadline=1)) as session:
        ended = asyncio.Event()
        session.subscribe(lambda s: ended.set() if s.state is State.ENDED and s.error else None)
        await session.start((80, 25))
        await ended.wait()
        assert session.error is not None
        assert session.error.heading == "The deadline has passed"
        assert not session.can_attach, "nobody is offered a shell in a pod that is over"


async def test_a_dropped_exec_is_lost_and_the_pod_can_be_attached_again(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    async with session_of(cluster, spec()) as session:
        lost = asyncio.Event()
        session.subscribe(lambda s: lost.set() if s.state is State.LOST else None)
        await session.start((80, 25))
        simulated.drop_execs("abrupt")
        await lost.wait()
        channel = await session.attach((80, 25))
        channel.write(TERMINAL + b"exit 0\r")
        await output_of(channel)
        assert (await session.ended(channel)).code == 0


async def test_a_shell_that_prints_for_ever_to_nobody_holds_nothing_up() -> None:
    """Its client gone, it waits for a reader; what kills it must not wait for its last words."""
    simulated = SimulatedCluster(pace=brisk())
    await simulated.start()
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig), request_timeout=3.0))
    async with asyncio.timeout(LIMIT):
        session = Session(cluster, spec())
        shell = await session.start((80, 25))
        shell.write(TERMINAL + b"ping -t localhost\r")
        seen = ""
        while "Reply" not in seen:
            pieces = await shell.read()
            assert pieces, seen
            seen += b"".join(piece.data for piece in pieces).decode()
        assert simulated.drop_execs("abrupt") == 1
        await cluster.close()
        await simulated.stop()


async def test_a_create_that_is_never_answered_leaves_nothing(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    simulated.faults.create = "hang"
    async with session_of(cluster, spec()) as session:
        with pytest.raises(LaunchError):
            await session.start((80, 25))
        assert len(simulated.pods()) == 1
    assert simulated.pods() == []


async def test_a_pod_that_stays_is_told(
    cluster: Cluster, simulated: SimulatedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_up, "GONE_LIMIT", 0.3)
    async with session_of(cluster, spec()) as session:
        await session.start((80, 25))
        simulated.faults.delete = "stuck"
        with pytest.raises(SessionError, match="still there"):
            await session.close()
        assert session.leftover
        simulated.faults.delete = "ok"


async def test_closing_outlives_a_restart_of_the_api_server(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    async with session_of(cluster, spec()) as session:
        await session.start((80, 25))
        restarting = asyncio.create_task(simulated.restart(downtime=0.2))
        await session.close()
        await restarting
    assert simulated.pods() == []


async def test_a_session_on_a_node_that_goes_away_is_lost_and_its_pod_removed_all_the_same(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    async with session_of(cluster, spec()) as session:
        lost = asyncio.Event()
        session.subscribe(lambda s: lost.set() if s.state is State.LOST else None)
        await session.start((80, 25))
        simulated.node_down(NODE)
        await lost.wait()
    assert session.state is State.GONE
    assert simulated.pods() == []


async def test_without_a_valid_token_the_leftover_is_told(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    session = Session(cluster, spec())
    await session.start((80, 25))
    simulated.expire_token()
    with pytest.raises(SessionError, match="could not be removed") as left:
        async with asyncio.timeout(LIMIT):
            await session.close()
    assert session.spec.pod_name in left.value.hint
    assert re.search(r"--grace-period=0 --force --context \S+ --kubeconfig \S+$", left.value.hint), (
        "it can be copied as it stands"
    )
    assert session.state is State.FAILED


async def test_what_was_left_behind_is_found_with_its_owner_and_removed(
    cluster: Cluster, simulated: SimulatedCluster
) -> None:
    wanted = spec(who="bob", where_from="bob@desk", reason="ticket 4711", deadline=900)
    async with session_of(cluster, wanted) as session:
        await session.start((80, 25))
        for namespaces in (None, ["hptui"]):
            (found,) = await find_sessions(cluster, namespaces)
            assert (found.name, found.owner, found.reason) == (wanted.pod_name, "bob", "ticket 4711")
            assert (found.node, found.account, found.session_id) == (
                NODE,
                SYSTEM.name,
                wanted.session_id,
            )
            assert found.deadline == session.deadline
        assert await find_sessions(cluster, ["kube-system"]) == ()
        assert await remove_found(cluster, found)
        assert simulated.pods() == []
