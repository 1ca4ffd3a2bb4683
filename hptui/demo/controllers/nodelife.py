"""How nodes live: heartbeats, conditions that flip, nodes that go away and come back, and what that does to their pods."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from hptui.demo.api.deleting import delete_pod
from hptui.demo.objects.nodes import STOPPED_POSTING, conditions
from hptui.demo.objects.plain import Json, copy, dig, is_ready, meta, name_of, namespace_of, now
from hptui.demo.objects.resources import NODES, PODS
from hptui.demo.rules.defaults import tolerates
from hptui.demo.world import World

_UNREACHABLE = "node.kubernetes.io/unreachable"
_NOT_READY = "node.kubernetes.io/not-ready"
_CONTROLLER = "node-controller"
_HEARTBEAT_GAP = 0.05  # seconds between two nodes' heartbeats at least, however many there are


def _cordon(node: Json) -> bool:
    return bool(dig(node, "spec", "unschedulable"))


def _set_conditions(node: Json, state: str) -> None:
    """Those that stay as they were keep their time."""
    before = {c["type"]: c for c in node["status"]["conditions"]}
    found = conditions(state, now())
    for condition in found:
        old = before.get(condition["type"])
        if old is not None and old["status"] == condition["status"]:
            condition["lastTransitionTime"] = old["lastTransitionTime"]
    node["status"]["conditions"] = found


class NodeLife:
    """The kubelets' reports about their nodes, and the controllers that watch over them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = random.Random(36)
        self._jobs: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        jobs = [asyncio.create_task(self._follow_cordons())]
        if self._world.pace.heartbeat:
            jobs.append(asyncio.create_task(self._heartbeats()))
        if self._world.pace.weather:
            jobs.append(asyncio.create_task(self._weather()))
        try:
            await asyncio.gather(*jobs)
        finally:
            for job in (*jobs, *self._jobs):
                job.cancel()
            await asyncio.gather(*jobs, *self._jobs, return_exceptions=True)

    # Heartbeats and weather

    async def _follow_cordons(self) -> None:
        """The taint follows spec.unschedulable, whoever changed it."""
        async for change in self._world.follow(NODES, self._world.store.version):
            before = change.before.data if change.before else None
            if change.after is not None and (before is None or _cordon(before) != _cordon(change.last.data)):
                self.sync_cordon(change.key[1])

    async def _heartbeats(self) -> None:
        """Each node in its turn, spread over the period, so that changes trickle."""
        while True:
            names = [name_of(s.data) for s in self._world.store.all(NODES) if is_ready(s.data)]
            period = self._world.pace.heartbeat
            for name in names:
                await asyncio.sleep(max(period / len(names), _HEARTBEAT_GAP))
                self.heartbeat(name)
            if not names:
                await asyncio.sleep(period)

    def heartbeat(self, name: str) -> None:
        """Shares all but the conditions with the node as it was: the history keeps thousands of these."""
        node = self._world.store.get(NODES, "", name)
        if node is None or name in self._world.down:
            return
        alive = [{**c, "lastHeartbeatTime": now()} for c in node["status"]["conditions"]]
        self._world.store.put(NODES, {**node, "status": {**node["status"], "conditions": alive}})

    async def _weather(self) -> None:
        """Now and then a Windows node runs short of something for a while."""
        while True:
            await asyncio.sleep(self._random.uniform(0.6, 1.4) * self._world.pace.weather)
            windows = [
                name_of(s.data)
                for s in self._world.store.all(NODES)
                if is_ready(s.data) and dig(s.data, "status", "nodeInfo", "operatingSystem") == "windows"
            ]
            if not windows:
                continue
            name = self._random.choice(windows)
            if self._random.random() < 0.5:
                self._pressure(name, True)
                await asyncio.sleep(self._world.pace.weather / 3)
                self._pressure(name, False)
            else:
                self.set_ready(name, False)
                await asyncio.sleep(self._world.pace.weather / 4)
                self.set_ready(name, True)

    def _pressure(self, name: str, on: bool) -> None:
        node = self._world.store.edit(NODES, "", name)
        if node is None:
            return
        for condition in node["status"]["conditions"]:
            if condition["type"] == "MemoryPressure":
                reason = "KubeletHasInsufficientMemory" if on else "KubeletHasSufficientMemory"
                words = f"kubelet has {'insufficient' if on else 'sufficient'} memory available"
                condition |= {"status": str(on), "reason": reason, "message": words}
                condition |= {"lastTransitionTime": now(), "lastHeartbeatTime": now()}
                self._node_event(node, reason)
        self._world.store.put(NODES, node)

    def set_ready(self, name: str, ready: bool) -> None:
        """Ready True, or False as when the network plugin fails; then, as a change of its own, the taints."""
        node = self._world.store.edit(NODES, "", name)
        if node is None or name in self._world.down:
            return
        _set_conditions(node, "ready" if ready else "not-ready")
        self._world.store.put(NODES, node)
        self._node_event(node, "NodeReady" if ready else "NodeNotReady")
        self._taint(name, None if ready else _NOT_READY)

    def cordon(self, name: str, on: bool) -> None:
        """Unschedulable or not; the taint follows as a change of its own, as recorded."""
        node = self._world.store.edit(NODES, "", name)
        if node is None:
            return
        node["spec"].pop("unschedulable", None)
        if on:
            node["spec"]["unschedulable"] = True
        self._world.store.put(NODES, node)
        self._node_event(node, "NodeNotSchedulable" if on else "NodeSchedulable")

    def sync_cordon(self, name: str) -> None:
        """The taint follows spec.unschedulable."""
        node = self._world.store.edit(NODES, "", name)
        if node is None:
            return
        key = "node.kubernetes.io/unschedulable"
        taints = [t for t in dig(node, "spec", "taints") or [] if t["key"] != key]
        if dig(node, "spec", "unschedulable"):
            taints.append({"key": key, "effect": "NoSchedule", "timeAdded": now()})
        if taints != (dig(node, "spec", "taints") or []):
            self._put_taints(node, taints)

    def _put_taints(self, node: Json, taints: list[Json]) -> None:
        node["spec"].pop("taints", None)
        if taints:
            node["spec"]["taints"] = taints
        self._world.store.put(NODES, node)

    def _taint(self, name: str, key: str | None) -> None:
        """The node controller's taints, one change for each effect."""
        node = self._world.store.edit(NODES, "", name)
        if node is None:
            return
        kept = [t for t in dig(node, "spec", "taints") or [] if t["key"] not in (_UNREACHABLE, _NOT_READY)]
        if key is None:
            self._put_taints(node, kept)
            return
        for effect in ("NoSchedule", "NoExecute"):
            kept = [*kept, {"key": key, "effect": effect, "timeAdded": now()}]
            self._put_taints(copy(node), kept)

    def _node_event(self, node: Json, reason: str) -> None:
        words = f"Node {name_of(node)} status is now: {reason}"
        self._world.recorder.kubelet(node, name_of(node), reason, words)

    # Nodes that go away

    def unplug(self, name: str) -> None:
        self._world.unplug(name)
        self._spawn(self._lose(name))

    def plug_in(self, name: str) -> None:
        """The kubelet reports at once, then the taints go; pods that were deleted meanwhile end now."""
        self._world.plug_in(name)
        node = self._world.store.edit(NODES, "", name)
        if node is None or is_ready(node):
            return
        _set_conditions(node, "ready")
        self._world.store.put(NODES, node)
        self._node_event(node, "NodeReady")
        self._taint(name, None)
        for pod in self._pods_on(name):
            self._set_pod_ready(pod, True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def _lose(self, name: str) -> None:
        """After the grace period: Unknown, not ready pods, taints, and the end of pods that don't tolerate them."""
        await asyncio.sleep(self._world.pace.node_grace)
        node = self._world.store.edit(NODES, "", name)
        if node is None or name not in self._world.down:
            return
        for condition in node["status"]["conditions"]:
            condition |= {
                "status": "Unknown",
                "reason": "NodeStatusUnknown",
                "message": STOPPED_POSTING,
                "lastTransitionTime": now(),
            }
        self._world.store.put(NODES, node)
        self._world.recorder.controller(
            node, _CONTROLLER, "NodeNotReady", f"Node {name} status is now: NodeNotReady"
        )
        for pod in self._pods_on(name):
            self._set_pod_ready(pod, False)
            self._world.recorder.controller(pod, _CONTROLLER, "NodeNotReady", "Node is not ready", "Warning")
        self._taint(name, _UNREACHABLE)
        for pod in self._pods_on(name):
            self._spawn(self._evict(pod, name))

    def _pods_on(self, name: str) -> list[Json]:
        pods = [stored.data for stored in self._world.store.all(PODS)]
        return [pod for pod in pods if dig(pod, "spec", "nodeName") == name]

    def _set_pod_ready(self, pod: Json, ready: bool) -> None:
        current = self._world.store.edit(PODS, namespace_of(pod), name_of(pod))
        if current is None or dig(current, "status", "phase") != "Running":
            return
        for condition in dig(current, "status", "conditions") or []:
            if condition["type"] == "Ready" and condition["status"] != str(ready):
                condition |= {"status": str(ready), "lastTransitionTime": now()}
                self._world.store.put(PODS, current)

    async def _evict(self, pod: Json, node: str) -> None:
        """A pod that tolerates the loss for a time only is marked for deletion; who tolerates it for ever stays."""
        fitting = [
            t for t in dig(pod, "spec", "tolerations") or [] if tolerates(t, _UNREACHABLE, "NoExecute")
        ]
        if any("tolerationSeconds" not in t for t in fitting):
            return
        if fitting:
            await asyncio.sleep(min(float(t["tolerationSeconds"]) for t in fitting))
        current = self._world.store.edit(PODS, namespace_of(pod), name_of(pod))
        if current is None or node not in self._world.down or meta(current).get("deletionTimestamp"):
            return
        disruption = {
            "type": "DisruptionTarget",
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": now(),
            "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint",
        }
        current["status"].setdefault("conditions", []).append(disruption)
        delete_pod(self._world, self._world.store.put(PODS, current), None, dry=False)
