"""One pod, its events and, when the pod is kept waiting, its node: watched together, each on a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from typing import Any, Protocol

from hptui.cluster.model import Event, EventsSeen, Live, NodesChanged, PodGone, PodSeen, PodStatus, Stale
from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError
from hptui.hostprocess.manifest import SessionSpec

HOSTNAME = "kubernetes.io/hostname"
NODE_LOOK_DELAY = 5.0
"""Seconds that the node may take to notice its pod before the node itself is watched too."""


class Listener(Protocol):
    """Who is told; every call comes on the loop."""

    def pod_changed(self) -> None:
        """The pod, its events or the connection's state."""
        ...

    def pod_gone(self) -> None: ...

    def node_failed(self, words: str) -> None: ...

    def watch_failed(self, error: BaseException) -> None: ...

    def warn(self, text: str) -> None: ...


class PodWatch:
    def __init__(self, cluster: Cluster, spec: SessionSpec, listener: Listener) -> None:
        self._cluster = cluster
        self._spec = spec
        self._listener = listener
        self._tasks: set[asyncio.Task[None]] = set()
        self._events: dict[str, Event] = {}
        self._node_answered = asyncio.Event()
        self.pod: PodStatus | None = None  # the last that was seen of it; None once it is gone
        self.connection: Live | Stale | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        """Oldest first; a repeated one stands where it was last heard of."""
        return tuple(self._events.values())

    @property
    def newest_event(self) -> Event | None:
        return next(reversed(self._events.values()), None)

    def begin(self, pod: PodStatus, hostname: str) -> None:
        """Watch `pod`, just created; `hostname` is the node's label, "" when it is not known."""
        self.pod = pod
        self._run(self._watch_pod(pod.uid), "pod")
        self._run(self._watch_events(pod.uid), "events")
        if hostname:
            self._run(self._watch_node(f"{HOSTNAME}={hostname}"), "node")

    def node_has_answered(self) -> None:
        """The pod runs: from now on its own status tells of the node."""
        self._node_answered.set()

    async def end(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, watching: Coroutine[Any, Any, None], what: str) -> None:
        task = asyncio.create_task(watching, name=f"hptui watch {what}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._listener.watch_failed(error)

    async def _watch_pod(self, uid: str) -> None:
        with closing(self._cluster.watch_pod(self._spec.namespace, self._spec.pod_name)) as stream:
            async for update in stream:
                # Another pod of the same name is none of ours.
                if isinstance(update, PodGone) or (isinstance(update, PodSeen) and update.pod.uid != uid):
                    self.pod = None
                    self._listener.pod_gone()
                    return
                if isinstance(update, PodSeen):
                    self.pod = update.pod
                else:
                    self.connection = update
                self._listener.pod_changed()

    async def _watch_events(self, uid: str) -> None:
        stream = self._cluster.watch_events(self._spec.namespace, name=self._spec.pod_name, uid=uid)
        with closing(stream):
            try:
                async for update in stream:
                    if isinstance(update, EventsSeen):
                        self._take(update)
                        self._listener.pod_changed()
            except ForbiddenError as error:
                self._listener.warn(f"Events cannot be seen. {error.sentence}")

    def _take(self, seen: EventsSeen) -> None:
        for event in seen.events:
            self._events.pop(event.uid, None)
            self._events[event.uid] = event

    async def _watch_node(self, selector: str) -> None:
        """A node that is gone says nothing about its pods, so it is looked at itself, but only when it keeps one waiting."""
        await asyncio.sleep(NODE_LOOK_DELAY)
        if self._node_answered.is_set():
            return
        with closing(self._cluster.watch_nodes(selector)) as stream:
            async for update in stream:
                if self._node_answered.is_set():
                    return
                if isinstance(update, NodesChanged) and (words := self._node_trouble(update)) is not None:
                    self._listener.node_failed(words)
                    return

    def _node_trouble(self, update: NodesChanged) -> str | None:
        if self._spec.node in update.removed:
            return "The node was removed from the cluster."
        node = next((node for node in update.changed if node.name == self._spec.node), None)
        if node is None or node.is_ready:
            return None
        ready = node.ready
        return (ready.message or ready.reason) if ready is not None else ""
