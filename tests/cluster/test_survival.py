"""What a session meets while it is open: idle cuts, a sleep, another address, an API server that restarts.

In each case the nodes, the log and the usage go on by themselves, without a loss or a repeat, and an exec says what became of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from hptui.cluster import pulse, waking
from hptui.cluster.model import ExecEnd, Live, LogLines, NodesChanged, Stale
from hptui.cluster.port import Cluster, ExecChannel, Stream
from hptui.demo.cluster import SimulatedCluster
from hptui.errors import UnreachableError
from tests.cluster.conftest import Join, until
from tests.cluster.launching import launched, pod
from tests.cluster.link import Link

NODE = "akswin22000001"
SHELL = ["powershell.exe", "-NoLogo"]
HOUR = 3600.0


@pytest.fixture
async def link(simulated: SimulatedCluster) -> AsyncIterator[Link]:
    async with Link(int(simulated.server.rpartition(":")[2])) as link:
        yield link


@dataclass
class Watched:
    """What a person would see: the nodes, the pod's log and a shell."""

    cluster: Cluster
    shell: ExecChannel
    states: list[Live | Stale] = field(default_factory=list)
    ready: dict[str, bool] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    streams: list[Stream[object]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        nodes, log = self.cluster.watch_nodes(), self.cluster.follow_log("hptui", "way")
        self.streams += [nodes, log]

        async def see_nodes() -> None:
            async for update in nodes:
                if isinstance(update, NodesChanged):
                    self.ready.update({node.name: node.is_ready for node in update.changed})
                else:
                    self.states.append(update)

        async def see_log() -> None:
            async for update in log:
                if isinstance(update, LogLines):
                    self.lines.extend(line.text for line in update.lines)

        self.tasks += [asyncio.create_task(see_nodes()), asyncio.create_task(see_log())]

    @property
    def live(self) -> bool:
        return bool(self.states) and isinstance(self.states[-1], Live)

    def check_log(self) -> None:
        """Neither a loss nor a repeat."""
        numbers = [int(line.split()[1]) for line in self.lines]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.fixture
async def watch(join: Join, link: Link) -> AsyncIterator[Callable[..., Awaitable[Watched]]]:
    begun: list[Watched] = []

    async def to(**options: float) -> Watched:
        cluster = await join(port=link.port, **options)
        await launched(cluster, "way")
        shell = await cluster.exec("hptui", "way", SHELL, tty=True, stdin=True)
        watched = Watched(cluster, shell)
        begun.append(watched)
        watched.begin()
        await until(lambda: watched.live and len(watched.lines) > 3, "nodes and a log")
        return watched

    yield to
    for one in begun:
        for stream in one.streams:
            stream.close()
        await asyncio.gather(*one.tasks)


async def answer_of(shell: ExecChannel, command: str, expected: bytes) -> None:
    shell.write(f"{command}\r".encode())
    shown = b""
    async with asyncio.timeout(20):
        while expected not in shown:
            pieces = await shell.read()
            assert pieces, f"the shell has ended: {shown!r}"
            shown += b"".join(piece.data for piece in pieces)


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """This machine sleeps for an hour: its timers stand still, and the wall clock has jumped."""
    slept = 0.0
    monkeypatch.setattr(waking, "EVERY", 0.02)
    monkeypatch.setattr(waking, "wall_clock", lambda: time.time() + slept)

    def sleep() -> None:
        nonlocal slept
        slept += HOUR

    return sleep


async def resumes(watched: Watched, simulated: SimulatedCluster) -> None:
    """Everything is live again, with what happened meanwhile."""
    simulated.node_down(NODE)
    await until(lambda: watched.live and watched.ready.get(NODE) is False, "the node that went away")
    lines = len(watched.lines)
    await until(lambda: len(watched.lines) > lines + 3, "the log to go on")
    watched.check_log()
    assert (await watched.cluster.node_usage())["akswin22000000"].memory > 0


async def test_pings_keep_an_idle_shell_open_through_a_proxy_that_cuts(
    simulated: SimulatedCluster, join: Join, link: Link
) -> None:
    """The proxy that drops after four minutes, in two seconds."""
    pinging, silent = (
        await join(port=link.port, ping_interval=0.1),
        await join(port=link.port, ping_interval=0),
    )
    await launched(pinging, "way")
    alive = await pinging.exec("hptui", "way", SHELL, tty=True, stdin=True)
    link.idle = 2
    lost = await silent.exec("hptui", "way", SHELL, tty=True, stdin=True)
    assert (await lost.wait()).end is ExecEnd.LOST
    await answer_of(alive, "whoami", b"system")


async def test_a_watch_ends_before_a_proxy_cuts_it(
    simulated: SimulatedCluster, join: Join, link: Link
) -> None:
    cluster = await join(port=link.port, watch_seconds=1)
    link.idle = 4
    stream = cluster.watch_nodes()
    states: list[object] = []

    async def see() -> None:
        states.extend([update async for update in stream if not isinstance(update, NodesChanged)])

    task = asyncio.create_task(see())
    asked = simulated.counts.requests
    await until(lambda: asked["GET /api/v1/nodes"] >= 5, "the watch to be asked for anew")
    stream.close()
    await task
    assert [type(state) for state in states] == [Live]
    assert link.resets == 0


async def test_connections_that_are_cut_again_and_again(
    simulated: SimulatedCluster, watch: Callable[..., Awaitable[Watched]], link: Link
) -> None:
    watched = await watch()
    for _ in range(3):
        lines = len(watched.lines)
        link.cut()
        await until(lambda lines=lines: len(watched.lines) > lines + 3, "the log to go on")  # type: ignore[misc]
    assert (await watched.shell.wait()).end is ExecEnd.LOST
    await resumes(watched, simulated)
    reasons = {state.reason for state in watched.states if isinstance(state, Stale)}
    assert reasons
    assert not any("literal" in reason for reason in reasons), "in words of ours"


async def test_another_address_black_holes_what_was_connected(
    simulated: SimulatedCluster, watch: Callable[..., Awaitable[Watched]], link: Link
) -> None:
    watched = await watch(watch_seconds=1, request_timeout=1, ping_interval=0.1)
    link.swallow()
    assert (await watched.shell.wait()).end is ExecEnd.LOST
    await until(lambda: len(watched.states) >= 3 and watched.live, "the nodes to be stale, then live")
    await resumes(watched, simulated)


async def test_a_key_finds_out_that_a_shell_is_dead(
    watch: Callable[..., Awaitable[Watched]], link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before the next ping is due."""
    monkeypatch.setattr(pulse, "QUIET", 0.0)
    monkeypatch.setattr(pulse, "LONGEST", 0.2)
    watched = await watch(ping_interval=200)
    link.swallow()
    watched.shell.write(b"whoami\r")
    async with asyncio.timeout(20):
        assert (await watched.shell.wait()).end is ExecEnd.LOST


async def test_an_hours_sleep_with_every_connection_dead(
    simulated: SimulatedCluster,
    watch: Callable[..., Awaitable[Watched]],
    link: Link,
    sleep: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everything asks anew at once: no time limit of minutes has to pass."""
    monkeypatch.setattr(pulse, "LONGEST", 0.3)
    watched = await watch(watch_seconds=600, request_timeout=60, ping_interval=200)
    link.swallow()
    sleep()
    async with asyncio.timeout(20):
        assert (await watched.shell.wait()).end is ExecEnd.LOST
    await resumes(watched, simulated)
    stale = next(state for state in watched.states if isinstance(state, Stale))
    assert "slept" in stale.reason


async def test_a_sleep_that_the_connections_outlived(
    simulated: SimulatedCluster, watch: Callable[..., Awaitable[Watched]], sleep: Callable[[], None]
) -> None:
    watched = await watch(watch_seconds=600, ping_interval=200)
    sleep()
    await until(lambda: len(watched.states) >= 3 and watched.live, "the nodes to be asked for anew")
    await resumes(watched, simulated)
    await answer_of(watched.shell, "whoami", b"system")


async def test_who_waits_for_the_next_try_tries_at_once_after_a_sleep(
    simulated: SimulatedCluster,
    watch: Callable[..., Awaitable[Watched]],
    sleep: Callable[[], None],
) -> None:
    watched = await watch(retry_first=3600, retry_longest=3600)
    await simulated.restart()
    await until(lambda: not watched.live, "the nodes to be stale")
    sleep()
    await resumes(watched, simulated)


async def test_the_api_server_restarts(
    simulated: SimulatedCluster, watch: Callable[..., Awaitable[Watched]]
) -> None:
    watched = await watch()
    for downtime in (0.0, 0.3):
        await simulated.restart(downtime)
    assert (await watched.shell.wait()).end is ExecEnd.LOST
    await resumes(watched, simulated)
    shell = await watched.cluster.exec("hptui", "way", SHELL, tty=True, stdin=True)
    await answer_of(shell, "whoami", b"system")


async def test_a_kept_alive_connection_that_is_dead_is_not_used_again(
    simulated: SimulatedCluster, join: Join, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hptui.cluster import connections

    monkeypatch.setattr(connections, "IDLE", 0.0)
    cluster = await join(port=link.port, request_timeout=60)
    await cluster.list_nodes()
    link.swallow()
    async with asyncio.timeout(20):
        assert await cluster.list_nodes()


async def test_a_read_is_asked_again_when_its_connection_is_cut(join: Join, link: Link) -> None:
    cluster = await join(port=link.port)
    await cluster.list_nodes()
    link.doomed = 3  # an answer, then two handshakes
    assert await cluster.list_nodes()
    assert (link.doomed, link.resets) == (0, 3)


async def test_a_dry_run_is_asked_again_and_a_creation_is_not(
    simulated: SimulatedCluster, join: Join, link: Link
) -> None:
    cluster = await join(port=link.port)
    await cluster.list_nodes()
    link.doomed = 1
    await cluster.dry_run_pod("hptui", pod("way"))
    link.doomed = 1
    with pytest.raises(UnreachableError):
        await cluster.create_pod("hptui", pod("way"))
    assert simulated.counts.requests["POST /api/v1/namespaces/hptui/pods"] == 3
