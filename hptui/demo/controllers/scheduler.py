"""The scheduler: finds a node for every pod that names none, or says why there is none."""

from __future__ import annotations

import asyncio
from collections import Counter

from hptui.demo.objects.plain import Json, copy, dig, labels_of, name_of, namespace_of, now, uid_of
from hptui.demo.objects.resources import NODES, PODS
from hptui.demo.rules.defaults import label_place, tolerates
from hptui.demo.world import World

_RETRY = 2.0  # seconds
_NO_LABEL = "node(s) didn't match Pod's node affinity/selector"


class Scheduler:
    """Binds pods one by one; those without a place are tried again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: dict[str, tuple[str, str]] = {}  # namespace and name, by uid

    async def run(self) -> None:
        retry = asyncio.create_task(self._retry())
        try:
            async for change in self._world.follow(PODS, 0):
                pod = change.last.data
                if change.type == "ADDED" and not dig(pod, "spec", "nodeName"):
                    await asyncio.sleep(self._world.pace.schedule)
                    self._try(namespace_of(pod), name_of(pod), uid_of(pod))
        finally:
            retry.cancel()
            await asyncio.gather(retry, return_exceptions=True)

    async def _retry(self) -> None:
        while True:
            await asyncio.sleep(_RETRY)
            for uid, (namespace, name) in list(self._waiting.items()):
                self._try(namespace, name, uid)

    def _try(self, namespace: str, name: str, uid: str) -> None:
        pod = self._world.store.get(PODS, namespace, name)
        if pod is None or uid_of(pod) != uid or dig(pod, "spec", "nodeName"):
            self._waiting.pop(uid, None)
            return
        node, why = self._choose(pod)
        if node is not None:
            self._waiting.pop(uid, None)
            self._bind(pod, node)
        elif uid not in self._waiting:
            self._waiting[uid] = (namespace, name)
            self._refuse(pod, why)

    def _choose(self, pod: Json) -> tuple[Json | None, str]:
        nodes = [stored.data for stored in self._world.store.all(NODES)]
        reasons: Counter[str] = Counter()
        fitting: list[Json] = []
        for node in nodes:
            reason = misfit(pod, node) or self._repelled(pod, node)
            if reason:
                reasons[reason] += 1
            else:
                fitting.append(node)
        if fitting:
            load = Counter(dig(s.data, "spec", "nodeName") for s in self._world.store.all(PODS))
            return min(fitting, key=lambda node: (load[name_of(node)], name_of(node))), ""
        parts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        none = f"0/{len(nodes)} nodes are available"
        helpless = f"{none}: {len(nodes)} Preemption is not helpful for scheduling."
        return None, f"{none}: {parts}. no new claims to deallocate, preemption: {helpless}"

    def _repelled(self, pod: Json, node: Json) -> str:
        """Required anti-affinity, as far as it keeps pods of one kind on different nodes."""
        terms = dig(
            pod, "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
        )
        here = [
            s.data
            for s in self._world.store.all(PODS, namespace_of(pod))
            if dig(s.data, "spec", "nodeName") == name_of(node)
        ]
        for term in terms or []:
            wanted = dig(term, "labelSelector", "matchLabels") or {}
            if any(wanted.items() <= labels_of(other).items() for other in here):
                return "node(s) didn't match pod anti-affinity rules"
        return ""

    def _bind(self, pod: Json, node: Json) -> None:
        where = name_of(node)
        words = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {where}"
        bound = copy(pod)
        bound["spec"]["nodeName"] = where
        condition = _scheduled(bound, "True")
        del condition["observedGeneration"]  # recorded: only a refusal carries it
        bound["status"]["conditions"] = [condition]
        label_place(bound, self._world.store)
        self._world.store.put(PODS, bound)
        self._world.recorder.scheduler(pod, "Scheduled", words, "Binding")

    def _refuse(self, pod: Json, why: str) -> None:
        waiting = copy(pod)
        condition = _scheduled(waiting, "False") | {"reason": "Unschedulable", "message": why}
        waiting["status"]["conditions"] = [condition]
        self._world.store.put(PODS, waiting)
        self._world.recorder.scheduler(pod, "FailedScheduling", why, "Scheduling", "Warning")


def _scheduled(pod: Json, status: str) -> Json:
    return {
        "type": "PodScheduled",
        "observedGeneration": dig(pod, "metadata", "generation") or 1,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": now(),
    }


def misfit(pod: Json, node: Json) -> str:
    """Why the pod can't go to the node, in the scheduler's words; empty when it can."""
    labels = labels_of(node)
    selector = dig(pod, "spec", "nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return _NO_LABEL
    if not _affine(pod, node):
        return _NO_LABEL
    taint = untolerated(dig(pod, "spec", "tolerations") or [], node)
    if taint is None:
        return ""
    if taint["key"] == "node.kubernetes.io/unschedulable":
        return "node(s) were unschedulable"
    value = taint.get("value", "")
    return f"node(s) had untolerated taint(s) {{{taint['key']}: {value}}}"


def untolerated(tolerations: list[Json], node: Json) -> Json | None:
    """The first taint that keeps new pods away and is not tolerated."""
    for taint in dig(node, "spec", "taints") or []:
        if taint["effect"] not in ("NoSchedule", "NoExecute"):
            continue
        key, effect, value = taint["key"], taint["effect"], taint.get("value", "")
        if not any(tolerates(t, key, effect, value) for t in tolerations):
            found: Json = taint
            return found
    return None


def _affine(pod: Json, node: Json) -> bool:
    """Required node affinity, by label or by the node's name."""
    required = dig(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    return any(
        all(_matches(e, labels_of(node)) for e in term.get("matchExpressions") or [])
        and all(_matches(f, {"metadata.name": name_of(node)}) for f in term.get("matchFields") or [])
        for term in required.get("nodeSelectorTerms") or []
    )


def _matches(expression: Json, values: dict[str, str]) -> bool:
    value = values.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression.get("values", [])
        case "NotIn":
            return value not in expression.get("values", [])
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False
