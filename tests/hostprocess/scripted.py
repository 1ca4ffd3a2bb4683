"""A cluster that does what a test's script says: the seam's other side, small enough to hold a request up in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar, cast

import pytest

from hptui.cluster.connect import ConnectOptions
from hptui.cluster.model import (
    Access,
    ClusterInfo,
    ContainerPhase,
    ContainerStatus,
    Created,
    DryRun,
    EventUpdate,
    ExecExit,
    ExecOutput,
    Manifest,
    Node,
    NodeUpdate,
    PodGone,
    PodSeen,
    PodStatus,
    PodUpdate,
)
from hptui.cluster.port import Cluster, ExecChannel
from hptui.errors import LaunchError, NotFoundError
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.session import Session, State
from tests.hostprocess.recordings import nodes, pods

T = TypeVar("T")
SPEC = SessionSpec(node="win-2022-01", namespace="hptui", session_id="abcd2345")

LIMIT = 10.0
"""Seconds that a test waits for something that must come."""


class Feed(Generic[T]):
    """A stream that gives out what it is told."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[T | BaseException | None] = asyncio.Queue()
        self.closed = False

    def put(self, update: T | BaseException) -> None:
        self._queue.put_nowait(update)

    def close(self) -> None:
        self.closed = True
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[T]:
        while (update := await self._queue.get()) is not None:
            if isinstance(update, BaseException):
                raise update
            yield update


class ScriptedChannel:
    """An exec whose end the test decides."""

    tty = True
    protocol = "v5.channel.k8s.io"

    def __init__(self) -> None:
        self._end: asyncio.Future[ExecExit] = asyncio.get_running_loop().create_future()
        self.closed = False

    def finish(self, end: ExecExit) -> None:
        self._end.set_result(end)

    async def read(self) -> Sequence[ExecOutput]:
        await asyncio.shield(self._end)
        return ()

    async def wait(self) -> ExecExit:
        return await asyncio.shield(self._end)

    def close(self) -> None:
        self.closed = True


