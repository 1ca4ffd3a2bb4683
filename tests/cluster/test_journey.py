"""The whole way on the simulated cluster: nodes, a pod, its log, events and usage, an exec, faults, and the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hptui.cluster.model import (
    EventsSeen,
    ExecEnd,
    ExecStream,
    Live,
    LogEnded,
    LogLines,
    NodesChanged,
    PodGone,
    Stale,
)
from hptui.demo.cluster import SimulatedCluster
from hptui.errors import CredentialsError, ForbiddenError, PodSecurityError, QuotaError, UnavailableError
from tests.cluster.conftest import Join, until
from tests.cluster.launching import launched, pod, running, windows_node


async def test_create_watch_exec_log_usage_delete(simulated: SimulatedCluster, join: Join) -> None:
    cluster = await join()
    info = await cluster.identify()
    assert info.version.startswith("v1.")
    assert info.user == "admin"
    manifest = pod("way", await windows_node(cluster))
    await cluster.dry_run_pod("hptui", manifest)
    assert not simulated.pods("hptui")
    created = await cluster.create_pod("hptui", manifest)
    await running(cluster, "way")

    log = cluster.follow_log("hptui", "way", container="shell")
    beats: list[str] = []
    async with asyncio.timeout(20):
        async for update in log:
            if isinstance(update, LogLines):
                beats.extend(line.text for line in update.lines)
                if len(beats) >= 5:
                    log.close()
    assert beats[:5] == [f"heartbeat {i} of way on {manifest['spec']['nodeName']}" for i in range(1, 6)]

    events = cluster.watch_events("hptui", name="way", uid=created.pod.uid)
    reasons: set[str] = set()
    async with asyncio.timeout(20):
        async for seen in events:
            if isinstance(seen, EventsSeen):
                reasons |= {event.reason for event in seen.events}
                if {"Created", "Started"} <= reasons:
                    events.close()
    assert [event.reason for event in await cluster.list_events("hptui", name="way")]

    channel = await cluster.exec("hptui", "way", ["whoami"])
    output = b""
    while pieces := await channel.read():
        output += b"".join(piece.data for piece in pieces if piece.stream is ExecStream.STDOUT)
    assert output.strip() == b"nt authority\\system"
    assert (await channel.wait()).end is ExecEnd.EXITED
    failing = await cluster.exec("hptui", "way", ["powershell.exe", "-Command", "exit 3010"])
    assert (await failing.wait()).code == 3010

    usage = await cluster.node_usage()
    assert usage[manifest["spec"]["nodeName"]].memory > 0

    watching = cluster.watch_pod("hptui", "way")
    assert await cluster.delete_pod("hptui", "way", uid=created.pod.uid)
    async with asyncio.timeout(20):
        last = [update async for update in watching][-1]
    assert isinstance(last, PodGone)
    assert not simulated.pods("hptui")


async def test_a_terminal_in_a_pod(join: Join) -> None:
    cluster = await join()
    await launched(cluster, "term")
    channel = await cluster.exec(
        "hptui", "term", ["powershell.exe", "-NoLogo"], tty=True, stdin=True, size=(100, 30)
    )
    shown = b""
    async with asyncio.timeout(20):
        while b"PS C:\\" not in shown:
            shown += b"".join(piece.data for piece in await channel.read())
        channel.write(b"whoami\r")
        while b"nt authority\\system" not in shown:
            shown += b"".join(piece.data for piece in await channel.read())
        channel.resize(120, 40)
        channel.write(b"exit 7\r")
        assert (await channel.wait()).code == 7


async def test_the_fleet_is_live_over_a_restart(simulated: SimulatedCluster, join: Join) -> None:
    cluster = await join()
    stream = cluster.watch_nodes()
    states: list[Live | Stale] = []
    names: set[str] = set()

    async def watch() -> None:
        async for update in stream:
            if isinstance(update, NodesChanged):
                names.update(node.name for node in update.changed)
            else:
                states.append(update)

    task = asyncio.create_task(watch())
    await until(lambda: states, "the first state")
    assert names
    await simulated.restart(downtime=0.2)
    await until(lambda: len(states) >= 3 and isinstance(states[-1], Live), "the state after the restart")
    assert isinstance(states[1], Stale)
    stream.close()
    await task


async def test_a_dropped_exec_is_lost_and_never_a_certain_success(
    simulated: SimulatedCluster, join: Join
) -> None:
    cluster = await join()
    await launched(cluster, "drop")
    for how in ("abrupt", "clean", "lying"):
        channel = await cluster.exec("hptui", "drop", ["powershell.exe"], tty=True, stdin=True)
        await channel.read()
        assert simulated.drop_execs(how) == 1
        ended = await channel.wait()
        assert not ended.certain, how
        assert how == "lying" or ended.end is ExecEnd.LOST


async def test_the_end_of_the_pod_ends_exec_and_log(join: Join) -> None:
    cluster = await join()
    created = await launched(cluster, "gone")
    channel = await cluster.exec("hptui", "gone", ["powershell.exe"], tty=True, stdin=True)
    log = cluster.follow_log("hptui", "gone")
    updates: list[Any] = []

    async def follow() -> None:
        async for update in log:
            updates.append(update)

    task = asyncio.create_task(follow())
    await until(lambda: updates, "the log")
    assert await cluster.delete_pod("hptui", "gone", uid=created.pod.uid)
    async with asyncio.timeout(20):
        await task
        assert (await channel.wait()).end in (ExecEnd.KILLED, ExecEnd.LOST)
    assert isinstance(updates[-1], LogEnded)


async def test_an_expired_token_is_said_plainly(simulated: SimulatedCluster, join: Join) -> None:
    cluster = await join("operator")
    assert (await cluster.may("create", "pods/exec", namespace="hptui")).allowed
    assert not (await cluster.may("get", "nodes/proxy")).allowed
    simulated.expire_token("operator")
    with pytest.raises(CredentialsError):
        await cluster.list_nodes()


async def test_refusals_are_told_apart(join: Join) -> None:
    cluster = await join("operator")
    with pytest.raises(PodSecurityError):
        await cluster.dry_run_pod("locked", pod("x"))
    with pytest.raises(ForbiddenError):
        await cluster.list_pods(labels="app=journey")
    await cluster.create_pod("tight", pod("first", await windows_node(cluster)))
    with pytest.raises(QuotaError):
        await cluster.dry_run_pod("tight", pod("second"))


@pytest.mark.parametrize("state", ["absent", "down", "gone"])
async def test_without_metrics_usage_says_why(simulated: SimulatedCluster, join: Join, state: str) -> None:
    simulated.faults.metrics = state
    with pytest.raises(UnavailableError) as caught:
        await (await join()).node_usage()
    assert caught.value.hint


async def test_a_pod_that_stays_terminating_is_reported(simulated: SimulatedCluster, join: Join) -> None:
    cluster = await join()
    created = await launched(cluster, "stuck")
    simulated.faults.delete = "stuck"
    assert await cluster.delete_pod("hptui", "stuck", uid=created.pod.uid, limit=0.5) is False
