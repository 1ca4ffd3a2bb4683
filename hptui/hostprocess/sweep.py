"""Sessions' pods that are in the cluster, whoever started them: found by their label, removed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hptui.cluster.model import PodStatus
from hptui.cluster.port import Cluster
from hptui.hostprocess.manifest import FROM, REASON, SELECTOR, SESSION_LABEL, WHO


@dataclass(frozen=True, slots=True)
class FoundSession:
    namespace: str
    name: str
    uid: str
    session_id: str
    node: str
    account: str  # runAsUserName
    state: str  # the pod's phase and why, or that it is being deleted
    owner: str  # "" when the pod does not say
    where_from: str
    reason: str
    created: datetime | None
    deadline: datetime | None  # None until the kubelet has acknowledged the pod


async def find_sessions(
    cluster: Cluster, namespaces: Sequence[str] | None = None
) -> tuple[FoundSession, ...]:
    """All sessions' pods, oldest first, in `namespaces` or, with None, in all. Raises ClusterError."""
    found: list[PodStatus] = []
    for namespace in namespaces if namespaces is not None else (None,):
        found.extend(await cluster.list_pods(namespace=namespace, labels=SELECTOR))
    sessions = [found_session(pod) for pod in found]
    return tuple(sorted(sessions, key=lambda s: (s.created is None, s.created, s.namespace, s.name)))


def found_session(pod: PodStatus) -> FoundSession:
    deadline = None
    if pod.started is not None and pod.deadline_seconds is not None:
        deadline = pod.started + timedelta(seconds=pod.deadline_seconds)
    return FoundSession(
        namespace=pod.namespace,
        name=pod.name,
        uid=pod.uid,
        session_id=pod.labels.get(SESSION_LABEL, ""),
        node=pod.node,
        account=pod.account,
        state=_state(pod),
        owner=pod.annotations.get(WHO, ""),
        where_from=pod.annotations.get(FROM, ""),
        reason=pod.annotations.get(REASON, ""),
        created=pod.created,
        deadline=deadline,
    )


def _state(pod: PodStatus) -> str:
    if pod.deleting is not None:
        return "Terminating"
    return f"{pod.phase} ({pod.reason})" if pod.reason else pod.phase


async def remove_found(cluster: Cluster, found: FoundSession) -> bool:
    """Delete it and see it gone; False when it is accepted but not gone within the time limit. Raises ClusterError."""
    return await cluster.delete_pod(found.namespace, found.name, uid=found.uid)