class ScriptedCluster:
    """Holds pods by name. `errors` are raised by the named requests, `gates` hold them up until they are set."""

    def __init__(self) -> None:
        self.node: Node = nodes()["win-2022-01"]
        self.pods: dict[str, PodStatus] = {}
        self.requests: list[str] = []
        self.errors: dict[str, list[BaseException]] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.reached: dict[str, asyncio.Event] = {}
        self.pod_feed: Feed[PodUpdate] = Feed()
        self.event_feed: Feed[EventUpdate] = Feed()
        self.node_feed: Feed[NodeUpdate] = Feed()
        self.channels: list[ScriptedChannel] = []
        self.commands: list[tuple[str, ...]] = []
        self.undeletable = False
        self.create_warnings: tuple[str, ...] = ()
        self.denied: set[tuple[str, str]] = set()  # verb and resource
        self.options = ConnectOptions()
        self.info = ClusterInfo("it", "https://127.0.0.1:6443", "hptui", "jane", "kubeconfig")

    @property
    def port(self) -> Cluster:
        return cast(Cluster, self)

    def hold(self, request: str) -> asyncio.Event:
        """Hold `request` up from now on; the answer is set once it has got there."""
        self.gates[request] = asyncio.Event()
        return self.reached.setdefault(request, asyncio.Event())

    async def _pass(self, request: str) -> None:
        self.requests.append(request)
        self.reached.setdefault(request, asyncio.Event()).set()
        if request in self.gates:
            await self.gates[request].wait()
        if waiting := self.errors.get(request):
            raise waiting.pop(0)

    async def get_node(self, name: str) -> Node:
        await self._pass("get_node")
        return self.node

    async def may(self, verb: str, resource: str, *, namespace: str = "", group: str = "") -> Access:
        """Not among the requests: there is one for each verb, in no order."""
        if self.errors.get("may"):
            raise self.errors["may"][0]
        return Access(verb, resource, namespace, (verb, resource) not in self.denied, "")

    async def dry_run_pod(self, namespace: str, manifest: Manifest) -> DryRun:
        await self._pass("dry_run")
        return DryRun()

    async def create_pod(self, namespace: str, manifest: Manifest) -> Created:
        await self._pass("create_sent")
        pod = pod_of(manifest)
        self.pods[pod.name] = pod
        await self._pass("create_answer")
        return Created(pod, self.create_warnings)

    async def get_pod(self, namespace: str, name: str) -> PodStatus:
        await self._pass("get_pod")
        if name not in self.pods:
            raise NotFoundError(f'pods "{name}" not found', status=404)
        return self.pods[name]

    async def list_pods(
        self, *, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> Sequence[PodStatus]:
        await self._pass("list_pods")
        wanted = dict(pair.split("=") for pair in labels.split(","))
        return [pod for pod in self.pods.values() if wanted.items() <= pod.labels.items()]

    async def delete_pod(self, namespace: str, name: str, *, uid: str = "", limit: float = 30.0) -> bool:
        await self._pass("delete")
        if self.undeletable:
            return False
        found = self.pods.get(name)
        if found is not None and uid in ("", found.uid):
            del self.pods[name]
            self.pod_feed.put(PodGone(found))
        return True

    def watch_pod(self, namespace: str, name: str) -> Feed[PodUpdate]:
        return self.pod_feed

    def watch_events(
        self, namespace: str, *, kind: str = "Pod", name: str = "", uid: str = ""
    ) -> Feed[EventUpdate]:
        return self.event_feed

    def watch_nodes(self, selector: str = "") -> Feed[NodeUpdate]:
        self.requests.append(f"watch_nodes {selector}")
        return self.node_feed

    async def exec(self, namespace: str, pod: str, command: Sequence[str], **options: Any) -> ExecChannel:
        await self._pass("exec")
        self.commands.append(tuple(command))
        channel = ScriptedChannel()
        self.channels.append(channel)
        return cast(ExecChannel, channel)

    # What the script says about the one pod

    @property
    def pod(self) -> PodStatus:
        (pod,) = self.pods.values()
        return pod

    def show(self, pod: PodStatus) -> None:
        """The pod is now like this, and the watch says so."""
        mine = replace(pod, name=self.pod.name, namespace=self.pod.namespace, uid=self.pod.uid)
        mine = replace(mine, labels=self.pod.labels, annotations=self.pod.annotations)
        self.pods[mine.name] = mine
        self.pod_feed.put(PodSeen(mine))

    def run_pod(self) -> None:
        """The pod is running, as recorded."""
        self.show(pods("pod-life", "watch-until-running")[-1])


def pod_of(manifest: Manifest) -> PodStatus:
    """The pod just created from a manifest."""
    meta, wanted = manifest["metadata"], manifest["spec"]
    return PodStatus(
        namespace=meta["namespace"],
        name=meta["name"],
        uid=f"uid of {meta['name']}",
        resource_version="1",
        node=wanted["nodeName"],
        phase="Pending",
        reason="",
        message="",
        created=None,
        started=None,
        deleting=None,
        deadline_seconds=wanted["activeDeadlineSeconds"],
        labels=meta["labels"],
        annotations=meta["annotations"],
        conditions=(),
        containers=(),
    )


def container(phase: ContainerPhase, reason: str = "", message: str = "") -> ContainerStatus:
    return ContainerStatus("shell", "image", phase, reason, message)


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds."""
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110 - of many different things
            await asyncio.sleep(0)


async def launch(session: Session, cluster: ScriptedCluster) -> ExecChannel:
    """As far as the prompt."""
    starting = asyncio.create_task(session.start((80, 25)))
    await until(lambda: bool(cluster.pods))
    cluster.run_pod()
    async with asyncio.timeout(LIMIT):
        return await starting


async def failure(session: Session) -> LaunchError:
    with pytest.raises(LaunchError) as failed:
        async with asyncio.timeout(LIMIT):
            await session.start((80, 25))
    return failed.value


def state_of(session: Session) -> State:
    """Asked anew each time: to a type checker, an attribute stays what it was asserted to be."""
    return session.state


def is_over(session: Session) -> bool:
    return session.is_over
