"""What a fresh simulated cluster holds: namespaces, accounts, quotas and nodes."""

from __future__ import annotations

from collections.abc import Sequence

from hptui.demo.objects.nodes import NodeSpec, node_object
from hptui.demo.objects.plain import Json, new_uid, now, stamp
from hptui.demo.objects.resources import (
    API_SERVICES,
    NAMESPACES,
    NODES,
    PRIORITY_CLASSES,
    RESOURCE_QUOTAS,
    SERVICE_ACCOUNTS,
    Resource,
)
from hptui.demo.objects.store import Store

_SECURITY = "pod-security.kubernetes.io/"
_NAMESPACES: dict[str, dict[str, str]] = {
    "default": {},
    "kube-system": {f"{_SECURITY}enforce": "privileged"},
    "kube-public": {},
    "kube-node-lease": {},
    "hptui": {f"{_SECURITY}enforce": "privileged"},
    "locked": {f"{_SECURITY}enforce": "restricted"},
    "baseline": {f"{_SECURITY}enforce": "baseline", f"{_SECURITY}warn": "restricted"},
    "tight": {f"{_SECURITY}enforce": "privileged"},
}
_LONG_AGO = 1_735_689_600.0  # 2025-01-01, when this cluster was made


def fill(store: Store, fleet: Sequence[NodeSpec | Json]) -> None:
    """Nodes may be given as whole objects as well."""
    for name, labels in _NAMESPACES.items():
        add_namespace(store, name, labels)
    _put(
        store,
        RESOURCE_QUOTAS,
        "tight",
        "tight",
        {"spec": {"hard": {"pods": "1"}}, "status": {"hard": {"pods": "1"}, "used": {"pods": "0"}}},
    )
    for name, value in (("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)):
        _put(store, PRIORITY_CLASSES, "", name, {"value": value, "preemptionPolicy": "PreemptLowerPriority"})
    _put(store, API_SERVICES, "", "v1beta1.metrics.k8s.io", _metrics_service())
    for index, node in enumerate(fleet):
        store.put(NODES, node_object(node, index) if isinstance(node, NodeSpec) else node)


def add_namespace(store: Store, name: str, labels: dict[str, str]) -> None:
    """With its default service account."""
    body: Json = {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
    _put(store, NAMESPACES, "", name, body, {"kubernetes.io/metadata.name": name, **labels})
    add_service_account(store, name)


def add_service_account(store: Store, namespace: str) -> None:
    """The one called default, which the service account controller makes for every namespace."""
    _put(store, SERVICE_ACCOUNTS, namespace, "default", {})


def _put(
    store: Store,
    resource: Resource,
    namespace: str,
    name: str,
    body: Json,
    labels: dict[str, str] | None = None,
) -> None:
    meta: Json = {"name": name}
    if namespace:
        meta["namespace"] = namespace
    meta |= {"uid": new_uid(), "creationTimestamp": stamp(_LONG_AGO)}
    if labels:
        meta["labels"] = labels
    head = {"kind": resource.kind, "apiVersion": resource.group_version, "metadata": meta}
    store.put(resource, head | body)


def _metrics_service() -> Json:
    available = {
        "type": "Available",
        "status": "True",
        "lastTransitionTime": now(),
        "reason": "Passed",
        "message": "all checks passed",
    }
    return {
        "spec": {
            "service": {"namespace": "kube-system", "name": "metrics-server", "port": 443},
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
        "status": {"conditions": [available]},
    }
