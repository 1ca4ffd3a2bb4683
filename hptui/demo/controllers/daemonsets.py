"""The DaemonSet controller: a pod on every node that the template fits, and a status that counts them."""

from __future__ import annotations

import asyncio
import hashlib

from hptui.demo.controllers.owned_pods import create_pod, owner_reference
from hptui.demo.controllers.scheduler import misfit
from hptui.demo.objects.plain import (
    Json,
    copy,
    dig,
    encode,
    is_owned,
    is_ready,
    meta,
    name_of,
    namespace_of,
)
from hptui.demo.objects.refusals import Refusal
from hptui.demo.objects.resources import DAEMON_SETS, NODES, PODS
from hptui.demo.objects.store import first_of
from hptui.demo.rules.defaults import label_place
from hptui.demo.world import World

_TOLERATED = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
_COMPONENT = "daemonset-controller"


class DaemonSets:
    """Looks at every DaemonSet whenever pods, nodes or DaemonSets have changed."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def run(self) -> None:
        store = self._world.store
        while True:
            bells = [store.bell(resource) for resource in (DAEMON_SETS, PODS, NODES)]
            for stored in store.all(DAEMON_SETS):
                self._reconcile(stored.data)
            await first_of(bells)
            await asyncio.sleep(self._world.pace.controllers)

    def _reconcile(self, found: Json) -> None:
        store = self._world.store
        mine = [s.data for s in store.all(PODS, namespace_of(found)) if is_owned(s.data, found)]
        by_node = {_target(pod): pod for pod in mine}
        sample = self._pod(found, "")
        del sample["spec"]["affinity"]  # it names one node
        wanted = [name_of(s.data) for s in store.all(NODES) if not misfit(sample, s.data)]
        for node in wanted:
            if node not in by_node and (pod := self._create(found, node)) is not None:
                by_node[node] = pod
        here = [by_node[node] for node in wanted if node in by_node]
        ready = sum(is_ready(pod) for pod in here)
        status: Json = {
            "currentNumberScheduled": len(here),
            "numberMisscheduled": len(set(by_node) - set(wanted)),
            "desiredNumberScheduled": len(wanted),
            "numberReady": ready,
            "observedGeneration": meta(found).get("generation", 1),
            "updatedNumberScheduled": len(here),
        }
        if ready:
            status["numberAvailable"] = ready
        if len(wanted) > ready:
            status["numberUnavailable"] = len(wanted) - ready
        if found.get("status") != status:
            store.put(DAEMON_SETS, {**found, "status": status})

    def _pod(self, found: Json, node: str) -> Json:
        template = copy(found["spec"]["template"])
        generation = str(meta(found).get("generation", 1))
        digest = hashlib.sha256(encode(template)).hexdigest()[:10]
        labels = dig(template, "metadata", "labels") or {}
        spec = template["spec"]
        spec.setdefault("tolerations", []).extend(
            {"key": key, "operator": "Exists", "effect": effect} for key, effect in self._tolerations(spec)
        )
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
        affinity = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        spec["affinity"] = {"nodeAffinity": affinity}
        return {
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {
                "generateName": f"{name_of(found)}-",
                "labels": labels
                | {"controller-revision-hash": digest, "pod-template-generation": generation},
                "ownerReferences": [owner_reference(DAEMON_SETS, found)],
            },
            "spec": spec,
        }

    @staticmethod
    def _tolerations(spec: Json) -> list[tuple[str, str]]:
        host = [("node.kubernetes.io/network-unavailable", "NoSchedule")] if spec.get("hostNetwork") else []
        return [*_TOLERATED, *host]

    def _create(self, found: Json, node: str) -> Json | None:
        store, pod = self._world.store, self._pod(found, node)
        try:
            created = create_pod(self._world, pod, namespace_of(found))
        except Refusal as refusal:
            words = f"Error creating: {refusal}"
            self._world.recorder.kubelet(found, "", "FailedCreate", words, kind="Warning")
            return None
        words = f"Created pod: {name_of(created)}"
        self._world.recorder.controller(found, _COMPONENT, "SuccessfulCreate", words)
        # The scheduler's part: this pod can go nowhere else.
        bound = copy(created)
        bound["spec"]["nodeName"] = node
        label_place(bound, store)
        words = f"Successfully assigned {namespace_of(bound)}/{name_of(bound)} to {node}"
        self._world.recorder.scheduler(created, "Scheduled", words, "Binding")
        return store.put(PODS, bound)


def _target(pod: Json) -> str:
    return str(dig(pod, "spec", "nodeName") or "")
