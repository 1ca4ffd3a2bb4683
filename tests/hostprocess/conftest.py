"""A session on a scripted cluster, without the waiting that a real one would do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hptui.hostprocess import clean_up, pod_watch
from hptui.hostprocess.session import Session
from tests.hostprocess.scripted import LIMIT, SPEC, ScriptedCluster


@pytest.fixture
def _no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_up, "RETRY_DELAYS", (0.0, 0.0))
    monkeypatch.setattr(clean_up, "LATE_LOOK", 0.0)
    monkeypatch.setattr(pod_watch, "NODE_LOOK_DELAY", 0.0)


@pytest.fixture
async def cluster(_no_delays: None) -> ScriptedCluster:
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
