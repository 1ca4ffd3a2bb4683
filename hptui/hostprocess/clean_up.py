"""Removing a session's pod, also when nobody knows for sure whether it was created.

A request to create that was cut off or timed out may still have made the pod. Its name holds the session's random id, so
deleting by name can hit nothing else.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from hptui.cluster.model import Created
from hptui.cluster.port import Cluster
from hptui.errors import ClusterError, NotFoundError, ServerError, SessionError, UnreachableError
from hptui.hostprocess.manifest import SELECTOR, SESSION_LABEL

GONE_LIMIT = 30.0
"""Seconds that an accepted deletion may take until the pod is seen gone."""

RETRY_DELAYS = (0.5, 2.0, 5.0)
"""Seconds between tries while the API server does not answer or answers with an error of its own."""

LATE_LOOK = 1.0
"""Seconds after which a request that broke off has either made its pod or never will."""


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
) -> None:
    """See the pod gone. `creation` is the request that made it, in whatever state. Raises SessionError."""
    if creation is None:
        return
    await asyncio.wait({creation})  # it has its own time limit
    error = None if creation.cancelled() else creation.exception()
    if not creation.cancelled() and error is None:
        await _delete(cluster, spec, creation.result().pod.uid)
        return
    if error is not None and _is_refusal(error):
        return
    await remove_perhaps_created(cluster, spec)


async def remove_perhaps_created(cluster: Cluster, spec: SessionPod) -> None:
    """See the pod gone whether it was created, is being created, or never was. Raises SessionError."""
    await _delete(cluster, spec, "")
    await asyncio.sleep(LATE_LOOK)
    await _delete_late(cluster, spec)


async def remove_pod(cluster: Cluster, spec: SessionPod, uid: str) -> None:
    """See this very pod gone. Raises SessionError."""
    await _delete(cluster, spec, uid)


def _is_refusal(error: BaseException) -> bool:
    """Whether the API server has said no, so that there can be no pod."""
    return isinstance(error, ClusterError) and error.status is not None and 400 <= error.status < 500


async def _delete_late(cluster: Cluster, spec: SessionPod) -> None:
    try:
        found = await cluster.list_pods(
            namespace=spec.namespace, labels=f"{SELECTOR},{SESSION_LABEL}={spec.session_id}"
        )
    except ClusterError:
        found = ()
    for pod in found:
        await _delete(cluster, spec, pod.uid)


async def _delete(cluster: Cluster, spec: SessionPod, uid: str) -> None:
    for delay in (*RETRY_DELAYS, None):
        try:
            gone = await cluster.delete_pod(spec.namespace, spec.pod_name, uid=uid, limit=GONE_LIMIT)
        except NotFoundError:  # of the namespace
            return
        except (UnreachableError, ServerError) as error:
            if delay is None:
                raise _not_removed(spec, error.message) from error
            await asyncio.sleep(delay)
        except ClusterError as error:
            raise _not_removed(spec, error.message) from error
        else:
            if gone:
                return
            raise _not_removed(spec, f"It was still there {GONE_LIMIT:.0f} seconds after its deletion.")


def left_behind(spec: SessionPod) -> str:
    """What to know about a pod that could not be seen gone."""
    return (
        f"its deadline ends the pod after {spec.deadline} seconds; to remove it now: "
        f"kubectl delete pod -n {spec.namespace} {spec.pod_name} --grace-period=0 --force"
    )


def _not_removed(spec: SessionPod, why: str) -> SessionError:
    return SessionError(
        f"The pod {spec.pod_name} could not be removed. {why}",
        title="A pod is left behind",
        hint=left_behind(spec).replace("its deadline", "Its deadline", 1),  # ends in a command: no full stop
    )
