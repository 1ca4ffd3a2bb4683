"""A session on the simulated cluster to put probes to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from hptui.cluster.connect import ConnectOptions, connect
from hptui.cluster.port import Cluster, ExecChannel
from hptui.demo.cluster import SimulatedCluster
from hptui.demo.pace import brisk
from hptui.hostprocess.account import parse_account
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session
from hptui.probes.asking import Result, ask
from hptui.probes.probe import Probe

NODE = "akswin22000000"

Asker = Callable[..., Awaitable[Result]]


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedCluster]:
    async with SimulatedCluster(pace=brisk()) as simulated:
        yield simulated


@pytest.fixture
async def cluster(simulated: SimulatedCluster) -> AsyncIterator[Cluster]:
    cluster = await connect(ConnectOptions(kubeconfig=str(simulated.kubeconfig)))
    yield cluster
    await cluster.close()


@pytest.fixture
async def asker(cluster: Cluster) -> AsyncIterator[Asker]:
    """Puts a probe to the host as an account: asker(probe, account=…, given=…, node=…)."""
    sessions: dict[tuple[str, str], Session] = {}

    async def ask_it(
        probe: Probe,
        *,
        account: str = "SYSTEM",
        node: str = NODE,
        given: dict[str, str] | None = None,
        limit: float | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Result:
        async def open_(command: Sequence[str], stdin: bool) -> ExecChannel:
            if (node, account) in sessions:
                session = sessions[node, account]
                return await session.attach(command=command, tty=False, stdin=stdin)
            spec = SessionSpec(
                node=node, namespace="hptui", session_id=new_session_id(), account=parse_account(account)
            )
            session = sessions[node, account] = Session(cluster, spec)
            return await session.start(command=command, tty=False, stdin=stdin)

        return await ask(
            probe,
            probe.arguments(given or {}),
            open_,
            node=node,
            account=account,
            limit=limit,
            progress=progress,
        )

    yield ask_it
    for session in sessions.values():
        await session.close()
