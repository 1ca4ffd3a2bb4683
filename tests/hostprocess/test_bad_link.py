"""The whole way over a link that is slow, narrow and cut again and again: it can be gone and cancelled, and leaves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.model import Live
from hptui.cluster.port import Cluster, ExecChannel
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.errors import ClusterError, LaunchError, SessionError, UnreachableError
from hptui.hostprocess import clean_up
from hptui.hostprocess.session import Session, State
from tests.cluster.link import Link
from tests.hostprocess.test_journey import LIMIT, NODE, TERMINAL, output_of, spec

TRIES = 30  # of a person who tries again; on these links a second is seldom needed


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


@pytest.fixture
async def link(simulated: SimulatedCluster) -> AsyncIterator[Link]:
    async with Link(int(simulated.server.rpartition(":")[2])) as link:
        yield link


@pytest.fixture
async def cluster(simulated: SimulatedCluster, link: Link, tmp_path: Path) -> AsyncIterator[Cluster]:
    document = yaml.safe_load(simulated.kubeconfig.read_text())
    document["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{link.port}"
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    quick = ConnectOptions(kubeconfig=str(file), retry_first=0.02, retry_longest=0.2)
    cluster = await connect(quick)
    yield cluster
    await cluster.close()


async def shown(channel: ExecChannel, expected: str) -> None:
    text = ""
    while expected not in text:
        pieces = await channel.read()
        if not pieces:
            raise UnreachableError("the shell has ended")
        text += b"".join(piece.data for piece in pieces).decode(errors="replace")


async def way(cluster: Cluster, session: Session) -> None:
    """Nodes, a launch, a shell that echoes, a command beside it."""
    assert NODE in [node.name for node in await cluster.list_nodes()]
    shell = await session.start((80, 25))
    shell.write(TERMINAL)
    await shown(shell, "PS C:\\")
    shell.write(b"'4'+'2'\r")
    await shown(shell, "42")
    beside = await session.attach(command=("hostname",), tty=False, stdin=False)
    assert NODE in (await output_of(beside)).lower() or (await session.ended(beside)).code is None


async def close(session: Session) -> None:
    """As a person does: again, where it could not be."""
    for _ in range(TRIES):
        try:
            await session.close()
        except SessionError:
            continue
        return
    raise AssertionError("it cannot be closed")


async def test_the_whole_way_over_a_slow_and_narrow_link(
    simulated: SimulatedCluster, cluster: Cluster, link: Link
) -> None:
    link.latency, link.rate = 0.05, 100_000
    session = Session(cluster, spec())
    async with asyncio.timeout(LIMIT):
        await way(cluster, session)
        await session.close()
    assert session.state is State.GONE
    assert simulated.pods() == []


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_whole_way_over_a_link_that_resets(
    simulated: SimulatedCluster, cluster: Cluster, link: Link, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks is told as one of our errors, and a second try may have more luck."""
    monkeypatch.setattr(clean_up, "RETRY_DELAYS", (0.05, 0.05, 0.05))
    monkeypatch.setattr(clean_up, "LATE_LOOK", 0.1)
    link.loss = 30
    link._random.seed(seed)
    worked = 0
    async with asyncio.timeout(LIMIT):
        while not worked or link.resets < 5:
            session = Session(cluster, spec())
            try:
                with suppress(ClusterError, LaunchError, SessionError):
                    await way(cluster, session)
                    worked += 1
            finally:
                await close(session)
    assert simulated.pods() == []


@pytest.mark.parametrize("what", ["start", "nodes"])
async def test_what_takes_long_can_be_cancelled_at_once(
    simulated: SimulatedCluster, cluster: Cluster, link: Link, what: str
) -> None:
    await cluster.list_nodes()
    link.latency = 3600
    session = Session(cluster, spec())
    task = asyncio.create_task(session.start((80, 25)) if what == "start" else cluster.list_nodes())
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(5):
        with suppress(asyncio.CancelledError, LaunchError):
            await task
        await session.close()
    assert simulated.pods() == []


async def test_the_watches_live_on_over_a_link_that_resets(
    simulated: SimulatedCluster, cluster: Cluster, link: Link
) -> None:
    link.loss = 60
    stream = cluster.watch_nodes()
    async with asyncio.timeout(LIMIT):
        async for update in stream:
            if isinstance(update, Live) and link.resets > 8:
                stream.close()
            link.cut()
