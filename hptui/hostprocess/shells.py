"""The execs in one session's pod: opened, waited for to their end, and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from hptui.cluster.model import ExecEnd, ExecExit
from hptui.cluster.port import Cluster, ExecChannel
from hptui.hostprocess.exec_end import believe
from hptui.hostprocess.manifest import CONTAINER, SessionSpec

Size = tuple[int, int]
"""Columns and rows."""


class Shells:
    """`last_ended` is called on the loop when an exec has ended and no other is open."""

    def __init__(self, cluster: Cluster, spec: SessionSpec, last_ended: Callable[[ExecExit], None]) -> None:
        self._cluster = cluster
        self._spec = spec
        self._last_ended = last_ended
        self._ends: dict[ExecChannel, asyncio.Task[ExecExit]] = {}

    async def connect(self, size: Size | None, command: Sequence[str], tty: bool, stdin: bool) -> ExecChannel:
        """Start `command` in the pod; its end is minded once `mind` is called. Raises ClusterError."""
        return await self._cluster.exec(
            self._spec.namespace,
            self._spec.pod_name,
            command,
            container=CONTAINER,
            tty=tty,
            stdin=stdin,
            size=size if tty else None,
        )

    def mind(self, channel: ExecChannel) -> None:
        self._ends[channel] = asyncio.create_task(self._wait(channel), name="hptui exec end")

    async def end_of(self, channel: ExecChannel) -> ExecExit:
        """How it ended, looked at twice where the protocol can lie."""
        task = self._ends[channel]
        await asyncio.wait({task})
        return ExecExit(ExecEnd.CLOSED, None) if task.cancelled() else task.result()

    async def close(self) -> None:
        for channel, task in self._ends.items():
            channel.close()
            task.cancel()
        await asyncio.gather(*self._ends.values(), return_exceptions=True)

    async def _wait(self, channel: ExecChannel) -> ExecExit:
        end = await believe(self._cluster, self._spec, await channel.wait())
        if all(other is channel or task.done() for other, task in self._ends.items()):
            self._last_ended(end)
        return end
