"""Pods: asked for, created, read and watched. How one is deleted stands in deletion.py."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hptui.cluster.backoff import Pace
from hptui.cluster.listing import kind_of, list_all
from hptui.cluster.model import (
    ContainerPhase,
    ContainerStatus,
    Created,
    DryRun,
    Manifest,
    PodGone,
    PodsChanged,
    PodSeen,
    PodStatus,
    PodsUpdate,
    PodUpdate,
)
from hptui.cluster.nodes import conditions_from
from hptui.cluster.reflector import Changes, Reflector, newest
from hptui.cluster.threads import Closed
from hptui.cluster.transport import Query, Transport, decode, segment
from hptui.cluster.wire import ContainerStatusWire, PodWire, instant


def pods_path(namespace: str | None) -> str:
    return "/api/v1/pods" if namespace is None else f"/api/v1/namespaces/{segment(namespace)}/pods"


def pod_path(namespace: str, name: str) -> str:
    return f"{pods_path(namespace)}/{segment(name)}"


def container_from(wire: ContainerStatusWire) -> ContainerStatus:
    state = wire.state
    plain = ContainerStatus(
        wire.name, wire.image, ContainerPhase.UNKNOWN, ready=wire.ready, restarts=wire.restart_count
    )
    if state and state.terminated:
        ended = state.terminated
        return replace(
            plain,
            phase=ContainerPhase.TERMINATED,
            reason=ended.reason or "",
            message=ended.message or "",
            exit_code=ended.exit_code,
            started=instant(ended.started_at),
            finished=instant(ended.finished_at),
        )
    if state and state.running:
        return replace(plain, phase=ContainerPhase.RUNNING, started=instant(state.running.started_at))
    if state and state.waiting:
        waiting = state.waiting
        return replace(
            plain,
            phase=ContainerPhase.WAITING,
            reason=waiting.reason or "",
            message=waiting.message or "",
        )
    return plain


def _deadline(seconds: int | None) -> int | None:
    """Within what the API server accepts."""
    return None if seconds is None else min(max(seconds, 0), 2**31 - 1)


def pod_from(wire: PodWire) -> PodStatus:
    meta, spec, status = wire.metadata, wire.spec, wire.status
    windows = spec.security_context.windows_options if spec and spec.security_context else None
    return PodStatus(
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
        node=(spec.node_name if spec else None) or "",
        phase=(status.phase if status else None) or "Unknown",
        reason=(status.reason if status else None) or "",
        message=(status.message if status else None) or "",
        created=instant(meta.creation_timestamp),
        started=instant(status.start_time) if status else None,
        deleting=instant(meta.deletion_timestamp),
        deadline_seconds=_deadline(spec.active_deadline_seconds if spec else None),
        labels=meta.labels or {},
        annotations=meta.annotations or {},
        conditions=conditions_from(status.conditions if status else None),
        containers=tuple(
            container_from(one) for one in (status.container_statuses if status else None) or ()
        ),
        account=(windows.run_as_user_name if windows else None) or "",
        host_process=bool(windows and windows.host_process),
    )


PODS = kind_of("pod", PodWire, pod_from, lambda p: p.uid, lambda p: p.resource_version)


def dry_run_pod(transport: Transport, namespace: str, manifest: Manifest) -> DryRun:
    answer = transport.ask(pods_path(namespace), [("dryRun", "All")], manifest)
    return DryRun(answer.warnings)


def create_pod(transport: Transport, namespace: str, manifest: Manifest) -> Created:
    answer = transport.create(pods_path(namespace), (), manifest)
    return Created(pod_from(decode(PODS.one, answer.body, "the new pod")), answer.warnings)


def get_pod(transport: Transport, namespace: str, name: str) -> PodStatus:
    body = transport.get(pod_path(namespace, name)).body
    return pod_from(decode(PODS.one, body, f"pod {namespace}/{name}"))


def list_pods(transport: Transport, namespace: str | None, labels: str, fields: str) -> Sequence[PodStatus]:
    return list_all(transport, PODS, pods_path(namespace), selecting(labels, fields))[0]


def selecting(labels: str = "", fields: str = "") -> Query:
    query = []
    if labels:
        query.append(("labelSelector", labels))
    if fields:
        query.append(("fieldSelector", fields))
    return query


def exactly(fields: Mapping[str, str]) -> str:
    """The field selector for these values. A comma, an equals sign or a backslash in one of them stays a part of it.

    https://pkg.go.dev/k8s.io/apimachinery/pkg/fields#EscapeValue
    """
    escaped = {name: re.sub(r"([\\,=])", r"\\\1", value) for name, value in fields.items()}
    return ",".join(f"{name}={value}" for name, value in escaped.items())


class PodsWatch(Reflector[PodStatus, PodsUpdate]):
    """The pods that a label selector matches, from now on."""

    def __init__(self, transport: Transport, namespace: str | None, labels: str, pace: Pace) -> None:
        super().__init__(transport, PODS, pods_path(namespace), selecting(labels), pace=pace)

    def updates(self, changes: Sequence[Changes[PodStatus]]) -> Sequence[PodsUpdate]:
        merged = newest(changes, PODS.key)
        return [PodsChanged(merged.changed, merged.removed, merged.complete)]


class PodWatch(Reflector[PodStatus, PodUpdate]):
    """One pod until it is gone. A pod of the same name that is made later is another one, and never shown."""

    def __init__(self, transport: Transport, namespace: str, name: str, pace: Pace) -> None:
        query = selecting(fields=exactly({"metadata.name": name}))
        super().__init__(transport, PODS, pods_path(namespace), query, pace=pace)
        self._last: PodStatus | None = None

    def deliver(self, changes: Changes[PodStatus]) -> None:
        for pod in changes.changed:
            if self._last is None or self._last.uid == pod.uid:
                self._last = pod
                self.put(PodSeen(pod))
        if self._last is None or self._last.uid in changes.removed:
            self.put(PodGone(self._last))
            raise Closed

    def combine(self, items: Sequence[PodUpdate]) -> Sequence[PodUpdate]:
        return items
