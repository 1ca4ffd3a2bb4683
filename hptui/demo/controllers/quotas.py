"""The quota controller: keeps status.used of every ResourceQuota in step with the pods that exist."""

from __future__ import annotations

from hptui.demo.objects.plain import Json, dig, namespace_of
from hptui.demo.objects.resources import PODS, RESOURCE_QUOTAS
from hptui.demo.rules.admission import pods_used
from hptui.demo.world import World


class Quotas:
    """Only pods are counted."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def run(self) -> None:
        async for change in self._world.follow(PODS, self._world.store.version):
            for stored in self._world.store.all(RESOURCE_QUOTAS, change.key[0]):
                self._count(stored.data)

    def _count(self, quota: Json) -> None:
        hard = dig(quota, "spec", "hard") or {}
        used = str(pods_used(self._world.store, namespace_of(quota)))
        status = {"hard": hard, "used": {key: used for key in hard if key in ("pods", "count/pods")}}
        if quota.get("status") != status:
            self._world.store.put(RESOURCE_QUOTAS, {**quota, "status": status})
