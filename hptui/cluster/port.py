"""The seam: what the rooms above see of a cluster.

Everything here is asyncio's. Nothing blocks the loop: short requests run on the cluster's own threads, streams on a thread
each, and every one has a time limit or can be cancelled at once. All errors are `hptui.errors.ClusterError`s.

A `Stream` is iterated by one task. `close()` may be called from the loop at any time, at once and more than once; the iteration
then ends. Streams repair themselves: a dropped connection or a 410 is answered with a fresh list, and only a change of
connection state (`Live`, `Stale`) tells of it. They end only on `close()` or with an error that waiting cannot mend: a
right that is missing, credentials that were refused from the start. Later ones are waited for: somebody may log in again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol, TypeVar

from hptui.cluster.connect import ConnectOptions
from hptui.cluster.model import (
    Access,
    ClusterInfo,
    Created,
    Credential,
    DryRun,
    Event,
    EventUpdate,
    ExecExit,
    ExecOutput,
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

T_co = TypeVar("T_co", covariant=True)


class Stream(Protocol[T_co]):
    """An endless source of updates for one task; `close()` ends it at once, is idempotent and does not block."""

    def __aiter__(self) -> AsyncIterator[T_co]: ...

    def close(self) -> None: ...


class ExecChannel(Protocol):
    """One running exec. Output is pulled: what is not taken holds the sender back, so memory stays bounded."""

    @property
    def tty(self) -> bool: ...

    @property
    def protocol(self) -> str:
        """The negotiated subprotocol, v5.channel.k8s.io or v4.channel.k8s.io."""
        ...

    async def read(self) -> Sequence[ExecOutput]:
        """The next output, at most about 64 KiB at once and never empty pieces; an empty sequence when all has been read."""
        ...

    def write(self, data: bytes) -> None:
        """Queue bytes for the process's stdin. Never blocks; ignored once the exec has ended."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes written that are not on their way yet: they pile up while the process doesn't read its stdin."""
        ...

    async def drain(self) -> None:
        """Wait until less than 64 KiB of what was written is still unsent."""
        ...

    def close_stdin(self) -> None:
        """Half-close, where the protocol can (v5); with v4 the process never learns of it."""
        ...

    def resize(self, columns: int, rows: int) -> None:
        """Tell the terminal's size; does nothing without a tty (a resize frame there blocks the connection)."""
        ...

    def discard_queued(self) -> int:
        """Drop output that has arrived but was not read yet (after Ctrl+C in a flood); returns the number of bytes."""
        ...

    async def wait(self) -> ExecExit:
        """How the exec ended. Does not need the output to be read to the end."""
        ...

    def close(self) -> None:
        """Close the channel at once. The process on the node may go on running: only its pod's end ends it surely."""
        ...


class Cluster(Protocol):
    """One cluster as one user sees it."""

    @property
    def info(self) -> ClusterInfo: ...

    @property
    def options(self) -> ConnectOptions:
        """How another process connects as this one did; nothing in it is secret."""
        ...

    @property
    def credential(self) -> Credential | None:
        """What lets us in, and until when; None before anything was asked. Does not block."""
        ...

    async def identify(self) -> ClusterInfo:
        """Ask the server who it is and who we are (version, SelfSubjectReview); `info` has it from then on."""
        ...

    # Nodes

    def watch_nodes(self, selector: str = "kubernetes.io/os=windows") -> Stream[NodeUpdate]: ...

    async def list_nodes(self, selector: str = "kubernetes.io/os=windows") -> Sequence[Node]: ...

    async def get_node(self, name: str) -> Node: ...

    async def node_images(self, name: str) -> Sequence[NodeImage]: ...

    # Pods

    async def dry_run_pod(self, namespace: str, manifest: Manifest) -> DryRun:
        """Ask for the pod without creating it. Raises PodSecurityError, AdmissionError, QuotaError, InvalidError …"""
        ...

    async def create_pod(self, namespace: str, manifest: Manifest) -> Created: ...

    async def get_pod(self, namespace: str, name: str) -> PodStatus: ...

    async def list_pods(
        self, *, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> Sequence[PodStatus]:
        """Pods by label and field selector, in one namespace or, with None, in all."""
        ...

    def watch_pod(self, namespace: str, name: str) -> Stream[PodUpdate]:
        """One pod, from now on; PodGone, once, when it isn't there (any more), and then the stream ends."""
        ...

    def watch_pods(self, *, namespace: str | None = None, labels: str = "") -> Stream[PodsUpdate]: ...

    async def delete_pod(self, namespace: str, name: str, *, uid: str = "", limit: float = 30.0) -> bool:
        """Delete with grace period 0 and see it gone. True when the API answers NotFound (or the uid is another's);
        False when it is accepted but not gone within `limit` seconds. Deleting what isn't there is True."""
        ...

    async def read_object(self, path: str) -> Mapping[str, object]:
        """Any object as JSON data, by its API path, as in /api/v1/nodes/NAME; managedFields are left out."""
        ...

    # Around a pod

    def watch_events(
        self, namespace: str, *, kind: str = "Pod", name: str = "", uid: str = ""
    ) -> Stream[EventUpdate]: ...

    async def list_events(self, namespace: str, *, kind: str = "", name: str = "") -> Sequence[Event]: ...

    def follow_log(
        self, namespace: str, name: str, *, container: str = "", tail: int | None = None
    ) -> Stream[LogUpdate]:
        """The container's output as it comes, in batches of about 50 ms, resumed without a loss or a repeat."""
        ...

    async def pod_usage(self, namespace: str, name: str) -> Usage:
        """Raises UnavailableError when metrics.k8s.io isn't there; NotFoundError while the pod is too young."""
        ...

    async def node_usage(self) -> Mapping[str, Usage]:
        """By node name. Raises UnavailableError when metrics.k8s.io isn't there."""
        ...

    async def may(self, verb: str, resource: str, *, namespace: str = "", group: str = "") -> Access:
        """SelfSubjectAccessReview; `resource` may name a subresource, as in pods/exec."""
        ...

    async def clock_ahead(self) -> float | None:
        """By how many seconds the server's clock is ahead of this machine's, to about a second; None if it doesn't tell."""
        ...

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
    ) -> ExecChannel:
        """Start a command in a container. `size` is columns and rows, with a tty. Raises ExecError and the others."""
        ...

    def ask_anew(self) -> None:
        """Trust no connection that is open: streams are asked for anew where they stood, an exec whose link is dead is lost
        soon. Happens by itself after a sleep of this machine. Does not block."""
        ...

    async def close(self) -> None:
        """Cancel all that is under way and let go of the threads; idempotent."""
        ...
