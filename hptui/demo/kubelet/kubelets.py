"""The kubelets: every pod that is bound to a node gets a worker that takes it through its life."""

from __future__ import annotations

import asyncio

from hptui.demo.kubelet.podworker import PodWorker
from hptui.demo.objects.plain import Json, dig, uid_of
from hptui.demo.objects.resources import PODS
from hptui.demo.objects.store import Change
from hptui.demo.world import World


class Kubelets:
    """All nodes' kubelets."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._workers: dict[str, PodWorker] = {}  # by the pod's uid

    async def run(self) -> None:
        """Until cancelled: take up bound pods, follow deletions."""
        since = 0
        for stored in self._world.store.all(PODS):
            self._take_up(stored.data)
        since = self._world.store.version
        try:
            async for change in self._world.follow(PODS, since):
                self._changed(change)
        finally:
            await self._stop_all()

    async def _stop_all(self) -> None:
        workers, self._workers = list(self._workers.values()), {}
        await asyncio.gather(*(worker.stop() for worker in workers))

    def _changed(self, change: Change) -> None:
        pod = change.last.data
        if change.after is None:
            worker = self._workers.pop(uid_of(pod), None)
            if worker is not None:
                worker.vanish()
            return
        self._take_up(pod)
        worker = self._workers.get(uid_of(pod))
        if worker is None:
            return
        if change.before is not None and change.before.data["spec"] != pod["spec"]:
            worker.changed.set()
        if dig(pod, "metadata", "deletionTimestamp"):
            worker.deleting.set()

    def _take_up(self, pod: Json) -> None:
        uid = uid_of(pod)
        if uid not in self._workers and dig(pod, "spec", "nodeName"):
            self._workers[uid] = PodWorker(self._world, pod)
