"""metrics.k8s.io: what nodes and pods use, moving plausibly over time."""

from __future__ import annotations

import math
import random
import time
import zlib
from collections import defaultdict
from collections.abc import Mapping

from hptui.demo.api.paths import Target
from hptui.demo.api.reading import Selection, get_one, selection
from hptui.demo.objects.nodes import runtime_of
from hptui.demo.objects.plain import (
    Json,
    dig,
    is_ready,
    labels_of,
    name_of,
    namespace_of,
    now,
    parse_time,
    stamp,
)
from hptui.demo.objects.refusals import Refusal, not_found
from hptui.demo.objects.resources import NODES, POD_METRICS, PODS
from hptui.demo.world import World

_GROUP = "metrics.k8s.io"
_VERSION = "metrics.k8s.io/v1beta1"
_STEP = 5.0  # seconds between two measurements
_BLIND = ("1.6.5", "1.6.6")
"""These containerd versions report no usage of HostProcess containers."""


def check_backend(state: str) -> None:
    """Raises Refusal when the metrics server can't answer."""
    match state:
        case "absent":
            raise Refusal(404, "404 page not found\n")
        case "down":
            raise Refusal(503, "metrics unavailable\n")
        case "gone":
            raise Refusal(503, "service unavailable\n")


def serve(world: World, target: Target, query: Mapping[str, str]) -> Json:
    """Raises Refusal."""
    if target.resource is POD_METRICS:
        return _pods(world, target, query)
    return _nodes(world, target, query)


def _nodes(world: World, target: Target, query: Mapping[str, str]) -> Json:
    if target.name:
        node = world.store.get(NODES, "", target.name)
        if node is None or not is_ready(node) or target.name in world.down:
            raise not_found(_GROUP, "nodemetrics", target.name)
        return _head("NodeMetrics") | _node(world, node, _measured_pods(world)[target.name])
    chosen = _chosen(target, query, "nodes")
    pods = _measured_pods(world)
    items = [
        _node(world, stored.data, pods[name_of(stored.data)])
        for stored in world.store.all(NODES)
        if chosen.match(stored.data) and is_ready(stored.data) and name_of(stored.data) not in world.down
    ]
    return _head("NodeMetricsList") | {"metadata": {}, "items": items}


def _pods(world: World, target: Target, query: Mapping[str, str]) -> Json:
    if target.name:
        missing = not_found(_GROUP, "podmetrics", f"{target.namespace}/{target.name}")
        core = Target("", "v1", "pods", target.namespace, target.name, resource=PODS)
        try:
            pod = get_one(world.store, core)
        except Refusal as none:
            raise missing from none
        if not _measured(world, pod):
            raise missing
        return _head("PodMetrics") | _pod(world, pod)
    chosen = _chosen(target, query, "pods")
    items = [
        _pod(world, stored.data)
        for stored in world.store.all(PODS, target.namespace)
        if chosen.match(stored.data) and _measured(world, stored.data)
    ]
    return _head("PodMetricsList") | {"metadata": {}, "items": items}


def _chosen(target: Target, query: Mapping[str, str], plural: str) -> Selection:
    resource = PODS if plural == "pods" else NODES
    return selection(Target("", "v1", plural, target.namespace, resource=resource), query)


def _head(kind: str) -> Json:
    return {"kind": kind, "apiVersion": _VERSION}


def _measured(world: World, pod: Json) -> bool:
    """Running long enough for the metrics server to have seen it twice."""
    if dig(pod, "status", "phase") != "Running" or dig(pod, "spec", "nodeName") in world.down:
        return False
    for status in dig(pod, "status", "containerStatuses") or []:
        since = dig(status, "state", "running", "startedAt")
        if since and time.time() - parse_time(since) >= world.pace.metrics_age:
            return True
    return False


def _sample(obj: Json) -> Json:
    tick = time.time() // _STEP * _STEP
    meta: Json = {"name": name_of(obj)}
    if namespace_of(obj):
        meta["namespace"] = namespace_of(obj)
    meta["creationTimestamp"] = now()
    if labels_of(obj):
        meta["labels"] = labels_of(obj)
    return {"metadata": meta, "timestamp": stamp(tick), "window": "15.01s"}


def _measured_pods(world: World) -> dict[str, list[Json]]:
    """By node."""
    found: dict[str, list[Json]] = defaultdict(list)
    for stored in world.store.all(PODS):
        if _measured(world, stored.data):
            found[stored.data["spec"]["nodeName"]].append(stored.data)
    return found


def _node(world: World, node: Json, here: list[Json]) -> Json:
    cpus = float(dig(node, "status", "capacity", "cpu") or 4)
    memory = _kibibytes(str(dig(node, "status", "capacity", "memory") or "16777216Ki"))
    seed = name_of(node)
    pods = [_pod_usage(world, pod) for pod in here]
    busy = cpus * (0.08 + 0.22 * _wave(seed + "cpu")) + sum(cpu for cpu, _ in pods)
    used = memory * (0.28 + 0.3 * _wave(seed + "memory", slow=True)) + sum(kib for _, kib in pods)
    return _sample(node) | {"usage": _usage(min(busy, cpus), min(used, memory * 0.97))}


def _pod(world: World, pod: Json) -> Json:
    names = [c["name"] for c in pod["spec"]["containers"]]
    cpu, kib = _pod_usage(world, pod)
    share = len(names)
    return _sample(pod) | {
        "containers": [{"name": name, "usage": _usage(cpu / share, kib / share)} for name in names]
    }


def _pod_usage(world: World, pod: Json) -> tuple[float, float]:
    """Cores and KiB: an idle PowerShell, and more for each one that was started by exec."""
    node = world.store.get(NODES, "", pod["spec"]["nodeName"])
    if node is not None and runtime_of(node)[1] in _BLIND:
        return 0.0, 0.0
    execs = sum(c.busy for name in pod["spec"]["containers"] for c in world.containers.of(pod, name["name"]))
    seed = str(pod["metadata"]["uid"])
    cpu = 0.004 + 0.03 * _wave(seed + "cpu") + execs * (0.05 + 0.25 * _wave(seed + "exec"))
    kib = 38_000 + 14_000 * _wave(seed + "memory", slow=True) + execs * (61_000 + 30_000 * _wave(seed))
    return cpu, kib


def _usage(cores: float, kib: float) -> Json:
    return {"cpu": f"{round(cores * 1e9)}n" if cores else "0", "memory": f"{round(kib)}Ki" if kib else "0"}


def _kibibytes(quantity: str) -> float:
    for suffix, factor in (("Ki", 1.0), ("Mi", 1024.0), ("Gi", 1024.0**2)):
        if quantity.endswith(suffix):
            return float(quantity.removesuffix(suffix)) * factor
    return float(quantity) / 1024


def _wave(seed: str, slow: bool = False) -> float:
    """Between 0 and 1: two slow swings and a little noise, the same for everyone who asks within a step."""
    number = zlib.crc32(seed.encode())
    tick = time.time() // _STEP
    at = tick * _STEP / (900.0 if slow else 140.0)
    phase = number % 628 / 100
    swing = 0.5 + 0.32 * math.sin(at + phase) + 0.13 * math.sin(at * 3.7 + phase * 2)
    noise = random.Random(f"{number}/{tick}").uniform(-0.05, 0.05) * (0.2 if slow else 1.0)
    return min(1.0, max(0.0, swing + noise))
