"""Failures that only a session in the middle of its life meets: on a cluster that does what is said here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from hptui.cluster.model import Condition, ExecEnd, ExecExit, NodesChanged, PodGone
from hptui.errors import HptuiError
from hptui.hostprocess import clean_up, pod_watch
from hptui.hostprocess.session import Session, State
from tests.failures.scene import Scene, told
from tests.hostprocess.recordings import pods
from tests.hostprocess.scripted import SPEC, ScriptedCluster, launch, until


@asynccontextmanager
async def opened(scene: Scene) -> AsyncIterator[tuple[Session, ScriptedCluster]]:
    """A session that is not begun yet, and is closed at the end."""
    scene.monkeypatch.setattr(clean_up, "RETRY_DELAYS", (0.0, 0.0))
    scene.monkeypatch.setattr(pod_watch, "NODE_LOOK_DELAY", 0.0)
    cluster = ScriptedCluster()
    session = Session(cluster.port, SPEC)
    try:
        yield session, cluster
    finally:
        await session.close()


async def node_gone(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        starting = asyncio.create_task(session.start((80, 25)))
        await until(lambda: any(request.startswith("watch_nodes") for request in cluster.requests))
        silent = Condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
        cluster.node_feed.put(NodesChanged((replace(cluster.node, conditions=(silent,)),)))
        return await told(starting)


async def rights_lacking(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        cluster.denied.add(("delete", "pods"))
        return await told(session.start((80, 25)))


async def deleted_at_start(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        starting = asyncio.create_task(session.start((80, 25)))
        await until(lambda: bool(cluster.pods))
        cluster.show(pods("pod-life", "watch-delete-grace-5")[1])
        return await told(starting)


async def pod_gone(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        await launch(session, cluster)
        cluster.pod_feed.put(PodGone(cluster.pods.popitem()[1]))
        await until(lambda: session.state is State.ENDED)
        return _error(session)


async def shell_lost(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        await launch(session, cluster)
        cluster.channels[0].finish(ExecExit(ExecEnd.LOST, None))
        await until(lambda: session.state is State.LOST)
        return _error(session)


async def deadline(scene: Scene) -> HptuiError:
    async with opened(scene) as (session, cluster):
        await launch(session, cluster)
        cluster.show(pods("pod-failures", "deadline-exceeded")[-1])
        await until(lambda: session.state is State.ENDED)
        return _error(session)


def _error(session: Session) -> HptuiError:
    assert session.error is not None
    return session.error
