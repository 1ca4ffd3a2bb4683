"""What the rooms above know of a cluster: frozen facts, decoded from the API's JSON and free of any client library.

Times are aware UTC datetimes. Memory is in bytes, CPU in cores. Text comes from the cluster and is not to be trusted:
it may hold markup, escape sequences or line breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Manifest = dict[str, Any]
"""A Kubernetes object as plain JSON data."""


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """Which cluster this is and as whom it is used."""

    context: str
    server: str
    namespace: str
    user: str
    source: str  # the kubeconfig file (or files), or "in-cluster"
    version: str = ""  # gitVersion, as in v1.36.2; empty until asked
    impersonated: str = ""  # --as, when given


class CredentialKind(StrEnum):
    """The words are for people."""

    NONE = "no credential"
    TOKEN = "token"
    TOKEN_FILE = "token file"
    PASSWORD = "password"
    CERTIFICATE = "client certificate"
    PLUGIN = "credential plugin"
    PROVIDER = "auth-provider"


@dataclass(frozen=True, slots=True)
class Credential:
    """What is shown to the API server to be let in, as far as may be told: nothing in it is secret."""

    kind: CredentialKind
    name: str = ""  # of the plugin, the file or the provider; else of the kubeconfig's user
    expires: datetime | None = None  # None where it does not say
    renews: bool = False  # by itself, before it ends
    login: str = ""  # the command that gets another, where it is known
    trouble: str = ""  # why it could not be renewed the last time


@dataclass(frozen=True, slots=True)
class Taint:
    key: str
    effect: str
    value: str = ""

    def __str__(self) -> str:
        value = f"={self.value}" if self.value else ""
        return f"{self.key}{value}:{self.effect}"


@dataclass(frozen=True, slots=True)
class Condition:
    type: str
    status: str  # True, False or Unknown
    reason: str = ""
    message: str = ""
    since: datetime | None = None
    heartbeat: datetime | None = None


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    uid: str
    resource_version: str
    created: datetime | None
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    unschedulable: bool
    conditions: tuple[Condition, ...]
    operating_system: str  # windows or linux
    os_image: str  # "Windows Server 2022 Datacenter"
    kernel_version: str  # "10.0.20348.2700"
    kubelet_version: str  # "v1.36.2"
    container_runtime: str  # "containerd://1.7.20"
    architecture: str
    internal_ip: str
    cpu_capacity: float  # cores
    memory_capacity: int  # bytes

    @property
    def ready(self) -> Condition | None:
        return next((c for c in self.conditions if c.type == "Ready"), None)

    @property
    def is_ready(self) -> bool:
        ready = self.ready
        return ready is not None and ready.status == "True"


@dataclass(frozen=True, slots=True)
class NodeImage:
    """An image that a node already has, with all its names."""

    names: tuple[str, ...]
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Live:
    """What is shown is what the cluster has, as of `since`."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing has been heard since `since`; the next try comes at `retry_at`."""

    since: datetime
    reason: str
    retry_at: datetime | None
    hint: str = ""


Connection = Live | Stale


@dataclass(frozen=True, slots=True)
class NodesChanged:
    """Some nodes. `removed` holds names. `complete` once the first whole list has been handed over."""

    changed: tuple[Node, ...]
    removed: tuple[str, ...] = ()
    complete: bool = True


NodeUpdate = NodesChanged | Connection


class ContainerPhase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    name: str
    image: str
    phase: ContainerPhase
    reason: str = ""
    message: str = ""
    exit_code: int | None = None  # signed, as the pod's status gives it
    started: datetime | None = None
    finished: datetime | None = None
    ready: bool = False
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class PodStatus:
    namespace: str
    name: str
    uid: str
    resource_version: str
    node: str
    phase: str  # Pending, Running, Succeeded, Failed or Unknown
    reason: str
    message: str
    created: datetime | None
    started: datetime | None  # the kubelet's acknowledgement; activeDeadlineSeconds counts from here
    deleting: datetime | None  # deletionTimestamp
    deadline_seconds: int | None  # activeDeadlineSeconds
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    conditions: tuple[Condition, ...]
    containers: tuple[ContainerStatus, ...]
    account: str = ""  # runAsUserName at pod level
    host_process: bool = False

    @property
    def container(self) -> ContainerStatus | None:
        return self.containers[0] if self.containers else None

    def condition(self, type_: str) -> Condition | None:
        return next((c for c in self.conditions if c.type == type_), None)


@dataclass(frozen=True, slots=True)
class PodSeen:
    pod: PodStatus


@dataclass(frozen=True, slots=True)
class PodGone:
    """The pod is no longer in the API; `last` is the last that was seen of it."""

    last: PodStatus | None


PodUpdate = PodSeen | PodGone | Connection


@dataclass(frozen=True, slots=True)
class PodsChanged:
    """Some of the pods that a selector matches. `removed` holds uids."""

    changed: tuple[PodStatus, ...]
    removed: tuple[str, ...] = ()
    complete: bool = True


PodsUpdate = PodsChanged | Connection


@dataclass(frozen=True, slots=True)
class Event:
    uid: str
    type: str  # Normal or Warning
    reason: str
    message: str
    count: int
    first: datetime | None
    last: datetime | None
    source: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class EventsSeen:
    """Events, oldest first; a repeat comes again with the same uid and a higher count."""

    events: tuple[Event, ...]


EventUpdate = EventsSeen | Connection


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a container's output, without its line break; `at` is the container runtime's time."""

    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class LogLines:
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class LogEnded:
    """This container's log has ended; `reason` says how it is known."""

    reason: str


LogUpdate = LogLines | LogEnded | Connection


@dataclass(frozen=True, slots=True)
class Usage:
    """From metrics.k8s.io: an average over `window`, taken at `at`."""

    cpu: float  # cores
    memory: int  # bytes
    at: datetime | None
    window: float = 0.0  # seconds


class ExecEnd(StrEnum):
    EXITED = "exited"  # the process ended by itself; `code` is its exit code
    KILLED = "killed"  # the container or the pod ended under it
    LOST = "lost"  # the stream broke; the process may still run
    REFUSED = "refused"  # the command could not be started
    CLOSED = "closed"  # this side closed the channel


@dataclass(frozen=True, slots=True)
class ExecExit:
    """How an exec ended. `certain` is False where the protocol can lie: v5 says Success for some broken streams."""

    end: ExecEnd
    code: int | None  # unsigned 32 bit, as Windows counts
    message: str = ""
    certain: bool = True


class ExecStream(StrEnum):
    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(frozen=True, slots=True)
class ExecOutput:
    stream: ExecStream
    data: bytes


@dataclass(frozen=True, slots=True)
class Access:
    """The answer to an access review: may `verb` be done to `resource` in `namespace`?"""

    verb: str
    resource: str  # with its subresource, as in pods/exec
    namespace: str
    allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """The API server would accept the pod. `warnings` are its Warning headers."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    pod: PodStatus
    warnings: tuple[str, ...] = field(default=())
