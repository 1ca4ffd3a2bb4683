"""From the options to a cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from hptui.cli.options import Connection
from hptui.settings import Settings

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster

Connector = Callable[[], Awaitable["Cluster"]]


def connector(connection: Connection, settings: Settings) -> Connector:
    async def connect() -> Cluster:
        from hptui.cluster import connect as room

        return await room.connect(
            room.ConnectOptions(
                kubeconfig=connection.kubeconfig,
                context=connection.context,
                namespace=connection.namespace,
                as_user=connection.as_user,
                as_groups=connection.as_groups,
                request_timeout=settings.request_timeout,
                ping_interval=settings.ping_interval,
                watch_seconds=settings.watch_seconds,
            )
        )

    return connect


@asynccontextmanager
async def connected(connection: Connection, settings: Settings) -> AsyncIterator[Cluster]:
    cluster = await connector(connection, settings)()
    try:
        yield cluster
    finally:
        await cluster.close()
