"""The real side of the seam: `Cluster` on a live API server. The other modules do the work; here it gets its threads."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from hptui.cluster import access, deletion, events, nodes, pods, usage
from hptui.cluster.backoff import Pace
from hptui.cluster.exec import Channel
from hptui.cluster.kubeconfig import IN_CLUSTER, Wanted, resolve
from hptui.cluster.logs import LogFollow
from hptui.cluster.model import (
    Access,
    ClusterInfo,
    Created,
    Credential,
    DryRun,
    Event,
    EventUpdate,
    LogUpdate,
    Manifest,
    Node,
    NodeImage,
    NodeUpdate,
    PodStatus,
    PodsUpdate,
    PodUpdate,
    Usage,
)
from hptui.cluster.port import Stream
from hptui.cluster.threads import ThreadStream, Workers, call_on_thread
from hptui.cluster.transport import Limits, Transport
from hptui.cluster.waking import WakeWatch
from hptui.errors import InvalidError, ServerError

if TYPE_CHECKING:
    from hptui.cluster.connect import ConnectOptions
    from hptui.cluster.port import Cluster

log = logging.getLogger(__name__)

T = TypeVar("T")
U = TypeVar("U")

WINDOWS = "kubernetes.io/os=windows"


def make_transport(options: ConnectOptions) -> Transport:
    wanted = Wanted(
        options.kubeconfig, options.context, options.namespace, options.as_user, options.as_groups
    )
    target = resolve(wanted)
    log.info(
        "Context %s, server %s, namespace %s, user %s",
        target.context,
        target.server,
        target.namespace,
        target.user_name,
    )
    if target.source != IN_CLUSTER:
        # Whoever switches the current context in another window must not change who we are here.
        wanted = replace(wanted, context=target.context)
    return Transport(
        target,
        limits=Limits(options.connect_timeout, options.request_timeout, options.watch_seconds),
        plugin_limit=options.plugin_timeout,
        reload=lambda: resolve(wanted),
        pin=replace(options, context=wanted.context).pinned,
    )


class LiveCluster:
    """See hptui.cluster.port.Cluster for what each method promises."""

    def __init__(self, transport: Transport, workers: Workers, options: ConnectOptions) -> None:
        target = transport.target
        self._transport = transport
        self._workers = workers
        # Whoever connects by these options finds the same cluster, wherever current-context points by then.
        pinned = target.source != IN_CLUSTER
        self._options = replace(options, context=target.context) if pinned else options
        self._pace = Pace(options.retry_first, options.retry_longest)
        self._ping = options.ping_interval
        self._streams: set[ThreadStream[Any, Any]] = set()
        self._channels: set[Channel] = set()
        self._closed = False
        self._wake_watch = WakeWatch(self._woken)
        self._info = ClusterInfo(
            context=target.context,
            server=target.server,
            namespace=target.namespace,
            user=target.as_user or target.user_name,
            source=target.source,
            impersonated=target.as_user,
        )

    @property
    def info(self) -> ClusterInfo:
        return self._info

    @property
    def options(self) -> ConnectOptions:
        return self._options

    @property
    def credential(self) -> Credential | None:
        fact = self._transport.credentials.fact
        return replace(fact, login=self._options.pinned(fact.login)) if fact is not None else None

    async def identify(self) -> ClusterInfo:
        version = await self._workers.call(access.server_version, self._transport)
        user = await self._workers.call(access.own_name, self._transport)
        log.info("The server is %s and knows us as %s", version, user or "it does not say whom")
        self._info = replace(self._info, version=version, user=user or self._info.user)
        return self._info

    # Nodes

    def watch_nodes(self, selector: str = WINDOWS) -> Stream[NodeUpdate]:
        return self._started(nodes.NodeWatch(self._transport, selector, self._pace))

    async def list_nodes(self, selector: str = WINDOWS) -> Sequence[Node]:
        return await self._workers.call(nodes.list_nodes, self._transport, selector)

    async def get_node(self, name: str) -> Node:
        return await self._workers.call(nodes.get_node, self._transport, name)

    async def node_images(self, name: str) -> Sequence[NodeImage]:
        return await self._workers.call(nodes.node_images, self._transport, name)

    # Pods

    async def dry_run_pod(self, namespace: str, manifest: Manifest) -> DryRun:
        self._wanted()
        return await self._workers.call(pods.dry_run_pod, self._transport, namespace, manifest)

    async def create_pod(self, namespace: str, manifest: Manifest) -> Created:
        return await self._workers.call(pods.create_pod, self._transport, namespace, manifest)

    async def get_pod(self, namespace: str, name: str) -> PodStatus:
        return await self._workers.call(pods.get_pod, self._transport, namespace, name)

    async def list_pods(
        self, *, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> Sequence[PodStatus]:
        return await self._workers.call(pods.list_pods, self._transport, namespace, labels, fields)

    def watch_pod(self, namespace: str, name: str) -> Stream[PodUpdate]:
        return self._started(pods.PodWatch(self._transport, namespace, name, self._pace))

    def watch_pods(self, *, namespace: str | None = None, labels: str = "") -> Stream[PodsUpdate]:
        return self._started(pods.PodsWatch(self._transport, namespace, labels, self._pace))

    async def delete_pod(self, namespace: str, name: str, *, uid: str = "", limit: float = 30.0) -> bool:
        self._wanted()
        # On a thread of its own: many deletions at once, at the end, must not wait for one another.
        return await call_on_thread(
            "hptui-delete", deletion.delete_pod, self._transport, namespace, name, uid, limit, self._pace
        )

    async def read_object(self, path: str) -> Mapping[str, object]:
        self._wanted()
        if not path.startswith(("/api/", "/apis/")) or "?" in path or "/../" in path:
            raise InvalidError(f"{path} is not the path of an API object.")
        answer = await self._workers.call(self._transport.get, path)
        try:
            document = msgspec.json.decode(answer.body)
        except msgspec.DecodeError as error:
            raise ServerError(f"The API server's answer about {path} cannot be read: {error}") from error
        if not isinstance(document, dict):
            raise ServerError(f"The API server's answer about {path} is no object.")
        metadata = document.get("metadata")
        if isinstance(metadata, dict):
            metadata.pop("managedFields", None)
        return document

    # Around a pod

    def watch_events(
        self, namespace: str, *, kind: str = "Pod", name: str = "", uid: str = ""
    ) -> Stream[EventUpdate]:
        return self._started(events.EventWatch(self._transport, namespace, kind, name, uid, self._pace))

    async def list_events(self, namespace: str, *, kind: str = "", name: str = "") -> Sequence[Event]:
        return await self._workers.call(events.list_events, self._transport, namespace, kind, name)

    def follow_log(
        self, namespace: str, name: str, *, container: str = "", tail: int | None = None
    ) -> Stream[LogUpdate]:
        return self._started(LogFollow(self._transport, namespace, name, container, tail, self._pace))

    async def pod_usage(self, namespace: str, name: str) -> Usage:
        return await self._workers.call(usage.pod_usage, self._transport, namespace, name)

    async def node_usage(self) -> Mapping[str, Usage]:
        return await self._workers.call(usage.node_usage, self._transport)

    async def may(self, verb: str, resource: str, *, namespace: str = "", group: str = "") -> Access:
        return await self._workers.call(access.may, self._transport, verb, resource, namespace, group)

    async def clock_ahead(self) -> float | None:
        return await self._workers.call(access.clock_ahead, self._transport)

    async def exec(
        self,
        namespace: str,
        pod: str,
        command: Sequence[str],
        *,
        container: str = "",
        tty: bool = False,
        stdin: bool = False,
        size: tuple[int, int] | None = None,
    ) -> Channel:
        self._wanted()
        channel = Channel(
            self._transport,
            namespace,
            pod,
            command,
            container=container,
            tty=tty,
            stdin=stdin,
            size=size,
            ping=self._ping,
        )
        self._channels.add(channel)
        channel.on_over = self._channels.discard
        await channel.open()
        return channel

    def _woken(self, missing: float) -> None:
        log.info("%.0f seconds are missing: this machine slept, or the program stood still", missing)
        self.ask_anew()

    def ask_anew(self) -> None:
        self._transport.distrust_connections()
        self._transport.credentials.forgive()
        for stream in list(self._streams):
            stream.wake()
        for channel in list(self._channels):
            channel.probe()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._wake_watch.stop()
        for stream in list(self._streams):
            stream.close()
        for channel in list(self._channels):
            channel.close()
        self._transport.close()
        self._workers.close()

    def _wanted(self) -> None:
        """A person waits for this, and may have logged in again just now: a credential plugin that failed has no rest."""
        self._transport.credentials.forgive()

    def _started(self, stream: ThreadStream[T, U]) -> ThreadStream[T, U]:
        self._streams.add(stream)
        stream.on_closed = self._streams.discard
        if self._closed:
            stream.close()
        else:
            stream.start()
        return stream


if TYPE_CHECKING:

    def _keeps_the_promise(cluster: LiveCluster) -> Cluster:
        return cluster
