"""Sessions' pods that are in the cluster, whoever started them: found by their label, chosen, and removed one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hptui.cluster.model import PodStatus
from hptui.cluster.port import Cluster
from hptui.errors import ForbiddenError
from hptui.hostprocess.manifest import FROM, REASON, SELECTOR, SESSION_LABEL, WHO
from hptui.hostprocess.person import Person


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

    @property
    def place(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Found:
    sessions: tuple[FoundSession, ...]
    namespace: str | None  # that was searched; None for all
    fell_back: bool = False  # all were wanted, and the right to list pods in all namespaces is missing


@dataclass(frozen=True, slots=True)
class Choice:
    """Which sessions to sweep; what is empty does not choose."""

    older_than: timedelta | None = None
    owner: str = ""
    node: str = ""
    everyones: bool = False  # another person's too


async def find_sessions(
    cluster: Cluster, namespaces: Sequence[str] | None = None
) -> tuple[FoundSession, ...]:
    """All sessions' pods, oldest first, in `namespaces` or, with None, in all. Raises ClusterError."""
    found: list[PodStatus] = []
    for namespace in namespaces if namespaces is not None else (None,):
        found.extend(await cluster.list_pods(namespace=namespace, labels=SELECTOR))
    sessions = [found_session(pod) for pod in found]
    return tuple(sorted(sessions, key=lambda s: (s.created is None, s.created, s.namespace, s.name)))


async def look_for_sessions(cluster: Cluster, namespace: str, *, everywhere: bool) -> Found:
    """Those in `namespace` or, with `everywhere`, in all, as far as the rights go. Raises ClusterError."""
    if everywhere:
        try:
            return Found(await find_sessions(cluster), None)
        except ForbiddenError:
            return Found(await find_sessions(cluster, [namespace]), namespace, fell_back=True)
    return Found(await find_sessions(cluster, [namespace]), namespace)


def why_not(
    found: FoundSession, choice: Choice, person: Person, open_here: frozenset[str], now: datetime
) -> str:
    """Why this session stays, in words; "" for one to sweep. `open_here`: what programs on this machine have open."""
    if choice.node and found.node != choice.node:
        return f"on {found.node or 'no node yet'}, not on {choice.node}"
    if choice.owner and found.owner != choice.owner:
        return f"of {found.owner or 'an unknown owner'}, not of {choice.owner}"
    if choice.older_than is not None:
        if found.created is None:
            return "its age is not known"
        if now - found.created <= choice.older_than:
            return "too young"
    if found.session_id in open_here:
        return "open in another hptui on this machine"
    if not choice.everyones and not person.is_surely(found.owner, found.where_from):
        if not found.owner and not found.where_from:
            return "its owner is not known; --all takes it"
        if person.is_named(found.owner):
            return f"of {found.owner}, but from {found.where_from}: perhaps another person; --all takes it"
        return "another person's; --all takes it"
    return ""


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
