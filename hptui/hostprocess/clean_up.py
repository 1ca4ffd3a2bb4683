"""Removing a session's pod, also when nobody knows for sure whether it was created.

A request to create that was cut off or timed out may still have made the pod. Its name holds the session's random id, so
deleting by name can hit nothing else.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from hptui import kubectl
from hptui.cluster.connect import ConnectOptions
from hptui.cluster.model import Created
from hptui.cluster.port import Cluster
from hptui.errors import (
    ClusterError,
    ConflictError,
    NotFoundError,
    ServerError,
    SessionError,
    UnreachableError,
)
from hptui.hostprocess.manifest import SELECTOR, SESSION_LABEL
from hptui.terminal.plain import plain

GONE_LIMIT = 30.0
"""Seconds that an accepted deletion may take until the pod is seen gone."""

RETRY_DELAYS = (0.5, 2.0, 5.0)
"""Seconds between tries while the API server does not answer or answers with an error of its own."""

LATE_LOOK = 1.0
"""Seconds after which a request that broke off has either made its pod or never will."""


_REFUSALS = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429, 431})
"""With these the API server says no, so that there can be no pod. With others, as 408, somebody on the way may have given up."""


class SessionPod(Protocol):
    """What must be known of a session to remove its pod: a SessionSpec knows it."""

    @property
    def namespace(self) -> str: ...

    @property
    def pod_name(self) -> str: ...

    @property
    def session_id(self) -> str: ...

    @property
    def deadline(self) -> int: ...


async def remove_session_pod(
    cluster: Cluster, spec: SessionPod, creation: asyncio.Task[Created] | None
) -> bool:
    """See the pod gone. `creation` is the request that made it, in whatever state. Raises SessionError.

    The answer is False where nobody can know whether a pod may still come: the request broke off, and none was there.
    """
    if creation is None:
        return True
    await asyncio.wait({creation})  # it has its own time limit
    error = None if creation.cancelled() else creation.exception()
    if not creation.cancelled() and error is None:
        await _delete(cluster, spec, creation.result().pod.uid)
        return True
    if isinstance(error, ConflictError):  # whoever passes requests on may have sent this one twice
        await _delete_late(cluster, spec)
        return True
    answered = isinstance(error, ClusterError) and not isinstance(
        error, UnreachableError
    )  # not a proxy's page
    if answered and getattr(error, "status", None) in _REFUSALS:
        return True
    return await remove_perhaps_created(cluster, spec)


async def remove_perhaps_created(cluster: Cluster, spec: SessionPod) -> bool:
    """See the pod gone whether it was created, is being created, or never was; False where none was seen. Raises SessionError."""
    seen = await _is_there(cluster, spec)
    await _delete(cluster, spec, "")
    await asyncio.sleep(LATE_LOOK)
    return await _delete_late(cluster, spec) or seen


async def remove_pod(cluster: Cluster, spec: SessionPod, uid: str) -> None:
    """See this very pod gone. Raises SessionError."""
    await _delete(cluster, spec, uid)


async def _is_there(cluster: Cluster, spec: SessionPod) -> bool:
    """Whether it is seen. Raises SessionError: what can't be looked at is not known to be away."""
    for delay in (*RETRY_DELAYS, None):
        try:
            await cluster.get_pod(spec.namespace, spec.pod_name)
        except (UnreachableError, ServerError) as error:
            if delay is None:
                raise _not_removed(cluster, spec, error.message) from error
            await asyncio.sleep(delay)
        except ClusterError:  # it isn't there, or may not be seen; the deletion says what is wrong
            return False
        else:
            return True
    return False


async def _delete_late(cluster: Cluster, spec: SessionPod) -> bool:
    """Delete what has this session's id now; whether there was any. Raises SessionError: what can't be seen is not gone."""
    labels = f"{SELECTOR},{SESSION_LABEL}={spec.session_id}"
    for delay in (*RETRY_DELAYS, None):
        try:
            found = await cluster.list_pods(namespace=spec.namespace, labels=labels)
        except (UnreachableError, ServerError) as error:
            if delay is None:
                raise _not_removed(cluster, spec, error.message) from error
            await asyncio.sleep(delay)
        except ClusterError:  # who may not list may delete by name
            await _delete(cluster, spec, "")
            return False
        else:
            for pod in found:
                await _delete(cluster, spec, pod.uid)
            return bool(found)
    return False


async def _delete(cluster: Cluster, spec: SessionPod, uid: str) -> None:
    for delay in (*RETRY_DELAYS, None):
        try:
            gone = await cluster.delete_pod(spec.namespace, spec.pod_name, uid=uid, limit=GONE_LIMIT)
        except NotFoundError:  # of the namespace
            return
        except (UnreachableError, ServerError) as error:
            if delay is None:
                raise _not_removed(cluster, spec, error.message) from error
            await asyncio.sleep(delay)
        except ClusterError as error:
            raise _not_removed(cluster, spec, error.message) from error
        else:
            if gone:
                return
            raise _not_removed(
                cluster, spec, f"It was still there {GONE_LIMIT:.0f} seconds after its deletion."
            )


def left_behind(spec: SessionPod, options: ConnectOptions) -> str:
    """What to know about a pod that could not be seen gone. `options`: as its cluster was connected."""
    command = kubectl.delete_pod(
        spec.namespace, spec.pod_name, context=options.context, kubeconfig=options.kubeconfig
    )
    return f"its deadline ends the pod after {spec.deadline} seconds; to remove it now: {plain(command)}"


def _not_removed(cluster: Cluster, spec: SessionPod, why: str) -> SessionError:
    return SessionError(
        f"The pod {spec.pod_name} could not be removed. {why}",
        title="A pod is left behind",
        hint=left_behind(spec, cluster.options).replace(
            "its deadline", "Its deadline", 1
        ),  # ends in a command: no full stop
    )
